from pathlib import Path

import pytest

from acceptance.browsers.base import BrowserError, Installed
from scripts import browser


@pytest.fixture(autouse=True)
def _own_proof(monkeypatch, tmp_path):
    monkeypatch.setattr(browser, "PROVEN", tmp_path / "proof")


@pytest.fixture
def installed(tmp_path: Path) -> Installed:
    return Installed(
        program(tmp_path / "chromium", "Chromium 156.0"), program(tmp_path / "driver", "ChromeDriver 156.0 (a)")
    )


def program(path: Path, version: str) -> str:
    path.write_text(f"#!/bin/sh\necho '{version}'\n")
    path.chmod(0o755)
    return str(path)


def test_a_browser_is_told_each_time_and_each_version_of_it_is_proven_once(installed, capsys, tmp_path):
    opened: list[Installed] = []
    for version in ("156.0", "157.0"):
        program(tmp_path / "chromium", f"Chromium {version}")
        for _ in range(2):
            browser.prove(installed, opened.append)
            assert capsys.readouterr().err.startswith(
                f"The browser is Chromium {version} ({installed.binary}), driven "
            )
    assert opened == [installed, installed]
    browser.prove(installed, opened.append, quiet=True)
    assert capsys.readouterr().err == ""


def test_a_browser_that_does_not_start_is_not_proven(installed):
    def refuse(_: Installed) -> None:
        raise BrowserError("session not created")

    with pytest.raises(BrowserError, match="session not created"):
        browser.prove(installed, refuse)
    assert not browser.PROVEN.exists()
