"""What a person is told where browser and driver are of different versions."""

import pytest
from selenium import webdriver
from selenium.common.exceptions import SessionNotCreatedException

from acceptance.browsers.base import BrowserError, Installed
from acceptance.browsers.chromium import Chrome


@pytest.mark.parametrize(("binary", "advised"), [("/usr/bin/chromium-headless-shell", True), ("chromium", False)])
def test_a_headless_shell_of_another_version_than_the_driver_has_a_way_out(monkeypatch, binary: str, advised: bool):
    def refuse(**_: object) -> None:
        message = "session not created: This version of ChromeDriver only supports Chrome version 114"
        raise SessionNotCreatedException(f"{message}\nCurrent browser version is 156.0.8078.79")

    monkeypatch.setattr(webdriver, "Chrome", refuse)
    with pytest.raises(BrowserError, match="only supports Chrome version 114") as refused:
        Chrome(Installed(binary, "chromedriver"), headless=True).start()
    assert ("-D browser=chrome-full" in str(refused.value)) == advised
