"""What builds and code reviews are told of a run: `--format ci`, `--format github` and `--format gitlab`."""

import json
import time
from collections import Counter
from hashlib import sha256
from pathlib import Path
from typing import Any

from behave.formatter.base import Formatter
from behave.model import Feature, Scenario, Step

from acceptance.redaction import redacted
from acceptance.report.formatting import counted, duration, headline
from acceptance.report.paths import scenario_key
from acceptance.report.results import ResultStatus

ESCAPED = {"%": "%25", "\r": "%0D", "\n": "%0A"}
ESCAPED_IN_PROPERTIES = ESCAPED | {":": "%3A", ",": "%2C"}


class FailureFormatter(Formatter):  # type: ignore[misc] # behave is not typed
    """Passes each step that failed on to `failure`."""

    def __init__(self, stream_opener: Any, config: Any) -> None:
        super().__init__(stream_opener, config)
        self.stream = self.open()
        self._scenario: Scenario | None = None

    def scenario(self, scenario: Scenario) -> None:
        """Begin a scenario."""
        self._scenario = scenario

    def result(self, step: Step) -> None:
        """Report a step that failed, at once."""
        if step.status.has_failed() and self._scenario:
            self.failure(self._scenario, step, step.error_message or step.status.name)

    def failure(self, scenario: Scenario, step: Step, message: str) -> None:
        """Report one failure."""
        raise NotImplementedError

    def write(self, line: str) -> None:
        """Write a line without secrets, for somebody who is waiting for it."""
        self.stream.write(f"{redacted(line)}\n")
        self.stream.flush()

    def close(self) -> None:
        """Leave the terminal as it was."""
        self.close_stream()


class CiFormatter(FailureFormatter):
    """A build's log: a line for each feature as it ends, and what went wrong at once."""

    name = "ci"
    description = "A line for each feature, and failures in full as they come"

    def __init__(self, stream_opener: Any, config: Any) -> None:
        super().__init__(stream_opener, config)
        self._expected = self._done = 0
        self._began = time.monotonic()
        self._feature: Feature | None = None
        self._ran: list[Scenario] = []

    def expect(self, scenarios: int) -> None:
        """Take note of how many scenarios will run."""
        self._expected = scenarios

    def feature(self, feature: Feature) -> None:
        """Begin a feature."""
        self._feature, self._ran, self._began = feature, [], time.monotonic()

    def scenario(self, scenario: Scenario) -> None:
        """Begin a scenario."""
        super().scenario(scenario)
        self._ran.append(scenario)

    def failure(self, scenario: Scenario, step: Step, message: str) -> None:
        """Write where it failed, and why, with the site's log."""
        captured = "".join(captured.stdout for captured in step.captured.captures)
        details = [f"{step.keyword} {step.name}", *f"{message}\n{captured}".strip().splitlines()]
        self.write(f"{ResultStatus.FAILED.symbol} {scenario.location}  {scenario.name}")
        self.write("\n".join(f"    {line}" for line in details))

    def eof(self) -> None:
        """Write how the feature ended."""
        if not self._feature or not self._ran:
            return
        self._done += len(self._ran)
        counts = Counter(ResultStatus.of(scenario.status.name) for scenario in self._ran)
        others = [f"{counts[one]} {one}" for one in ResultStatus if counts[one] and one is not ResultStatus.PASSED]
        took = duration(time.monotonic() - self._began)
        summary = ", ".join([counted(len(self._ran), "scenario"), *others, took])
        progress = f"{self._done}/{self._expected}" if self._expected else str(self._done)
        self.write(f"{ResultStatus.worst(counts).symbol} {progress:>7}  {self._feature.name} ({summary})")


class GitHubFormatter(FailureFormatter):
    """Workflow commands on standard output, which GitHub Actions shows beside the step's line in the change."""

    name = "github"
    description = "Annotations for GitHub Actions"

    def failure(self, scenario: Scenario, step: Step, message: str) -> None:
        """Write one command, all of it in one line."""
        properties = {"file": Path(step.filename).as_posix(), "line": str(step.line), "title": scenario.name}
        listed = ",".join(f"{name}={_escaped(value, ESCAPED_IN_PROPERTIES)}" for name, value in properties.items())
        text = f"{step.keyword} {step.name}\n{message}"
        self.write(f"::error {listed}::{_escaped(text, ESCAPED)}")


class GitLabFormatter(FailureFormatter):
    """A code quality file, which GitLab shows in the merge request: `--outfile` names it."""

    name = "gitlab"
    description = "A code quality report for GitLab"

    def __init__(self, stream_opener: Any, config: Any) -> None:
        super().__init__(stream_opener, config)
        self._failures: list[dict[str, Any]] = []

    def failure(self, scenario: Scenario, step: Step, message: str) -> None:
        """Add one finding; its fingerprint is the scenario's, so that GitLab knows it again."""
        self._failures.append({
            "description": f"{scenario.name}: {headline(message)}",
            "check_name": "acceptance",
            "fingerprint": sha256(scenario_key(scenario).encode()).hexdigest(),
            "severity": "major",
            "location": {"path": Path(step.filename).as_posix(), "lines": {"begin": step.line}},
        })  # fmt: skip

    def close(self) -> None:
        """Write the report, also where there is nothing to report."""
        self.write(json.dumps(self._failures, ensure_ascii=False, indent=1))
        super().close()


def _escaped(text: str, letters: dict[str, str]) -> str:
    return "".join(letters.get(letter, letter) for letter in redacted(text))
