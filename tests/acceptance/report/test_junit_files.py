"""Which file tells of which feature."""

from types import SimpleNamespace
from xml.etree import ElementTree as ET

from behave.model_type import Status

from acceptance.exit_code import Outcome
from acceptance.report.junit import JUnit
from acceptance.signals import Interruption
from tests.acceptance.report.told import SHARING, feature


def test_features_of_one_file_name_in_two_folders_have_a_file_each(tmp_path):
    config = SimpleNamespace(junit_directory=str(tmp_path), reporters=[], name=[], tag_expression=None)
    reporter = JUnit(config, Outcome(config, Interruption()))
    for name, status in (("features/a.feature", Status.failed), ("features/sub/a.feature", Status.passed)):
        told = feature(SHARING, name)
        for scenario in told.walk_scenarios():
            scenario.set_status(status)
        reporter.feature(told)
    assert ET.parse(tmp_path / "TESTS-a.xml").getroot().get("failures") == "4"
    assert ET.parse(tmp_path / "TESTS-sub.a.xml").getroot().get("failures") == "0"
