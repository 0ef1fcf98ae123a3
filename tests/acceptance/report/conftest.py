"""Where the tests of the report have their results, and the features that these are of."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from behave.model_type import Status

from acceptance.report.report_folder import claim
from tests.acceptance.report.sample import SHARING, feature, write_feature


@pytest.fixture
def reports(tmp_path: Path) -> Path:
    """A folder for results, as a run has it."""
    claim(tmp_path / "reports")
    return tmp_path / "reports"


@pytest.fixture
def file(reports: Path) -> Path:
    """The results file of a target."""
    return reports / "local" / "results.jsonl"


@pytest.fixture
def features(tmp_path: Path) -> Path:
    """A folder with features in it."""
    return write_feature(tmp_path / "features")


@pytest.fixture
def ran() -> Any:
    """A feature of which the second scenario failed, and the third was skipped for a reason."""
    ran = feature(SHARING.replace("Edith sees it", "Edith sees it, \x07 and: 100%"))
    scenarios = list(ran.walk_scenarios())
    for scenario in scenarios[:2]:
        for step in scenario.all_steps:
            step.status, step.duration = Status.passed, 0.5
    last = list(scenarios[1].all_steps)[-1]
    last.status, last.error_message = Status.failed, "ASSERT FAILED: nothing there\nsessionid=s3cr3tkey"
    last.captured.add_captured(
        SimpleNamespace(stdout="The site's log: RuntimeError", stderr="", has_output=lambda: True)
    )
    for scenario in scenarios[:2]:
        scenario.clear_status()
    scenarios[2].skip("mail cannot be read here")
    scenarios[3].skip()
    return ran
