"""What a run prints: `rules` at a terminal, `ci` in a build's log, `github` and `gitlab` as annotations of a change."""

import json
from collections import Counter
from hashlib import sha256
from pathlib import Path
from typing import Any

from behave.formatter.base import Formatter
from behave.formatter.progress import ScenarioProgressFormatter
from behave.model import Feature, Rule, Scenario, Step
from behave.model_type import Status

from acceptance.redaction import redacted
from acceptance.report.formatting import counted, duration, headline, output_of, time_of
from acceptance.report.report_folder import scenario_key
from acceptance.report.results import ResultStatus

SIGNS = {"passed": ".", "skipped": "s", "untested": "-"}
FAILED = "F"
ESCAPED = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
ESCAPED_IN_PROPERTIES = ESCAPED | str.maketrans({":": "%3A", ",": "%2C"})


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

    def failure(self, scenario: Scenario, place: Step | Scenario, message: str) -> None:
        """Report one failure, and where it was."""
        raise NotImplementedError

    def write(self, line: str) -> None:
        """Write a line without secrets, at once."""
        self.stream.write(f"{redacted(line)}\n")
        self.stream.flush()

    def close(self) -> None:
        """Close the stream, unless it is the terminal."""
        self.close_stream()


class CiFormatter(FailureFormatter):
    """A line for each feature as it ends, and failures at once."""

    name = "ci"
    description = "A line for each feature, and failures in full as they come"

    def __init__(self, stream_opener: Any, config: Any) -> None:
        super().__init__(stream_opener, config)
        # How many scenarios will run; 0 if nobody said.
        self.expected = 0
        self._done = 0
        self._ran: list[Scenario] = []

    def feature(self, feature: Feature) -> None:
        """Begin a feature."""
        self._ran = []

    def scenario(self, scenario: Scenario) -> None:
        """Begin a scenario."""
        super().scenario(scenario)
        self._ran.append(scenario)

    def failure(self, scenario: Scenario, place: Step | Scenario, message: str) -> None:
        """Write where it failed, and why, with the site's log."""
        self.write(_in_full(scenario, place, message))

    def eof(self) -> None:
        """Write how the feature ended."""
        if not self._ran:
            return
        self._done += len(self._ran)
        counts = Counter(ResultStatus.of(scenario.status.name) for scenario in self._ran)
        others = [f"{counts[one]} {one}" for one in ResultStatus if counts[one] and one is not ResultStatus.PASSED]
        took = duration(sum(map(time_of, self._ran)))
        summary = ", ".join([counted(len(self._ran), "scenario"), *others, took])
        progress = f"{self._done}/{self.expected}" if self.expected else str(self._done)
        self.write(f"{ResultStatus.worst(counts).symbol} {progress:>7}  {self._ran[0].feature.name} ({summary})")


class ProgressFormatter(ScenarioProgressFormatter):  # type: ignore[misc] # behave is not typed
    """Behave's own, which says of a failure only that there is one."""

    name = "progress"
    description = "A dot for each scenario, and after each feature its failures in full"
    # Behave's own breaks off at a clean-up that failed.
    dot_status = ScenarioProgressFormatter.dot_status | {Status.cleanup_error: "H"}

    def __init__(self, stream_opener: Any, config: Any) -> None:
        super().__init__(stream_opener, config)
        self._failures: list[str] = []

    def result(self, step: Step) -> None:
        """Keep a failure for the end of its feature."""
        super().result(step)
        if step.status.has_failed():
            message = step.error_message or step.status.name
            self._failures.append(_in_full(self.current_scenario, step, message))

    def eof(self) -> None:
        """End the line of the feature, and write its failures."""
        super().eof()
        self.stream.writelines(f"{redacted(failure)}\n" for failure in self._failures)
        self._failures = []

    def close(self) -> None:
        """Write the failures of a feature that was broken off."""
        if self._failures:
            self.eof()
        super().close()


def _in_full(scenario: Scenario, step: Step | Scenario, message: str) -> str:
    """Return where a step failed, and why, with what it printed and the site's log."""
    details = [f"{step.keyword} {step.name}", *f"{message}\n{output_of(step)}".strip().splitlines()]
    place = f"{ResultStatus.FAILED.symbol} {scenario.location}  {scenario.name}"
    return "\n".join([place, *(f"    {line}" for line in details)])


class RulesFormatter(CiFormatter):
    """The default: what the site does, in the words of its rules."""

    name = "rules"
    description = "Features and their rules, a dot for each scenario, and failures in full"
    _rule = ""

    def feature(self, feature: Feature) -> None:
        """Write the feature's name."""
        super().feature(feature)
        self.write(feature.name)

    def rule(self, rule: Rule) -> None:
        """Begin a rule; write how the scenarios of the one before ended."""
        self.eof()
        self._rule = rule.name

    def eof(self) -> None:
        """Write how the scenarios of the last rule ended."""
        signs = "".join(SIGNS.get(scenario.status.name, FAILED) for scenario in self._ran)
        if signs:
            self.write(f"  {self._rule} {signs}" if self._rule else f"  {signs}")
        self._ran, self._rule = [], ""


class AnnotationFormatter(FailureFormatter):
    """Passes on failed hooks and clean-ups as well: behave prints them at once, where no change shows them."""

    _unexplained: Scenario | None = None

    def scenario(self, scenario: Scenario) -> None:
        """Begin a scenario; the hooks of the one before have run by now."""
        self._end_scenario()
        super().scenario(scenario)
        self._unexplained = scenario

    def result(self, step: Step) -> None:
        """Report a step that failed; what the hooks after it do is no other failure."""
        super().result(step)
        if step.status.has_failed():
            self._unexplained = None

    def eof(self) -> None:
        """End the last scenario of a feature."""
        self._end_scenario()

    def close(self) -> None:
        """End the scenario in which a run was broken off."""
        self._end_scenario()
        super().close()

    def _end_scenario(self) -> None:
        scenario, self._unexplained = self._unexplained, None
        if scenario and scenario.status.has_failed():
            self.failure(scenario, scenario, scenario.error_message or scenario.status.name)


class GitHubFormatter(AnnotationFormatter):
    """Workflow commands on standard output, which GitHub Actions shows beside the step's line in the change."""

    name = "github"
    description = "Annotations for GitHub Actions"

    def failure(self, scenario: Scenario, place: Step | Scenario, message: str) -> None:
        """Write one command, all of it in one line."""
        properties = {"file": Path(place.filename).as_posix(), "line": str(place.line), "title": scenario.name}
        escaped = {name: redacted(value).translate(ESCAPED_IN_PROPERTIES) for name, value in properties.items()}
        listed = ",".join(f"{name}={value}" for name, value in escaped.items())
        text = redacted(f"{place.keyword} {place.name}\n{message}").translate(ESCAPED)
        self.write(f"::error {listed}::{text}")


class GitLabFormatter(AnnotationFormatter):
    """A code quality file, which GitLab shows in the merge request: `--outfile` names it."""

    name = "gitlab"
    description = "A code quality report for GitLab"

    def __init__(self, stream_opener: Any, config: Any) -> None:
        super().__init__(stream_opener, config)
        self._failures: list[dict[str, Any]] = []

    def failure(self, scenario: Scenario, place: Step | Scenario, message: str) -> None:
        """Add one finding; its fingerprint is the scenario's, so that GitLab knows it again."""
        self._failures.append({
            "description": f"{scenario.name}: {headline(message)}",
            "check_name": "acceptance",
            "fingerprint": sha256(scenario_key(scenario).encode()).hexdigest(),
            "severity": "major",
            "location": {"path": Path(place.filename).as_posix(), "lines": {"begin": place.line}},
        })  # fmt: skip

    def close(self) -> None:
        """Write the report, also if nothing failed."""
        self._end_scenario()
        self.write(json.dumps(self._failures, ensure_ascii=False, indent=1))
        super().close()
