"""A run's settings as behave.ini has them, with changes."""

import configparser
from pathlib import Path

import pytest

from acceptance.settings import Settings, SettingsError

BEHAVE_INI = Path("behave.ini")


def as_documented() -> dict[str, str]:
    ini = configparser.ConfigParser()
    ini.read(BEHAVE_INI)
    return dict(ini["behave.userdata"])


def read(environ: dict[str, str], **changes: str) -> Settings:
    return Settings.read(as_documented() | changes, environ)


def with_browser(folder: Path) -> str:
    """Put what looks like a browser and its driver into a folder; return it for a PATH."""
    for name in ("chromium", "chromedriver"):
        (folder / name).write_text("#!/bin/sh\n")
        (folder / name).chmod(0o755)
    return str(folder)


def mistakes(environ: dict[str, str], **changes: str) -> str:
    with pytest.raises(SettingsError) as raised:
        read(environ, **changes)
    return str(raised.value)
