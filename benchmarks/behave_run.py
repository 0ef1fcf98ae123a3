"""`python -m benchmarks.behave_run FILE ARGS…`: behave with these arguments; what it did goes to FILE."""

import sys
from pathlib import Path
from typing import Any

from behave.__main__ import main as behave
from behave.runner import ModelRunner

from acceptance import waiting
from acceptance.browsers import BROWSERS
from acceptance.browsers.devtools import DevTools
from benchmarks.recorder import Recorder
from benchmarks.selenium_run import watch_both


def main(record: str, *arguments: str) -> int:
    """Return behave's exit code."""
    recorder = Recorder()
    watch(recorder)
    code: int = behave(list(arguments))
    recorder.write(Path(record))
    return code


def watch(recorder: Recorder) -> None:
    """Watch what the suite uses, and the hooks between which a scenario runs."""
    watch_both(recorder)
    recorder.watch_sleep(waiting)
    recorder.watch(DevTools, "send_all", "browser")
    for browser in BROWSERS.values():
        # A clean start is both: everyone's old browser taken away, and a new one given out.
        recorder.watch(browser, "clean", "clean")
        recorder.watch(browser, "open", "clean")
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


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
