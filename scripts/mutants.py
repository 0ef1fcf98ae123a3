"""Break the site on purpose: the scenario that names the behaviour has to notice.

Each mutant of mutants.toml gets a scratch copy of its own, and one run there.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

ROOT = Path(__file__).resolve().parent.parent
TABLE = Path(__file__).with_suffix(".toml")
COPIED = ("behave.ini", "acceptance", "features", "superlists", "databases", "deploy")
AT_ONCE = 2
FAILED_SCENARIO = 1


@dataclass(frozen=True)
class Mutant:
    """A bug, the text that brings it about, and who notices with what words."""

    bug: str
    file: str
    old: str
    new: str
    scenario: str
    says: str

    def breaks(self, root: Path) -> None:
        """Put the bug into the copy at `root`; raises ValueError where its place is gone."""
        place = root / self.file
        text = place.read_text()
        if text.count(self.old) != 1:
            raise ValueError(f"{self.file} has {text.count(self.old)} times, not once: {self.old}")
        place.write_text(text.replace(self.old, self.new))


@dataclass(frozen=True)
class Verdict:
    """What came of a mutant; `problem` is empty when it was noticed as it should be."""

    mutant: Mutant
    problem: str


def judge(mutant: Mutant) -> Verdict:
    """Run the scenario on a broken copy of the site."""
    with tempfile.TemporaryDirectory(prefix="superlists-mutant-") as folder:
        root = Path(folder)
        for name in COPIED:
            copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
            copy(ROOT / name, root / name)
        try:
            mutant.breaks(root)
        except ValueError as error:
            return Verdict(mutant, str(error))
        return Verdict(mutant, problem_of(mutant, run(mutant, root)))


def run(mutant: Mutant, root: Path) -> "subprocess.CompletedProcess[str]":
    """Run the one scenario in the copy."""
    # The name of an outline's scenario goes on after what the outline says.
    name = f"^{re.escape(mutant.scenario)}( --|$)"
    command = [sys.executable, "-m", "behave", "--no-color", "-D", "wait=2", "-D", "mailbox.wait=2", "--name", name]
    # A folder of reports that somebody keeps is for results of the site as it is.
    environment = {name: value for name, value in os.environ.items() if name != "SUPERLISTS_REPORTS"}
    return subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False, timeout=120)


def problem_of(mutant: Mutant, ran: "subprocess.CompletedProcess[str]") -> str:
    """Return what is wrong with how the bug was noticed; nothing if all is well."""
    if ran.returncode == 0:
        return "nobody noticed: the scenario passed"
    if ran.returncode != FAILED_SCENARIO or "1 scenario failed" not in failures(ran.stdout):
        said = f"{ran.stdout[-2000:]}{ran.stderr[-2000:]}"
        return f"the scenario did not fail by itself (exit code {ran.returncode}):\n{said}"
    if mutant.says not in ran.stdout:
        return f"the failure does not say {mutant.says!r}:\n{ran.stdout[-3000:]}"
    return ""


def failures(output: str) -> str:
    """Return behave's count of failed scenarios as a sentence."""
    found = re.search(r"(\d+) scenarios? passed, (\d+) failed", output)
    return f"{found[2]} scenario failed" if found else "no summary"


def read_table() -> list[Mutant]:
    """Return the mutants of the table."""
    return [Mutant(**row) for row in tomllib.loads(TABLE.read_text())["mutant"]]


def write_junit(verdicts: list[Verdict], path: Path) -> None:
    """Write one test case for each mutant."""
    suite = ET.Element("testsuite", name="mutants", tests=str(len(verdicts)))
    for verdict in verdicts:
        case = ET.SubElement(suite, "testcase", classname="mutants", name=verdict.mutant.bug)
        if verdict.problem:
            ET.SubElement(case, "failure", message=verdict.problem.splitlines()[0]).text = verdict.problem
    path.parent.mkdir(parents=True, exist_ok=True)
    ET.ElementTree(suite).write(path, encoding="unicode")


def main() -> int:
    """Judge every mutant, print the table, return 0 if each was noticed."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--junit-xml", type=Path, default=Path("reports/junit/mutants.xml"))
    options.add_argument("only", nargs="?", default="", help="judge only bugs whose name has this in it")
    asked = options.parse_args()
    mutants = [mutant for mutant in read_table() if asked.only in mutant.bug]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        verdicts = list(pool.map(judge, mutants))
    for verdict in verdicts:
        print(f"{'SURVIVED' if verdict.problem else 'noticed '}  {verdict.mutant.bug}  ->  {verdict.mutant.scenario}")
        if verdict.problem:
            print(verdict.problem)
    write_junit(verdicts, asked.junit_xml)
    return 0 if verdicts and not any(verdict.problem for verdict in verdicts) else 1


if __name__ == "__main__":
    sys.exit(main())
