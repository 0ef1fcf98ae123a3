"""What is watched on either side: the one place that knows the insides of the suite and of Selenium.

Kinds of calls: fixture, webdriver, devtools, wait, clean.
"""

from typing import Any

from behave.runner import ModelRunner
from selenium.webdriver.remote.remote_connection import RemoteConnection
from selenium.webdriver.support import wait

from acceptance import waiting
from acceptance.browsers import BROWSERS
from acceptance.browsers.devtools import Command, DevTools
from acceptance.fixtures import SiteFixtures
from benchmarks.recorder import Recorder
from features.fixtures import Fixtures


def watch_both(recorder: Recorder) -> None:
    """Watch what both sides use: WebDriver commands and fixtures."""
    recorder.watch(RemoteConnection, "execute", "webdriver", _command)
    for fixtures in (SiteFixtures, Fixtures):
        for method in [name for name in vars(fixtures) if not name.startswith("_")]:
            recorder.watch(fixtures, method, "fixture")


def watch_straight(recorder: Recorder) -> None:
    """Watch what only the straight side uses: Selenium's own wait."""
    watch_both(recorder)
    recorder.watch_sleep(wait)


def watch_behave(recorder: Recorder) -> None:
    """Watch what only the suite uses, and the hooks between which a scenario runs."""
    watch_both(recorder)
    recorder.watch_sleep(waiting)
    recorder.watch(DevTools, "send_all", "devtools", _commands)
    for browser in BROWSERS.values():
        # A clean start is both: everyone's old browser taken away, and a new one given out.
        recorder.watch(browser, "clean", "clean")
        recorder.watch(browser, "open", "clean")
    _watch_hooks(recorder)


def _command(_connection: Any, command: str, *_: Any, **__: Any) -> str:
    return command


def _commands(_connection: Any, *commands: Command) -> str:
    return " + ".join(command.method for command in commands)


def _watch_hooks(recorder: Recorder) -> None:
    original = ModelRunner.run_hook_with_capture

    def run_hook(runner: ModelRunner, hook: str, *args: Any, **options: Any) -> Any:
        if hook == "before_scenario":
            recorder.begin(args[0].name)
        try:
            return original(runner, hook, *args, **options)
        finally:
            if hook == "after_scenario":
                recorder.end()

    ModelRunner.run_hook_with_capture = run_hook
