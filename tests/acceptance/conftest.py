from pathlib import Path

import pytest

from acceptance import redaction
from tests.acceptance.run_settings import with_browser


@pytest.fixture(autouse=True)
def nothing_hidden_before(monkeypatch: pytest.MonkeyPatch) -> None:
    """What one test hides, as it has to, is none of another's business."""
    monkeypatch.setattr(redaction, "_known", set())


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    return {"PATH": with_browser(tmp_path)}
