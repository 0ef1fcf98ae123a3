"""Where the tests of the pages have their results, and the features that these are of."""

from pathlib import Path

import pytest

from tests.acceptance.report.told import written


@pytest.fixture
def reports(tmp_path: Path) -> Path:
    """A folder for results, as a run has it."""
    return tmp_path / "reports"


@pytest.fixture
def features(tmp_path: Path) -> Path:
    """A folder with features in it."""
    return written(tmp_path / "features")
