"""Everything that the report tells: the features as they stand, and the outcome of each scenario on each target."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from behave.model import Rule, Scenario, ScenarioOutline
from behave.parser import parse_file

from acceptance.prose.lint import features_of_one_name, misreadings
from acceptance.redaction import redacted
from acceptance.report.formatting import counted, listed
from acceptance.report.report_folder import REPORTS, RESULTS, WITH, folders_with_results, scenario_key
from acceptance.report.results import ResultStatus, Run, ScenarioResult, StepText, TargetResults
from acceptance.report.results_file import read_results
from acceptance.settings import TARGETS

FEATURES = Path("features")
# What else a report tells of a run, in this order, where it is known.
FACTS = ("environment", "release", "site", "address", "sites", "browser", "order", "shard", "workers")


@dataclass
class ScenarioText:
    """A scenario as it stands in its file, with the steps of its background, and its cell for each target."""

    key: str
    title: str
    file: str
    line: int
    tags: list[str]
    steps: list[StepText]
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
    # Why it may have other scenarios than these: somebody may be editing the file.
    problem: str = ""


@dataclass(frozen=True)
class Cell:
    """The result of one scenario on one target, if there is one."""

    scenario: ScenarioText
    target: str
    result: ScenarioResult | None
    # Whether the result is from an earlier run than the target's last.
    older: bool

    @cached_property
    def status(self) -> ResultStatus:
        """The status of the result."""
        return self.result.status if self.result else ResultStatus.NOT_RUN

    @cached_property
    def changed(self) -> bool:
        """Whether the scenario has changed since it ran."""
        return (
            self.result is not None
            and not self.result.damaged
            and [redacted(str(step)) for step in self.scenario.steps] != [str(step) for step in self.result.steps]
        )

    @property
    def page(self) -> str:
        """The address of its page, relative to the first page."""
        return f"{self.target}/{self.scenario.key}.html"


@dataclass
class TargetReport(TargetResults):
    """The results of a target, with a cell for each scenario that exists."""

    cells: list[Cell]

    @property
    def counts(self) -> dict[ResultStatus, int]:
        """How many scenarios have each status, the worst first."""
        numbers = Counter(cell.status for cell in self.cells)
        return {status: numbers[status] for status in ResultStatus if numbers[status]}

    @property
    def releases(self) -> str:
        """Which releases the results are from, if there are several."""
        releases = {cell.result.run.about.get("release", "unknown") for cell in self.cells if cell.result}
        return listed(sorted(releases)) if len(releases) > 1 else ""

    @property
    def ending(self) -> tuple[ResultStatus, str] | None:
        """How the last run ended, where that is no proof, whatever earlier runs had: as a status, and as a sentence."""
        run = self.last_run
        if run.no_start:
            return ResultStatus.FAILED, f"The last run on {self.name} did not start"
        if run.ended_early:
            return ResultStatus.BROKEN_OFF, run.problem.replace("The run", f"The last run on {self.name}", 1).rstrip(
                "."
            )
        if ResultStatus.BROKEN_OFF in self.counts or not run.complete:
            return ResultStatus.BROKEN_OFF, f"The last run on {self.name} was broken off"
        if run.problem:
            return ResultStatus.NOT_RUN, f"The last run on {self.name} did not prove what it was to"
        return None

    @property
    def caveats(self) -> Iterator[str]:
        """What a reader must know before believing that all is well here."""
        run = self.last_run
        older, changed = (sum(getattr(cell, name) for cell in self.cells) for name in ("older", "changed"))
        if run.no_start:
            yield f"{self.name}: the last run did not start, so that all results are of earlier runs."
        elif older:
            yield f"{self.name}: {counted(older, 'result')} of earlier runs, not of the last."
        if repeated := sum(bool(result.repeated) for result in run.results):
            yield f"{self.name}: {counted(repeated, 'scenario')} ran again: a worker had ended, or a node was lost."
        if changed:
            yield f"{self.name}: {counted(changed, 'scenario')} changed since it ran."
        if not run.complete and not run.no_start:
            yield f"{self.name}: the last run was killed before its end."
        if run.problem and not run.no_start and not run.ended_early:
            yield f"{self.name}: {run.problem}"


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
        return unread + [caveat for target in self.targets for caveat in target.caveats]

    def verdict(self) -> tuple[ResultStatus, str]:
        """Return how things stand: as a status, and as a sentence."""
        whole, failed = counted(len(self.scenarios), "scenario"), ResultStatus.FAILED
        failing = [s for s in self.scenarios if any(cell.status is failed for cell in s.cells)]
        unread = any(feature.problem for feature in self.features)
        if not self.targets:
            return ResultStatus.NOT_RUN, "Nothing has run yet"
        endings = [ending for target in self.targets if (ending := target.ending)]
        if failing:
            where = listed([target.name for target in self.targets if failed in target.counts])
            fail = f"{len(failing)} of {whole} {'fails' if len(failing) == 1 else 'fail'} on {where}"
            broken_off = [sentence for status, sentence in endings if status is ResultStatus.BROKEN_OFF]
            return failed, ". ".join([fail, *broken_off])
        if endings:
            return endings[0][0], ". ".join(sentence for _, sentence in endings)
        if not unread and all({*target.counts} == {ResultStatus.PASSED} for target in self.targets):
            return ResultStatus.PASSED, f"All {whole} pass on {listed([target.name for target in self.targets])}"
        what = "feature can be read" if unread else "scenario has run everywhere"
        return ResultStatus.NOT_RUN, f"Nothing failed, but not every {what}"


def gather(reports: Path = REPORTS, features: Path = FEATURES) -> ReportData:
    """Read everything: the targets in the order of the settings' table, then those on servers by name."""
    order = {name: number for number, name in enumerate(TARGETS)}
    report = ReportData(read_features(features), [])
    folders = folders_with_results(reports)
    for folder in sorted(folders, key=lambda each: order.get(each.name.partition(WITH)[0], len(order))):
        results = read_results(folder / RESULTS)
        if results.runs:
            cells = [_cell(scenario, results) for scenario in report.scenarios]
            report.targets.append(TargetReport(results.name, results.runs, results.latest, cells))
    return report


def _cell(scenario: ScenarioText, results: TargetResults) -> Cell:
    result = results.latest.get(scenario.key)
    cell = Cell(scenario, results.name, result, older=bool(result and not results.is_of_last_run(result)))
    scenario.cells.append(cell)
    return cell


def facts(run: Run) -> list[tuple[str, str]]:
    """Return what is known of a run, each with its name."""
    return [(name, run.about[name]) for name in FACTS if run.about.get(name)]


def read_features(folder: Path = FEATURES) -> list[FeatureText]:
    """Return the features of a folder by their names, those that cannot be read included."""
    features = list(map(_read_feature, sorted(folder.rglob("*.feature"))))
    same = features_of_one_name((feature.name, feature.file) for feature in features)
    for feature in features:
        if feature.file in same:
            # Its scenarios would take the results of the other's for theirs.
            feature.problem, feature.scenarios = f"This feature {same[feature.file]}", []
    return sorted(features, key=lambda feature: feature.name.lower())


def scenario_keys(folder: Path = FEATURES) -> set[str] | None:
    """Return the keys of all scenarios; None if a file cannot be read, because nobody knows what is gone then."""
    features = read_features(folder)
    if not features or any(feature.problem for feature in features):
        return None
    return {scenario.key for feature in features for scenario in feature.scenarios}


def _read_feature(file: Path) -> FeatureText:
    try:
        feature = parse_file(str(file))
        problem = next(misreadings(feature), "") if feature else "This file is empty."
    except Exception as error:  # noqa: BLE001 - the parser has many ways to fail, besides its own error
        feature, problem = None, f"This file cannot be read: {type(error).__name__}: {error}"
    if not feature:
        return FeatureText(file.name, problem, str(file), "en", [], problem)
    scenarios = list(map(_scenario_text, feature.walk_scenarios()))
    description = " ".join(feature.description)
    return FeatureText(feature.name, description, feature.filename, feature.language or "en", scenarios, problem)


def _scenario_text(scenario: Scenario) -> ScenarioText:
    # A row of an outline stands below the outline.
    above = scenario.parent.parent if isinstance(scenario.parent, ScenarioOutline) else scenario.parent
    return ScenarioText(
        scenario_key(scenario),
        scenario_title(scenario.name),
        scenario.filename,
        scenario.line,
        sorted(scenario.effective_tags),
        list(map(StepText.of, scenario.all_steps)),
        above.name if isinstance(above, Rule) else "",
    )


def scenario_title(name: str) -> str:
    """Return a scenario's name without the number that behave gives each row of an outline."""
    return name.partition(" -- @")[0]
