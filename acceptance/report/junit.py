"""JUnit files for dashboards: what went wrong is red in them, also if a run did not start."""

import re
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import uuid4
from xml.etree import ElementTree as ET

from behave.model import Feature, Scenario
from behave.model_type import Status
from behave.reporter.base import Reporter
from behave.reporter.junit import JUnitReporter

from acceptance.exit_code import Outcome
from acceptance.redaction import redacted
from acceptance.report.formatting import evidence_of, one_line, output_of, repeated_for
from acceptance.report.report_folder import REPORTS, SITE, evidence_folder, folder_obstacle

# XML has no way to write these characters.
UNWRITABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
OF_THE_RUN = "TESTS-run.xml"
NOT_ENDED = "The run has not come to its end: it goes on, or was killed."


class JUnitFiles(Reporter):  # type: ignore[misc] # behave is not typed
    """Takes the place of behave's own reporter, which shows neither a failed start nor the evidence."""

    def __init__(self, config: Any, outcome: Outcome) -> None:
        """Write that the run has not ended, until it has."""
        super().__init__(config)
        self.folder = Path(config.junit_directory)
        self.target = self.run = ""
        # The features of this run that have a file, by what it is called.
        self._features: dict[str, str] = {}
        self._outcome = outcome
        self._id = uuid4().hex
        # If the run is killed, this stays, and the files of the run before may be here.
        if not folder_obstacle(self.folder):
            self._write_run(NOT_ENDED)

    def feature(self, feature: Feature) -> None:
        """Write the scenarios of a feature that were asked for."""
        if asked_for := [scenario for scenario in self._outcome.selected if scenario.feature is feature]:
            stem = self._stem(feature.filename)
            file = f"TESTS-{stem}.xml"
            # A feature may be called what the run's own file is.
            file = f"TESTS-{stem}.feature.xml" if file == OF_THE_RUN else file
            self._write(file, feature.name, [self._case(stem, scenario) for scenario in asked_for])

    def end(self) -> None:
        """Write an error about the run itself if it did not start, was interrupted, or proved nothing."""
        if problem := self._outcome.problem:
            self._write_run(problem)
        elif self._owns(self.folder / OF_THE_RUN):
            (self.folder / OF_THE_RUN).unlink()

    def _stem(self, filename: str) -> str:
        """Return what the file of a feature is called: no other feature's of this run is called that."""
        stem = _stem(filename)
        if self._features.setdefault(stem, filename) != filename:
            stem = f"{stem}-{sha256(filename.encode()).hexdigest()[:8]}"
        return stem

    def _owns(self, file: Path) -> bool:
        """Tell whether this run wrote a file that it may remove: another may have written its own there since."""
        return not folder_obstacle(self.folder) and file.is_file() and self._id in file.read_text(errors="replace")

    def _write_run(self, problem: str) -> None:
        case = ET.Element("testcase", classname="run", name="The run", time="0")
        _add(case, "error", problem, problem, "the run")
        self._write(OF_THE_RUN, "The run", [case])

    def _case(self, stem: str, scenario: Scenario) -> ET.Element:
        case = ET.Element("testcase", classname=f"{stem}.{scenario.feature.name}", name=scenario.name)
        case.set("time", f"{scenario.duration:.3f}")
        case.set("file", scenario.filename)
        step = next((step for step in scenario.all_steps if step.status.has_failed()), None)
        if scenario.status.has_failed():
            # Where no step failed, a hook or a clean-up did.
            failed = step or scenario
            error = str(failed.error_message or failed.status.name)
            details = (
                f"{step.keyword} {step.name}\n{step.location}\n\n{output_of(step)}" if step else evidence_of(failed)
            )
            kind = "failure" if scenario.status == Status.failed else "error"
            _add(case, kind, one_line(error), f"{error}\n\n{details}", failed.status.name)
        elif scenario.status != Status.passed:
            without = "no reason was given" if scenario.status == Status.skipped else "the run ended before"
            ET.SubElement(case, "skipped", message=_plain(scenario.skip_reason or without))
        steps = [f"{s.status.name:9} {s.duration:7.3f} s  {s.keyword} {s.name}" for s in scenario.all_steps]
        repeated = repeated_for(scenario)
        again = [f"It ran again {repeated}"] if repeated else []
        ET.SubElement(case, "system-out").text = _plain("\n".join([*again, *steps, *self._files(scenario)]))
        return case

    def _files(self, scenario: Scenario) -> list[str]:
        """Return the scenario's page, and the files of its evidence as dashboards take them."""
        if not self.target:
            return []
        evidence = evidence_folder(self.target, scenario, self.run, REPORTS)
        page = REPORTS / SITE / evidence.parent.relative_to(REPORTS).with_suffix(".html")
        return [f"Report: {page}", *(f"[[ATTACHMENT|{file}]]" for file in sorted(evidence.glob("*")))]

    def _write(self, name: str, suite_name: str, cases: list[ET.Element]) -> None:
        suite = ET.Element("testsuite", id=self._id, name=_plain(suite_name), tests=str(len(cases)))
        for attribute, tag in {"failures": "failure", "errors": "error", "skipped": "skipped"}.items():
            suite.set(attribute, str(sum(case.find(tag) is not None for case in cases)))
        suite.set("time", f"{sum(float(case.get('time', 0)) for case in cases):.3f}")
        suite.set("timestamp", datetime.now(UTC).isoformat(timespec="seconds"))
        if self.target:
            ET.SubElement(ET.SubElement(suite, "properties"), "property", name="target", value=self.target)
        suite.extend(cases)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            ET.ElementTree(suite).write(self.folder / name, encoding="utf-8", xml_declaration=True)
        except OSError as error:
            self._outcome.could_not_write(str(self.folder / name), error)


def replace_junit_reporter(config: Any, outcome: Outcome) -> JUnitFiles | None:
    """Replace behave's reporter by ours if JUnit files were asked for."""
    for number, reporter in enumerate(config.reporters):
        if isinstance(reporter, JUnitReporter):
            config.reporters[number] = JUnitFiles(config, outcome)
            return config.reporters[number]  # type: ignore[no-any-return]
    return None


def _stem(filename: str) -> str:
    """Return what a feature's file is called below features/: files of one name may be in several folders."""
    path = f"/{Path(filename).with_suffix('').as_posix()}"
    return (path.partition("/features/")[2] or Path(filename).stem).replace("/", ".")


def _add(case: ET.Element, kind: str, message: str, text: str, what: str) -> None:
    ET.SubElement(case, kind, message=_plain(message), type=what).text = _plain(text)


def _plain(text: str) -> str:
    return UNWRITABLE.sub("?", redacted(text))
