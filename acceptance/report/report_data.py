"""All that a page is made of: the features as they stand, and the results of each target."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from acceptance.redaction import redacted
from acceptance.report.feature_catalogue import FeatureWords, ScenarioWords, read_features
from acceptance.report.formatting import WORST_FIRST
from acceptance.report.paths import NO_TARGETS, REPORTS, RESULTS
from acceptance.report.results import NOT_RUN, Result, StepResult, TargetResults, read
from acceptance.targets import TARGETS


@dataclass(frozen=True)
class Knowledge:
    """What the product does, and whether it does it on each target."""

    features: list[FeatureWords]
    targets: list[TargetResults]

    @cached_property
    def scenarios(self) -> list[ScenarioWords]:
        """All scenarios."""
        return [scenario for feature in self.features for scenario in feature.scenarios]

    def counts(self, target: TargetResults) -> dict[str, int]:
        """Return how many scenarios came to which end on a target, the worst first."""
        counted = Counter(self.status(target, scenario) for scenario in self.scenarios)
        return {status: counted[status] for status in WORST_FIRST if counted[status]}

    def status(self, target: TargetResults, scenario: ScenarioWords) -> str:
        """Return what came of a scenario on a target."""
        result = target.latest.get(scenario.key)
        return result.status if result else NOT_RUN


def gather(reports: Path = REPORTS, features: Path | None = None) -> Knowledge:
    """Read everything there is: the targets in the order of the table, then those on servers by name."""
    known = [*TARGETS]
    found = [file.parent for file in reports.glob(f"*/{RESULTS}") if file.parent.name not in NO_TARGETS]
    in_order = sorted(found, key=lambda folder: (folder.name not in known, *_place(folder.name, known), folder.name))
    targets = [read(folder.name, folder / RESULTS) for folder in in_order]
    return Knowledge(read_features(*([features] if features else [])), [target for target in targets if target.runs])


def _place(name: str, known: list[str]) -> list[int]:
    return [known.index(name)] if name in known else []


def is_older(target: TargetResults, result: Result) -> bool:
    """Tell whether a result is of an earlier run than the target's last."""
    return result.run is not target.last_run


def has_changed(scenario: ScenarioWords, result: Result) -> bool:
    """Tell whether a scenario says something else than it did when it ran."""
    return tuple(map(redacted, scenario.steps)) != tuple(map(words_then, result.steps))


def words_then(step: StepResult) -> str:
    """Return what a step said when it ran, in one line, as the catalogue has it."""
    cells = [cell for row in step.table[1:] for cell in row]
    return " ".join([step.keyword, step.name, *cells])


def worst(statuses: Iterable[str]) -> str:
    """Return what somebody in a hurry has to know first."""
    seen = set(statuses)
    return next((status for status in WORST_FIRST if status in seen), NOT_RUN)
