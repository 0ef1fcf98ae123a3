"""All that the report tells: the features as they stand, and what came of each scenario on each target."""

from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from behave.model import Feature, Rule, Scenario, ScenarioOutline
from behave.parser import parse_file

from acceptance.prose.lint import features_of_one_name, misreadings
from acceptance.redaction import redacted
from acceptance.report.formatting import counted, listed
from acceptance.report.paths import REPORTS, RESULTS, folders_with_results, page_address, scenario_key
from acceptance.report.results import ResultStatus, Run, ScenarioResult, TargetResults, read_results
from acceptance.settings import TARGETS

FEATURES = Path("features")
# What a report tells of a run besides, in this order, where it is known.
FACTS = ("environment", "release", "site", "address", "sites", "browser", "order")


@dataclass
class ScenarioText:
    """A scenario as it stands in its file, and its cell for each target."""

    key: str
    title: str
    file: str
    line: int
    tags: list[str]
    # Keyword, text and cells of each step, those of the background first.
    steps: list[str]
    rule: str
    cells: list["Cell"] = field(default_factory=list)


@dataclass
class FeatureText:
    """A feature as it stands in its file; one that cannot be read has no scenarios, and a problem."""

    name: str
    description: str
    file: str
    language: str
    scenarios: list[ScenarioText]
    # Why it may have other scenarios than these: somebody may be at work on the file.
    problem: str = ""


@dataclass(frozen=True)
class Cell:
    """What came of one scenario on one target."""

    scenario: ScenarioText
    target: str
    result: ScenarioResult | None
    # Whether the result is of an earlier run than the target's last.
    older: bool

    @cached_property
    def status(self) -> ResultStatus:
        """The status of the result, where there is one."""
        return self.result.status if self.result else ResultStatus.NOT_RUN

    @cached_property
    def changed(self) -> bool:
        """Whether the scenario says something else than it did when it ran."""
        return self.result is not None and list(map(redacted, self.scenario.steps)) != [
            " ".join([step.keyword, step.name, *(cell for row in step.table[1:] for cell in row)])
            for step in self.result.steps
        ]

    @property
    def page(self) -> str:
        """The address of its page, seen from the first page."""
        return page_address(self.target, self.scenario.key)


@dataclass
class TargetReport(TargetResults):
    """What is known of a target, with a cell for each scenario that there is."""

    cells: list[Cell]

    @property
    def counts(self) -> dict[ResultStatus, int]:
        """How many scenarios have each status, the worst first."""
        numbers = Counter(cell.status for cell in self.cells)
        return {status: numbers[status] for status in ResultStatus if numbers[status]}

    @property
    def releases(self) -> str:
        """Which releases the results are of, where it is more than one."""
        releases = {cell.result.run.about.get("release", "unknown") for cell in self.cells if cell.result}
        return listed(sorted(releases)) if len(releases) > 1 else ""

    @property
    def caveats(self) -> list[str]:
        """What a reader must know before believing that all is well here."""
        run, caveats = self.last_run, []
        older, changed = (sum(getattr(cell, name) for cell in self.cells) for name in ("older", "changed"))
        if run.no_start:
            caveats.append("the last run did not start, so that all results are of earlier runs.")
        elif older:
            caveats.append(f"{counted(older, 'result')} of earlier runs, not of the last.")
        if changed:
            caveats.append(f"{counted(changed, 'scenario')} changed since it ran.")
        if not run.complete and not run.no_start:
            caveats.append("the last run was killed before its end.")
        return caveats


@dataclass(frozen=True)
class ReportData:
    """What the product does, and whether it does it on each target."""

    features: list[FeatureText]
    targets: list[TargetReport]

    @cached_property
    def scenarios(self) -> list[ScenarioText]:
        """All scenarios."""
        return [scenario for feature in self.features for scenario in feature.scenarios]

    @property
    def caveats(self) -> list[str]:
        """What limits the verdict."""
        unread = [f"{feature.file}: {feature.problem}" for feature in self.features if feature.problem]
        return unread + [f"{target.name}: {caveat}" for target in self.targets for caveat in target.caveats]

    def verdict(self) -> tuple[ResultStatus, str]:
        """Return how things stand: in one word, and in one sentence."""
        whole, failed = len(self.scenarios), ResultStatus.FAILED
        failing = [s for s in self.scenarios if any(cell.status is failed for cell in s.cells)]
        unread = any(feature.problem for feature in self.features)
        if not self.targets:
            return ResultStatus.NOT_RUN, "Nothing has run yet"
        if failing:
            where = listed([target.name for target in self.targets if failed in target.counts])
            verb = "fails" if len(failing) == 1 else "fail"
            return failed, f"{len(failing)} of {counted(whole, 'scenario')} {verb} on {where}"
        for target in self.targets:
            if target.last_run.no_start:
                return failed, f"The last run on {target.name} did not start"
            if ResultStatus.BROKEN_OFF in target.counts:
                return ResultStatus.BROKEN_OFF, f"The last run on {target.name} was broken off"
        if not unread and all(target.counts == {ResultStatus.PASSED: whole} for target in self.targets):
            where = listed([target.name for target in self.targets])
            return ResultStatus.PASSED, f"All {counted(whole, 'scenario')} pass on {where}"
        what = "feature can be read" if unread else "scenario has run everywhere"
        return ResultStatus.NOT_RUN, f"Nothing failed, but not every {what}"


def gather(reports: Path = REPORTS, features: Path = FEATURES) -> ReportData:
    """Read everything there is: the targets in the order of the table, then those on servers by name."""
    known = [*TARGETS]
    # By the name already.
    folders = folders_with_results(reports)
    folders.sort(key=lambda folder: known.index(folder.name) if folder.name in known else len(known))
    report = ReportData(read_features(features), [])
    for results in (read_results(folder / RESULTS) for folder in folders):
        if results.runs:
            cells = [_cell(scenario, results) for scenario in report.scenarios]
            report.targets.append(TargetReport(results.name, results.runs, results.latest, cells))
    return report


def _cell(scenario: ScenarioText, results: TargetResults) -> Cell:
    result = results.latest.get(scenario.key)
    cell = Cell(scenario, results.name, result, older=bool(result and result.run is not results.last_run))
    scenario.cells.append(cell)
    return cell


def facts(run: Run) -> list[tuple[str, str]]:
    """Return what is known of a run, each with its name."""
    return [(name, run.about[name]) for name in FACTS if run.about.get(name)]


def read_features(folder: Path = FEATURES) -> list[FeatureText]:
    """Return the features of a folder by their names, those that cannot be read included."""
    features = list(map(_feature_of, sorted(folder.rglob("*.feature"))))
    same = features_of_one_name((feature.name, feature.file) for feature in features)
    for feature in features:
        if feature.file in same:
            # Its scenarios would take the results of the other's for theirs.
            feature.problem, feature.scenarios = f"This feature {same[feature.file]}", []
    return sorted(features, key=lambda feature: feature.name.lower())


def scenario_keys(folder: Path = FEATURES) -> set[str] | None:
    """Return the keys of all scenarios; None where a file cannot be read, so that nobody knows what is gone."""
    features = read_features(folder)
    if not features or any(feature.problem for feature in features):
        return None
    return {scenario.key for feature in features for scenario in feature.scenarios}


def _feature_of(file: Path) -> FeatureText:
    try:
        feature = parse_file(str(file))
    except Exception as error:  # noqa: BLE001 - the parser has many ways to fail, besides its own error
        problem = f"This file cannot be read: {type(error).__name__}: {error}"
    else:
        if feature:
            return _text_of(feature)
        problem = "This file is empty."
    return FeatureText(file.name, problem, str(file), "en", [], problem)


def _text_of(feature: Feature) -> FeatureText:
    scenarios = list(map(_scenario, feature.walk_scenarios()))
    problem = next(misreadings(feature), "")
    description = " ".join(feature.description)
    return FeatureText(feature.name, description, feature.filename, feature.language or "en", scenarios, problem)


def _scenario(scenario: Scenario) -> ScenarioText:
    # A row of an outline stands below the outline.
    above = scenario.parent.parent if isinstance(scenario.parent, ScenarioOutline) else scenario.parent
    return ScenarioText(
        scenario_key(scenario),
        scenario_title(scenario.name),
        scenario.filename,
        scenario.line,
        sorted(scenario.effective_tags),
        list(map(_step_text, scenario.all_steps)),
        above.name if isinstance(above, Rule) else "",
    )


def scenario_title(name: str) -> str:
    """Return a scenario's name without the number that behave gives each row of an outline."""
    return name.partition(" -- @")[0]


def _step_text(step: Any) -> str:
    """Return all that a step says, as one line."""
    cells = [cell for row in step.table.rows for cell in row.cells] if step.table else []
    return " ".join([step.keyword, step.name, *cells])
