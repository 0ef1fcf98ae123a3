"""Which browser proves a release: a machine may have the headless shell alone."""

from pathlib import Path

import pytest

from deploy.smoke import smoke_browser


@pytest.mark.parametrize(("binary", "browser"), [("chromium", "chrome-full"), ("chromium-headless-shell", "chrome")])
def test_a_release_is_proven_in_the_full_browser_where_it_is_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, binary: str, browser: str
):
    for name in (binary, "chromedriver"):
        (tmp_path / name).touch(mode=0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("sys.executable", str(tmp_path / "python"))
    assert smoke_browser() == browser
