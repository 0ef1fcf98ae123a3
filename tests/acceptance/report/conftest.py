"""Where the tests of the report have their results, and the features that these are of."""

from pathlib import Path

import pytest

from acceptance.report.report_folder import claim
from tests.acceptance.report.sample import write_feature


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
