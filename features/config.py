"""What a run was asked to do: read once, with all mistakes reported at once."""

import os
import random
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from features.browser_process import Installed
from features.browsers import BROWSERS
from features.targets import ONLY_FOR, OWN_CONTAINER, TARGETS

YES_OR_NO = {"yes": True, "no": False}
# Where a window would appear: under X, or under Wayland.
SCREENS = ("DISPLAY", "WAYLAND_DISPLAY")
MAX_SEED = 2**32 - 1
MIN_WAIT_S, MAX_WAIT_S = 0.1, 120
MAX_LOCK_WAIT_S = 3600
MAX_PORT = 65535
CONTAINER_NAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_.-]*")


class ConfigError(Exception):
    """A run that was asked for in a way it cannot be done; one line for each mistake."""


@dataclass(frozen=True)
class Config:
    """One run's settings; behave.ini says what each of them means. A dot in a name is an underscore here."""

    target: str
    browser: str
    headless: bool
    wait: float
    seed: int | None
    pause: bool
    docker_container: str
    docker_port: int | None
    database: str
    lock_wait: float
    installed: Installed

    @classmethod
    def read(cls, userdata: Mapping[str, str], environ: Mapping[str, str] = os.environ) -> "Config":
        """Return the settings of behave.ini and `-D`, checked.

        Raises ConfigError that names each mistake and what is allowed instead.
        """
        mistakes = [
            f"{name}: there is no such setting; allowed: {', '.join(SETTINGS)}"
            for name in sorted(set(userdata) - set(SETTINGS))
        ]
        values: dict[str, Any] = {}
        for name, parse in SETTINGS.items():
            try:
                values[_field(name)] = parse(_given(userdata, name))
            except ValueError as error:
                mistakes.append(f"{name}: {error}")
        installed = _find_browser(values.get("browser"), environ, mistakes)
        mistakes += _contradictions(values)
        mistakes += _without_screen(values, environ)
        if mistakes or installed is None:
            raise ConfigError("\n".join(["This run cannot start:", *(f"  {mistake}" for mistake in mistakes)]))
        return cls(**values, installed=installed)


def search_path(environ: Mapping[str, str]) -> str:
    """Return where programs are looked for: on the PATH, then where set-up puts them."""
    return os.pathsep.join([environ.get("PATH", ""), str(Path(sys.executable).parent)])


def _field(name: str) -> str:
    return name.replace(".", "_")


def _given(userdata: Mapping[str, str], name: str) -> str:
    if name not in userdata:
        raise ValueError("is missing from behave.ini")
    return str(userdata[name]).strip()


def _find_browser(name: str | None, environ: Mapping[str, str], mistakes: list[str]) -> Installed | None:
    if name is None:
        return None
    try:
        return BROWSERS[name].find(search_path(environ))
    except LookupError as error:
        mistakes.append(f"browser: {error.args[0]}")
        return None


def _without_screen(values: dict[str, Any], environ: Mapping[str, str]) -> Iterator[str]:
    if values.get("headless") is False and sys.platform == "linux" and not any(map(environ.get, SCREENS)):
        yield "headless: no needs a screen, and neither DISPLAY nor WAYLAND_DISPLAY is set; `xvfb-run behave …` has one"


def _contradictions(values: dict[str, Any]) -> Iterator[str]:
    if values.get("pause") and values.get("headless"):
        yield "pause: on-failure leaves nothing to look at with headless=yes; allowed with headless=no"
    for target, names in ONLY_FOR.items():
        for name in names:
            changed = _field(name) in values and values[_field(name)] != SETTINGS[name](DEFAULTS[name])
            if changed and values.get("target", target) != target:
                yield f"{name}: means something with target={target} only; allowed here: {DEFAULTS[name]}"
    if values.get("docker_container", OWN_CONTAINER) != OWN_CONTAINER:
        for name in ("docker.port", "database"):
            if values.get(_field(name)) != SETTINGS[name](DEFAULTS[name]):
                yield f"{name}: a container that runs already has its own; allowed here: {DEFAULTS[name]}"


def _one_of(allowed: Mapping[str, Any]) -> Callable[[str], Any]:
    """Return a parser that takes the names of `allowed` and gives their values."""

    def parse(text: str) -> Any:
        if text.lower() not in allowed:
            raise ValueError(f"{text!r} is not known; allowed: {', '.join(allowed)}")
        return allowed[text.lower()]

    return parse


def _seconds(least: float, most: float) -> Callable[[str], float]:
    """Return a parser of times within these limits."""

    def parse(text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            value = -1
        if not least <= value <= most:
            raise ValueError(f"{text!r} is not a time; allowed: {least:g} to {most:g} (seconds)")
        return value

    return parse


def _container(text: str) -> str:
    if not CONTAINER_NAME.fullmatch(text):
        raise ValueError(f"{text!r} is not a container's name; allowed: new, running, or a name such as superlists")
    return text


def _port(text: str) -> int | None:
    if text == "free":
        return None
    if text.isascii() and text.isdigit() and 1 <= int(text) <= MAX_PORT:
        return int(text)
    raise ValueError(f"{text!r} is not a port; allowed: free, or 1 to {MAX_PORT}")


def _seed(text: str) -> int | None:
    if text == "off":
        return None
    if text == "random":
        return random.randrange(MAX_SEED)  # noqa: S311 - an order, not a secret
    if text.isascii() and text.isdigit() and int(text) <= MAX_SEED:
        return int(text)
    raise ValueError(f"{text!r} is not an order; allowed: random, off, or a whole number up to {MAX_SEED}")


SETTINGS: dict[str, Callable[[str], Any]] = {
    "target": _one_of({name: name for name in TARGETS}),
    "browser": _one_of({name: name for name in BROWSERS}),
    "headless": _one_of(YES_OR_NO),
    "wait": _seconds(MIN_WAIT_S, MAX_WAIT_S),
    "seed": _seed,
    "pause": _one_of({"never": False, "on-failure": True}),
    "docker.container": _container,
    "docker.port": _port,
    "database": _one_of({name: name for name in ("sqlite", "postgres")}),
    "lock.wait": _seconds(0, MAX_LOCK_WAIT_S),
}
# What a setting that only some targets know has to be elsewhere.
DEFAULTS = {"docker.container": OWN_CONTAINER, "docker.port": "free", "database": "sqlite", "lock.wait": "0"}
