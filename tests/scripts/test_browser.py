from pathlib import Path

import pytest

from acceptance.browsers.base import BrowserError, Installed
from acceptance.browsers.chromium import Chrome
from scripts import browser


@pytest.fixture(autouse=True)
def _own_proof(monkeypatch, tmp_path):
    monkeypatch.setattr(browser, "PROVEN", tmp_path / "proof")
    # Where the links would be that are forgotten with a browser that does not start.
    monkeypatch.setattr("sys.prefix", str(tmp_path))


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


class Starting(Chrome):
    def start(self) -> None:
        pass


def test_what_cannot_be_installed_is_named_once_and_the_browser_that_is_there_is_used(
    installed, tmp_path, monkeypatch, capsys
):
    program(tmp_path / "chromedriver", "ChromeDriver 156.0 (a)")
    program(tmp_path / "apt-get", "")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("sys.executable", str(tmp_path / "python"))
    monkeypatch.setattr(browser, "DEBIANS", {installed.binary})
    monkeypatch.setattr(browser, "install", lambda *_: False)
    monkeypatch.setattr(browser, "Chrome", Starting)
    monkeypatch.setattr(browser, "in_behave_ini", lambda _: "default")
    told = []
    for _ in range(2):
        assert browser.main(["--quiet"]) == 0
        told += [line for line in capsys.readouterr().err.splitlines() if "Not installed here" in line]
    assert told == [
        "Not installed here: chromium-headless-shell; "
        "`sudo apt-get install chromium chromium-driver chromium-headless-shell` does it."
    ]
