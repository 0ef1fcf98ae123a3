"""Find or install a browser and its driver, and prove once that they start.

One that is already there; else the system's packages; else Selenium Manager's;
else what exactly to do. Beside Debian's own, the headless shell is installed as well.
"""

import argparse
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from configparser import ConfigParser
from functools import partial
from pathlib import Path

from selenium.common.exceptions import WebDriverException
from selenium.webdriver.common.selenium_manager import SeleniumManager

from acceptance.browsers import BROWSERS
from acceptance.browsers.base import BrowserError, Browsers, Installed
from acceptance.browsers.chromium import Chrome
from acceptance.browsers.firefox import Firefox
from acceptance.settings import UserData, search_path
from scripts.apt_install import install, say

PROVEN = Path(sys.prefix, "browser-that-starts")
PATIENCE_S = 10
INI = Path(__file__).resolve().parents[1] / "behave.ini"
# What the driver says of a browser that another driver could start.
DOES_NOT_FIT = "only supports"
# Debian's packages, and the program of each; all are of one version.
PACKAGES = {
    "chromium": "chromium",
    "chromium-driver": "chromedriver",
    "chromium-headless-shell": "chromium-headless-shell",
}
FIREFOX = "firefox-esr"
FIREFOX_ADVICE = f"""No Firefox could be found or installed. Do one of these, then try again:
  Debian:  sudo apt-get install {FIREFOX}
  others:  install Firefox, with its program on the PATH; it needs no driver"""
DEBIANS = {f"/usr/bin/{program}" for program in PACKAGES.values()}
ADVICE = f"""No browser could be found, fetched or installed. Do one of these, then try again:
  Debian:  sudo apt-get install {" ".join(PACKAGES)}
  Ubuntu:  sudo snap install chromium
  others:  install Google Chrome or Chromium, and the chromedriver of the same version, on the PATH"""


def main(arguments: Sequence[str] = tuple(sys.argv[1:])) -> int:
    """Try each way until a browser starts; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quiet", action="store_true", help="say nothing of a browser that was there before")
    parser.add_argument("--browser", choices=BROWSERS, default="chrome", help="as -D browser=")
    parser.add_argument("--sandbox", default=in_behave_ini("sandbox"), help="as in behave.ini")
    options = parser.parse_args(arguments)
    sandbox = UserData.model_validate({"sandbox": options.sandbox}).sandbox
    if BROWSERS[options.browser] is Firefox:
        return have_firefox(quiet=options.quiet)
    complete_debians(quiet=options.quiet)
    for find in (there, by_system_packages, by_selenium_manager):
        if not (installed := find()):
            continue
        try:
            prove(installed, partial(_open, kind=Chrome, sandbox=sandbox), quiet=options.quiet)
        except BrowserError as error:
            say(str(error))
            _link()
            if DOES_NOT_FIT not in str(error):
                # Another one would not start either.
                return 1
        else:
            return 0
    say(ADVICE)
    return 1


def have_firefox(*, quiet: bool) -> int:
    """Find Firefox, or install the system's, and prove that it starts; return the exit code."""
    installed = there(Firefox) or (there(Firefox) if install(FIREFOX) else None)
    if installed is None:
        say(FIREFOX_ADVICE)
        return 1
    try:
        prove(installed, partial(_open, kind=Firefox), quiet=quiet)
    except BrowserError as error:
        say(str(error))
        return 1
    return 0


def in_behave_ini(name: str) -> str:
    """Return a setting as behave.ini has it."""
    ini = ConfigParser(interpolation=None)
    ini.read(INI)
    return ini["behave.userdata"][name]


def there(kind: type[Browsers] = Chrome) -> Installed | None:
    """Return what is on the PATH, if all its parts are."""
    try:
        return kind.find(search_path(os.environ))
    except LookupError:
        return None


def complete_debians(*, quiet: bool) -> None:
    """Install what is missing of Debian's own browser: a run does without the shell, and takes longer.

    Tried once for each version of the browser, or whenever it is not asked for quietly.
    """
    installed = there()
    if not installed or installed.binary not in DEBIANS or not shutil.which("apt-get"):
        return
    if quiet and is_proven(describe(installed)):
        return
    missing = [package for package, program in PACKAGES.items() if not shutil.which(program)]
    # All of them, so that they stay of one version.
    if missing and not install(*PACKAGES):
        say(f"Not installed here: {' and '.join(missing)}; `sudo apt-get install {' '.join(PACKAGES)}` does it.")


def by_system_packages() -> Installed | None:
    """Install the system's packages, where this user may."""
    return there() if install(*PACKAGES) else None


def by_selenium_manager() -> Installed | None:
    """Let Selenium Manager fetch a browser, where the network allows it."""
    say("There is no browser here yet; asking Selenium Manager for one…")
    try:
        skipped = ["--skip-driver-in-path", "--skip-browser-in-path"]
        paths = SeleniumManager().binary_paths(["--browser", "chrome", *skipped])
    except WebDriverException as error:
        say(f"Selenium Manager has none: {str(error.msg).strip().splitlines()[0]}")
        return None
    _link(chrome=paths["browser_path"], chromedriver=paths["driver_path"])
    return there()


def prove(installed: Installed, open_browser: Callable[[Installed], None], *, quiet: bool = False) -> None:
    """Prove that the browser starts, where it, or its version, is another than last time; raises BrowserError."""
    described = describe(installed)
    if is_proven(described):
        if not quiet:
            say(described)
        return
    open_browser(installed)
    PROVEN.write_text("\n".join([*_proven(), described]))
    say(described)


def describe(installed: Installed) -> str:
    """Return which browser and driver these are, and of which versions."""
    driven = f", driven by {version(installed.driver)}" if installed.driver else ""
    return f"The browser is {version(installed.binary)}{driven}."


def is_proven(described: str) -> bool:
    """Tell whether this browser, of this version, has started once."""
    return described in _proven()


def _proven() -> list[str]:
    return PROVEN.read_text().splitlines() if PROVEN.exists() else []


def version(program: str) -> str:
    """Return what a program says of its version, and where it is."""
    try:
        ran = subprocess.run([program, "--version"], capture_output=True, text=True, check=False, timeout=PATIENCE_S)
    except (OSError, subprocess.TimeoutExpired):
        return f"({program})"
    return f"{ran.stdout.partition('(')[0].strip()} ({program})".lstrip()


def _open(installed: Installed, *, kind: type[Browsers], sandbox: bool | None = None) -> None:
    browsers = kind(installed, headless=True, sandbox=sandbox)
    try:
        browsers.start()
    finally:
        browsers.kill()


def _link(**programs: str) -> None:
    """Put links to these programs on this environment's PATH, in place of those there are."""
    for name in ("chrome", "chromedriver"):
        link = Path(sys.prefix, "bin", name)
        if link.is_symlink():
            link.unlink()
        if name in programs:
            link.symlink_to(programs[name])


if __name__ == "__main__":
    sys.exit(main())
