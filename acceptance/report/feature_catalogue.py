"""What the product does, in its own words: every feature, rule and scenario of the files."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from behave.model import Feature, Rule, Scenario, ScenarioOutline
from behave.parser import parse_file

from acceptance.prose.gherkin_lint import mistakes_of, namesakes
from acceptance.report.paths import scenario_key

FEATURES = Path("features")


@dataclass(frozen=True)
class ScenarioWords:
    """A scenario as it stands in its file."""

    key: str
    name: str
    file: str
    line: int
    tags: tuple[str, ...]
    # Keyword, text and cells of each step, those of the background first.
    steps: tuple[str, ...]


@dataclass
class RuleWords:
    """A rule, or without a name the scenarios that stand under none."""

    name: str
    scenarios: list[ScenarioWords] = field(default_factory=list)


@dataclass
class FeatureWords:
    """A feature, and why it is there."""

    name: str
    why: str
    file: str
    language: str
    rules: list[RuleWords]
    # Why it may have other scenarios than these: somebody may be at work on the file.
    unread: str = ""

    @property
    def scenarios(self) -> Iterator[ScenarioWords]:
        """Go through the scenarios of all its rules."""
        return (scenario for rule in self.rules for scenario in rule.scenarios)


def read_features(folder: Path = FEATURES) -> list[FeatureWords]:
    """Return the features of a folder by their names; one that cannot be read has no scenarios, and says so."""
    features = list(map(_feature_of, sorted(folder.rglob("*.feature"))))
    same = namesakes((feature.name, feature.file) for feature in features)
    for feature in features:
        if feature.file in same:
            # Its scenarios would take the results of the other's for theirs.
            feature.unread, feature.rules = f"This feature {same[feature.file]}", []
    return sorted(features, key=lambda feature: feature.name.lower())


def keys_there_are(folder: Path = FEATURES) -> set[str] | None:
    """Return the keys of all scenarios; None where a file cannot be read, so that nobody knows what is gone."""
    features = read_features(folder)
    if not features or any(feature.unread for feature in features):
        return None
    return {scenario.key for feature in features for scenario in feature.scenarios}


def words(feature: Feature) -> FeatureWords:
    """Return a feature's words, in the order of the file."""
    rules = [RuleWords("")]
    for item in feature.run_items:
        if isinstance(item, Rule):
            rules.append(RuleWords(item.name, [_scenario(scenario) for scenario in item.walk_scenarios()]))
        else:
            rules[0].scenarios += map(_scenario, item.scenarios if isinstance(item, ScenarioOutline) else [item])
    rules = [rule for rule in rules if rule.scenarios]
    return FeatureWords(feature.name, " ".join(feature.description), feature.filename, feature.language or "en", rules)


def _feature_of(file: Path) -> FeatureWords:
    try:
        feature = parse_file(str(file))
    except Exception as error:  # noqa: BLE001 - the parser has many ways to fail, besides its own error
        unread = f"This file cannot be read: {type(error).__name__}: {error}"
    else:
        if feature:
            read = words(feature)
            read.unread = next(mistakes_of(feature), "")
            return read
        unread = "This file is empty."
    return FeatureWords(file.name, unread, str(file), "en", [], unread)


def _scenario(scenario: Scenario) -> ScenarioWords:
    return ScenarioWords(
        scenario_key(scenario),
        told_name(scenario.name),
        scenario.filename,
        scenario.line,
        tuple(sorted(scenario.effective_tags)),
        tuple(map(step_words, scenario.all_steps)),
    )


def told_name(name: str) -> str:
    """Return a scenario's name without the number that behave gives each row of an outline."""
    return name.partition(" -- @")[0]


def step_words(step: Any) -> str:
    """Return all that a step says, as one line."""
    cells = [cell for row in step.table.rows for cell in row.cells] if step.table else []
    return " ".join([step.keyword, step.name, *cells])
