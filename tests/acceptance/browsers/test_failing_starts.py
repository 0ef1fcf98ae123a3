"""How Chromium is started, and what a person is told of a browser that does not start or cannot learn whom to trust."""

import tempfile
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.common.exceptions import SessionNotCreatedException

from acceptance.browsers.base import BrowserError, Installed
from acceptance.browsers.chromium import Chrome
from acceptance.browsers.firefox import Firefox


@pytest.fixture(autouse=True)
def _leaves_nothing(tmp_path: Path, monkeypatch):
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    yield
    assert list((tmp_path / "temporary").iterdir()) == []


def program(path: Path, ends: str) -> str:
    path.write_text(f"#!/bin/sh\n{ends}\n")
    path.chmod(0o755)
    return str(path)


@pytest.mark.parametrize(("binary", "advised"), [("/usr/bin/chromium-headless-shell", True), ("chromium", False)])
def test_a_headless_shell_of_another_version_than_the_driver_has_a_way_out(monkeypatch, binary: str, advised: bool):
    def refuse(**_: object) -> None:
        message = "session not created: This version of ChromeDriver only supports Chrome version 114"
        raise SessionNotCreatedException(f"{message}\nCurrent browser version is 156.0.8078.79")

    monkeypatch.setattr(webdriver, "Chrome", refuse)
    with pytest.raises(BrowserError, match="only supports Chrome version 114") as refused:
        Chrome(Installed(binary, "chromedriver"), headless=True).start()
    assert ("-D browser=chrome-full" in str(refused.value)) == advised


def test_a_firefox_that_ends_at_once_is_told_with_its_words(tmp_path: Path):
    firefox = program(tmp_path / "firefox", "echo 'no such display' >&2; exit 3")
    says = f"(?s){firefox} did not start: it ended with exit code 3.*no such display"
    with pytest.raises(BrowserError, match=says):
        Firefox(Installed(firefox), headless=True).start()


def test_a_browser_that_cannot_trust_the_sites_authority_is_told(tmp_path: Path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    chrome = Chrome(Installed("chromium", "chromedriver"), headless=True, authority=tmp_path / "ca.pem")
    with pytest.raises(BrowserError, match="sudo apt-get install libnss3-tools"):
        chrome.start()
    program(tmp_path / "certutil", 'echo "certutil: could not read it" >&2; exit 255')
    says = "The browser cannot be told of the site's authority: certutil: could not read it"
    with pytest.raises(BrowserError, match=says):
        chrome.start()


def test_the_options_name_the_program():
    # The baselines of `make bench` take the options as they are: without the program, theirs would be another browser.
    binary = "/usr/bin/chromium-headless-shell"
    assert Chrome(Installed(binary, "chromedriver"), headless=True).options().binary_location == binary
