"""Find or install a browser and its driver, and prove once that they start.

One that is already there; else Selenium Manager's; else the system's packages;
else what exactly to do.
"""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from selenium.common.exceptions import WebDriverException
from selenium.webdriver.common.selenium_manager import SeleniumManager

from features.browsers import BrowserError, Chrome, Installed
from features.config import search_path

PROVEN = Path(sys.prefix, "browser-that-starts")
PACKAGES = ("chromium", "chromium-driver")
ADVICE = f"""No browser could be found, fetched or installed. Do one of these, then try again:
  Debian:  sudo apt-get install {" ".join(PACKAGES)}
  Ubuntu:  sudo snap install chromium
  others:  install Google Chrome or Chromium, and the chromedriver of the same version, on the PATH"""


def main() -> int:
    """Try each way until a browser starts; return the exit code."""
    for way in (already_there, by_selenium_manager, by_system_packages):
        installed = way()
        if installed and starts(installed):
            return 0
    print(ADVICE, file=sys.stderr)
    return 1


def already_there() -> Installed | None:
    """Return what is on the PATH, if both parts are."""
    try:
        return Chrome.find(search_path(os.environ))
    except LookupError:
        return None


def by_selenium_manager() -> Installed | None:
    """Let Selenium Manager fetch a browser, where the network allows it."""
    say("There is no browser here yet; asking Selenium Manager for one…")
    try:
        paths = SeleniumManager().binary_paths(
            ["--browser", "chrome", "--skip-driver-in-path", "--skip-browser-in-path"]
        )
    except WebDriverException as error:
        say(f"It has none: {str(error.msg).strip().splitlines()[0]}")
        return None
    for name, path in (("chrome", paths["browser_path"]), ("chromedriver", paths["driver_path"])):
        link = Path(sys.prefix, "bin", name)
        link.unlink(missing_ok=True)
        link.symlink_to(path)
    return already_there()


def by_system_packages() -> Installed | None:
    """Install the system's packages, where this user may."""
    privilege = _privilege()
    if privilege is None:
        return None
    say(f"Installing {' and '.join(PACKAGES)} from the system's packages…")
    for command in (["apt-get", "update", "-qq"], ["apt-get", "install", "-y", "-qq", *PACKAGES]):
        environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        if not succeeds([*privilege, *command], env=environment):
            return None
    return already_there()


def _privilege() -> list[str] | None:
    if os.geteuid() == 0:
        return []
    return ["sudo", "-n"] if succeeds(["sudo", "-n", "true"]) else None


def starts(installed: Installed, open_browser: Callable[[Installed], None] | None = None) -> bool:
    """Tell whether the browser starts; asked of it only when it is another than last time."""
    if PROVEN.exists() and PROVEN.read_text() == repr(installed):
        return True
    try:
        (open_browser or _open)(installed)
    except BrowserError as error:
        say(str(error))
        _forget_links()
        return False
    PROVEN.write_text(repr(installed))
    say(f"The browser is {installed.binary}, driven by {installed.driver}.")
    return True


def _open(installed: Installed) -> None:
    chrome = Chrome(installed, headless=True)
    try:
        chrome.start()
    finally:
        chrome.quit()


def _forget_links() -> None:
    for name in ("chrome", "chromedriver"):
        link = Path(sys.prefix, "bin", name)
        if link.is_symlink():
            link.unlink()


def succeeds(command: list[str], env: dict[str, str] | None = None) -> bool:
    """Run a command quietly; tell whether it succeeded, and print what it said if not."""
    try:
        done = subprocess.run(command, env=env, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    except FileNotFoundError:
        return False
    if done.returncode:
        say(done.stderr.strip()[-500:])
    return done.returncode == 0


def say(what: str) -> None:
    """Tell the person who set this going."""
    print(what, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
