"""A browser that looks at pages on disk."""

import json
from pathlib import Path
from typing import Any

from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from acceptance.accessibility import violations
from acceptance.waiting import eventually

SHOWN = (
    "return [...document.querySelectorAll(arguments[0])].filter(e => e.checkVisibility()).map(e => e.innerText.trim())"
)


class PageViewer:
    def __init__(self, driver: webdriver.Chrome) -> None:
        self.driver = driver

    def at(self, file: Path, fragment: str = "") -> None:
        self.driver.get("about:blank")
        self.requested()
        self.complaints()
        self.driver.get(file.absolute().as_uri() + fragment)

    def at_size(self, width: int, height: int) -> None:
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)

    def in_the_dark(self, dark: bool) -> None:
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [scheme]})

    def without_scripts(self, without: bool) -> None:
        self.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": without})

    def run(self, script: str, *arguments: Any) -> Any:
        return self.driver.execute_script(script, *arguments)

    def shown(self, css: str) -> list[str]:
        return [" ".join(text.split()) for text in self.run(SHOWN, css)]

    def until_shown(self, css: str, texts: list[str]) -> None:
        eventually(lambda: self.shown(css), lambda seen: seen == texts, what=f"{texts} as {css}")

    def type(self, css: str, text: str) -> None:
        self.driver.find_element(By.CSS_SELECTOR, css).send_keys(text)

    def choose(self, css: str, value: str) -> None:
        self.run(
            "const e = document.querySelector(arguments[0]); e.value = arguments[1];"
            "e.dispatchEvent(new Event('input', {bubbles: true}))", css, value,
        )  # fmt: skip

    def click(self, css: str) -> None:
        self.driver.find_element(By.CSS_SELECTOR, css).click()

    def press_tab(self) -> str:
        self.driver.switch_to.active_element.send_keys(Keys.TAB)
        return str(self.run("return document.activeElement.name || document.activeElement.innerText"))

    def requested(self) -> list[str]:
        """Return what was asked for since the last time, wherever it is."""
        entries = [json.loads(entry["message"])["message"] for entry in self.driver.get_log("performance")]
        sent = [
            entry["params"]["request"]["url"] for entry in entries if entry["method"] == "Network.requestWillBeSent"
        ]
        return [url for url in sent if not url.startswith(("about:", "data:"))]

    def complaints(self) -> list[str]:
        """Return what the console has complained of since the last time."""
        return [str(entry["message"]) for entry in self.driver.get_log("browser") if entry["level"] == "SEVERE"]

    def violations(self) -> list[str]:
        return violations(self.driver.execute_async_script)

    def overflow(self) -> int:
        return int(self.run("return document.documentElement.scrollWidth - window.innerWidth"))
