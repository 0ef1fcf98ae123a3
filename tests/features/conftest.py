import stat
from pathlib import Path

import pytest

from features import redaction


@pytest.fixture(autouse=True)
def nothing_hidden_before(monkeypatch: pytest.MonkeyPatch) -> None:
    """What one test hides, as it has to, is none of another's business."""
    monkeypatch.setattr(redaction, "_known", set())


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    for name in ("chromium", "chromedriver"):
        program = tmp_path / name
        program.write_text("#!/bin/sh\n")
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return {"PATH": str(tmp_path)}
