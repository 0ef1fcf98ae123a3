"""The results file of a target: how it is read, locked and rewritten, and what is removed from it.

Each line is a JSON object. The latest result of a scenario counts,
whichever run it is from: the one that ended last.
"""

import fcntl
import json
import os
import re
import shutil
from collections.abc import Iterable, Iterator
from contextlib import suppress
from io import FileIO
from pathlib import Path
from typing import Any

from acceptance.report.report_folder import RESULTS, ReportFolderError, target_folder
from acceptance.report.results import ResultStatus, Run, ScenarioResult, StepResult, TargetResults

# The evidence of a run is in a folder of its name.
RUN = re.compile(r"[\w-]{1,64}")
NUMBER = (int, float)
# What the fields of a line are, where it has them; another version may have others besides.
FIELDS: dict[str, type | tuple[type, ...]] = {
    **dict.fromkeys(("event", "run", "key", "name", "file", "status", "error", "reason", "repeated", "problem"), str),
    **dict.fromkeys(("at", "took"), NUMBER),
    **dict.fromkeys(("line", "number"), int),
    "steps": list,
    "ended_early": bool,
}
STEP_FIELDS: dict[str, type | tuple[type, ...]] = {
    **dict.fromkeys(("keyword", "type", "name", "text"), str),
    "table": list,
}
# More cannot be shown as a time; a clock that was put back makes some of them negative.
SECONDS = 1e10
DAMAGED = "The results file is damaged where this scenario begins, so its outcome is not known."


class ResultsError(ReportFolderError):
    """A results file that is damaged; says where, and what to do."""


def read_results(file: Path) -> TargetResults:
    """Return what the file of a target holds, whatever a killed run left at its end."""
    runs: dict[str, Run] = {}
    for line in lines_of(file):
        run = runs.setdefault(line["run"], Run(line["run"], line["at"]))
        run.ended = max(run.ended, line["at"])
        # A line that another version wrote may have other fields: it takes nothing from the others.
        with suppress(KeyError, TypeError, IndexError, StopIteration):
            if line["event"] == "scenario":
                run.results.append(_begun(line, run))
            elif line["event"] in ("step", "done"):
                _take_outcome(line, _result_of(line, run))
            else:
                _take_fact(line, run)
    ended = sorted((result for run in runs.values() for result in run.results), key=lambda result: result.ended)
    return TargetResults(file.parent.name, list(runs.values()), {result.key: result for result in ended})


def durations(target: str) -> dict[str, float]:
    """Return how long each scenario took when it last ran on a target, by its key, as far as that is known."""
    try:
        latest = read_results(target_folder(target) / RESULTS).latest
    except (OSError, ResultsError):
        return {}
    return {key: result.took for key, result in latest.items() if result.took}


def lines_of(file: Path) -> Iterator[dict[str, Any]]:
    """Go through the lines that are complete; raises ResultsError for one that no version wrote."""
    # A failure may contain other characters that end a line for Python.
    for number, text in enumerate(file.read_text(encoding="utf-8", errors="replace").split("\n"), 1):
        try:
            line = json.loads(text)
            wrong = _wrong_field(line, FIELDS) if isinstance(line, dict) else ""
        except ValueError:
            continue
        except RecursionError:
            line, wrong = None, "a list in lists"
        if wrong:
            advice = "Remove this line, or move the file away"
            raise ResultsError(f"{file}:{number}: {wrong} is none that a run writes: the file is damaged. {advice}")
        if isinstance(line, dict) and {"event", "run", "at"} <= line.keys() and RUN.fullmatch(line["run"]):
            yield line


def _wrong_field(values: dict[str, Any], fields: dict[str, type | tuple[type, ...]]) -> str:
    """Return the name of a field that holds something else than it is to; empty if there is none."""
    for name, value in values.items():
        kind: Any = fields.get(name, object)
        if not isinstance(value, kind):
            return name
        if kind == NUMBER and not abs(value) < SECONDS:
            return name
        if name == "steps" and any(not isinstance(step, dict) or _wrong_field(step, STEP_FIELDS) for step in value):
            return name
        if name == "table" and any(not isinstance(row, list) or not all(map(_is_text, row)) for row in value):
            return name
    return ""


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def open_results(file: Path, lock: int = fcntl.LOCK_SH) -> FileIO:
    """Open a file to write at its end, follow no link, and create the file if need be.

    A run shares its lock with others. With LOCK_EX nobody else writes; LOCK_NB besides
    raises BlockingIOError if somebody does.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    while True:
        number = os.open(file, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o666)
        stream = FileIO(number, "a+")
        try:
            fcntl.flock(stream, lock)
            if file.exists() and os.path.samestat(os.fstat(number), file.stat()):
                return stream
        except BaseException:
            stream.close()
            raise
        # Rewritten meanwhile: another file has its name by now.
        stream.close()


def rewrite(file: Path, lines: Iterable[dict[str, Any]]) -> None:
    """Replace the content of a file that is locked with LOCK_EX, or leave it as it is."""
    new = file.with_suffix(".new")
    new.unlink(missing_ok=True)
    with new.open("x", encoding="utf-8") as stream:
        stream.writelines(f"{json.dumps(line, ensure_ascii=False)}\n" for line in lines)
    new.replace(file)


def remove_unneeded(folder: Path, keys: set[str] | None) -> None:
    """Keep only the runs of a target that have a scenario's latest result, the last run, and the evidence of these.

    Without keys nobody knows which scenarios exist, and the results of all are kept.
    Nothing is touched while another run writes there.
    """
    file = folder / RESULTS
    try:
        locked = open_results(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return
    with locked:
        results = read_results(file)
        needed = [result for key, result in results.latest.items() if keys is None or key in keys]
        runs = {run.id for run in [*(result.run for result in needed), *results.runs[-1:]]}
        rewrite(file, [line for line in lines_of(file) if line["run"] in runs])
        evidence = {folder / result.key / result.run.id for result in needed}
        for path in _real_folders(folder, "*/*/*"):
            if path not in evidence:
                shutil.rmtree(path, ignore_errors=True)
        for path in (*_real_folders(folder, "*/*"), *_real_folders(folder, "*")):
            if not any(path.iterdir()):
                path.rmdir()


def _real_folders(folder: Path, pattern: str) -> list[Path]:
    """Return the folders of a pattern that no link leads to."""
    root = folder.resolve()
    folders = filter(Path.is_dir, folder.glob(pattern))
    return [path for path in folders if path.resolve() == root / path.relative_to(folder)]


def _begun(line: dict[str, Any], run: Run) -> ScenarioResult:
    steps = [StepResult(**step) for step in line["steps"]]
    place = (line["key"], line["name"], line["file"], line["line"])
    return ScenarioResult(run, *place, line["at"], steps, ended=line["at"])


def _result_of(line: dict[str, Any], run: Run) -> ScenarioResult:
    """Return the scenario that a line goes on with; one whose beginning cannot be read is told as damaged."""
    last = run.results[-1] if run.results else None
    # Older files have keys only where a scenario begins.
    key = line.get("key", last.key if last else "")
    if not last or key != last.key:
        last = ScenarioResult(run, key, key, "", 0, line["at"], [], reason=DAMAGED, damaged=True)
        run.results.append(last)
    return last


def _take_outcome(line: dict[str, Any], result: ScenarioResult) -> None:
    result.ended = line["at"]
    if result.damaged:
        return
    if line["event"] == "step":
        first = next(number for number, step in enumerate(result.steps) if step.status is ResultStatus.NOT_RUN)
        step = result.steps[line.get("number", first)]
        step.status, step.took, step.error = ResultStatus.of(line["status"]), line["took"], line["error"]
    else:
        result.status, result.took = ResultStatus.of(line["status"]), line["took"]
        result.reason, result.error = line["reason"], line["error"]
        result.repeated = line.get("repeated", "")


def _take_fact(line: dict[str, Any], run: Run) -> None:
    if line["event"] == "about":
        run.about |= {name: str(fact) for name, fact in line.items() if name not in ("event", "run", "at")}
    elif line["event"] == "end":
        # Older files tell neither.
        run.complete, run.problem, run.ended_early = True, line.get("problem", ""), line.get("ended_early", False)
    elif line["event"] == "no start":
        run.no_start = line["reason"]
