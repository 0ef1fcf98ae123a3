"""`--format github` and `--format gitlab`: failures where the code is reviewed, beside the scenario's line."""

import json
from abc import ABC, abstractmethod
from hashlib import sha256
from pathlib import Path
from typing import Any

from behave.formatter.base import Formatter
from behave.model import Scenario, Step

from acceptance.redaction import redacted
from acceptance.report.formatting import headline
from acceptance.report.paths import scenario_key

MARKS = {"%": "%25", "\r": "%0D", "\n": "%0A"}
MARKS_IN_NAMES = MARKS | {":": "%3A", ",": "%2C"}


class Annotations(Formatter, ABC):  # type: ignore[misc] # behave is not typed
    """Hears of each step that failed."""

    def __init__(self, stream_opener: Any, config: Any) -> None:
        """Begin without a failure."""
        super().__init__(stream_opener, config)
        self.stream = self.open()
        self._scenario: Scenario | None = None

    def scenario(self, scenario: Scenario) -> None:
        """Begin a scenario."""
        self._scenario = scenario

    def result(self, step: Step) -> None:
        """Annotate the line of a step that failed."""
        if step.status.has_failed() and self._scenario:
            self.annotate(self._scenario, step)

    @abstractmethod
    def annotate(self, scenario: Scenario, step: Step) -> None:
        """Tell of one failure."""


class GitHub(Annotations):
    """Workflow commands on standard output, which GitHub Actions shows in the change."""

    name = "github"
    description = "Annotations for GitHub Actions"

    def annotate(self, scenario: Scenario, step: Step) -> None:
        """Write one command: its message in one line, as they have to be."""
        place = {"file": Path(step.filename).as_posix(), "line": str(step.line), "title": scenario.name}
        properties = ",".join(f"{name}={_marked(value, MARKS_IN_NAMES)}" for name, value in place.items())
        said = f"{step.keyword} {step.name}\n{step.error_message or step.status.name}"
        self.stream.write(f"::error {properties}::{_marked(said, MARKS)}\n")
        self.stream.flush()


class GitLab(Annotations):
    """A code quality file, which GitLab shows in the merge request: `--outfile` names it."""

    name = "gitlab"
    description = "A code quality report for GitLab"

    def __init__(self, stream_opener: Any, config: Any) -> None:
        """Begin with an empty report."""
        super().__init__(stream_opener, config)
        self._found: list[dict[str, Any]] = []

    def annotate(self, scenario: Scenario, step: Step) -> None:
        """Add one finding; its fingerprint is the scenario's, so that GitLab knows it again."""
        self._found.append({
            "description": f"{scenario.name}: {headline(step.error_message or step.status.name)}",
            "check_name": "acceptance",
            "fingerprint": sha256(scenario_key(scenario).encode()).hexdigest(),
            "severity": "major",
            "location": {"path": Path(step.filename).as_posix(), "lines": {"begin": step.line}},
        })  # fmt: skip

    def close(self) -> None:
        """Write the report, also where there is nothing to report."""
        self.stream.write(redacted(json.dumps(self._found, ensure_ascii=False, indent=1)) + "\n")
        self.close_stream()


def _marked(text: str, marks: dict[str, str]) -> str:
    return "".join(marks.get(letter, letter) for letter in redacted(text))
