"""What a person is told of a Firefox that does not start."""

import tempfile
from pathlib import Path

import pytest

from acceptance.browsers.base import BrowserError, Installed
from acceptance.browsers.firefox import Firefox


def test_a_firefox_that_ends_at_once_is_told_with_its_words_and_leaves_nothing(tmp_path: Path, monkeypatch):
    program = tmp_path / "firefox"
    program.write_text("#!/bin/sh\necho 'no such display' >&2\nexit 3\n")
    program.chmod(0o755)
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    says = f"(?s){program} did not start: it ended with exit code 3.*no such display"
    with pytest.raises(BrowserError, match=says):
        Firefox(Installed(str(program)), headless=True).start()
    assert list((tmp_path / "temporary").iterdir()) == []
