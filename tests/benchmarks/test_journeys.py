import re
from dataclasses import replace
from itertools import pairwise

import pytest
from behave.parser import parse_file

from benchmarks import straight
from benchmarks.journeys import JOURNEYS, ROOT, UnknownScenarioError, behave_arguments, scenario_names


@pytest.mark.parametrize("journey", JOURNEYS, ids=lambda journey: journey.name)
def test_every_journey_is_told(journey):
    journey.require_told()


def test_there_are_eight():
    assert len(JOURNEYS) == 8


def test_a_scenario_that_is_gone_is_named():
    journey = replace(JOURNEYS[0], scenarios={"Edith flies": straight.is_invited})
    with pytest.raises(UnknownScenarioError, match="start a list: there is no scenario 'Edith flies' in features/"):
        journey.require_told()


def test_a_feature_that_is_gone_has_no_scenarios():
    with pytest.raises(UnknownScenarioError, match=r"features/gone\.feature"):
        replace(JOURNEYS[0], feature="features/gone.feature").require_told()


def test_both_sides_run_the_same_in_the_same_order():
    arguments = behave_arguments("local")
    names = [re.compile(after) for before, after in pairwise(arguments) if before == "--name"]
    features = [argument for argument in arguments if argument.endswith(".feature")]
    told = [scenario.name for path in features for scenario in parse_file(str(ROOT / path)).walk_scenarios()]
    assert [name for name in told if any(wanted.search(name) for wanted in names)] == scenario_names()


def test_behave_keeps_that_order_on_the_target_that_was_asked_for():
    assert behave_arguments("local")[:2] == ["-D", "target=local"]
    assert "seed=off" in behave_arguments("local")


def test_mail_is_read_where_the_site_writes_it_if_it_is_on_a_server():
    assert "mailbox=default" in behave_arguments("docker")
    assert "mailbox=server" in behave_arguments("box")
