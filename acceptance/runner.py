"""Behave's runner for a project of the engine: what a run needs around its scenarios, their order, and its exit code.

behave.ini names it. It takes scenarios in the order of `-D seed=`, one after the
other, and each result is whole when it is handed on: workers would run `feature.run`
for one scenario each, and hand on the same.
"""

import os
import random
import signal
import sys
import traceback
from collections.abc import Callable
from functools import wraps
from types import FrameType
from typing import Any

from behave.api.pending_step import StepNotImplementedError
from behave.runner import Runner

from acceptance.browsers.base import BrowserError
from acceptance.browsers.read_only_filter import RefusedRequests
from acceptance.exit_code import REFUSED, SETUP_FAILED, Outcome
from acceptance.mailboxes.base import MailboxError
from acceptance.prose.lint import FeatureError, refuse_misread
from acceptance.prose.snippets import snippets
from acceptance.redaction import Redaction, hide_all, redacted
from acceptance.report import lifecycle as report
from acceptance.report.junit import replace_junit_reporter
from acceptance.report.report_folder import ReportFolderError
from acceptance.settings import Settings, SettingsError
from acceptance.targets.base import RunRefusedError, TargetError

# A cancelled job, and a terminal that is closed, are told as a person would tell it.
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
# Each of them is a sentence for whoever started the run.
START_ERRORS = (FeatureError, SettingsError, ReportFolderError, TargetError, MailboxError, BrowserError)


class StepError(Exception):
    """A step that did not do what it says, though behave would have let the run end well."""


class AcceptanceRunner(Runner):  # type: ignore[misc] # behave is not typed
    """Runs the scenarios of a project against one target."""

    def __init__(self, config: Any) -> None:
        """Begin with nothing run and nothing wrong."""
        super().__init__(config)
        self.outcome = Outcome(config)

    def run(self) -> bool:
        """Run everything; return whether anything failed, and leave with another exit code where that says too little.

        Raises SystemExit with a code of acceptance.exit_code.
        """
        failed: bool = super().run()
        if self.config.show_snippets and self.undefined_steps:
            print(snippets(self.undefined_steps))
            # Behave's own are in another style.
            self.config.show_snippets = False
        if not self.config.dry_run and self.outcome.code:
            raise SystemExit(self.outcome.code)
        return failed

    def run_hook(self, hook_name: str, *arguments: Any) -> bool:
        """Run a hook; a start that fails is told in one sentence, and no scenario runs."""
        if hook_name == "before_scenario":
            # Behave cuts what is printed by as much as was printed in the scenario before.
            self.capture_controller.update_delta_bookmark()
        if hook_name != "before_all" or self.config.dry_run:
            return bool(super().run_hook(hook_name, *arguments))
        # Until the opposite is known.
        self.outcome.cannot_start = SETUP_FAILED
        try:
            self._prepare()
            with self.context.use_with_user_mode():
                self.hooks["before_all"](self.context)
            self._put_in_order()
        except (KeyboardInterrupt, SystemExit) as error:
            self.abort(reason=type(error).__name__)
            return False
        except Exception as error:  # noqa: BLE001 - whatever it is, the run cannot start
            self._tell_of_failed_start(error)
            return False
        self.outcome.cannot_start = 0
        return True

    def _prepare(self) -> None:
        """Read features and settings, and let the results be written down; raises one of START_ERRORS."""
        hide_all(os.environ)
        end_on_signals(self.outcome)
        let_fail(self.step_registry)
        self.config.reporters.append(self.outcome)
        junit = replace_junit_reporter(self.config, self.outcome)
        # The first to hear of a result: what stands after them, and the reporters, see it without secrets.
        self.formatters[:0] = [RefusedRequests(), Redaction()]
        refuse_misread(self.features, (location.filename for location in self.feature_locations()))
        scenarios = [scenario for feature in self.features for scenario in feature.walk_scenarios()]
        self.context.scenarios = [scenario for scenario in scenarios if scenario.should_run(self.config)]
        self.context.settings = Settings.read(self.config.userdata, junit=junit.folder if junit else None)
        self.context.results = report.begin(self)

    def _put_in_order(self) -> None:
        seed = self.context.settings.seed
        if seed is not None:
            print(f"Order: -D seed={seed}")
            shuffle(self.features, seed)

    def _tell_of_failed_start(self, error: Exception) -> None:
        message = str(error)
        if isinstance(error, OSError):
            # What is wrong with a disk says no more than that.
            message = f"This run cannot start: {error}"
        elif not isinstance(error, START_ERRORS):
            # Nobody foresaw it.
            print(redacted(traceback.format_exc()), file=sys.stderr)
            message = f"This run cannot start: {type(error).__name__}: {error}"
        print(message, file=sys.stderr)
        self.outcome.cannot_start = REFUSED if isinstance(error, RunRefusedError) else SETUP_FAILED
        self.features.clear()
        report.failed_to_start(self.context, message)


def end_on_signals(outcome: Outcome) -> None:
    """Let each signal end the run once, but those that whoever started it had ignored, as nohup does."""

    def end(_number: int, _frame: FrameType | None) -> None:
        outcome.interrupted = True
        ignore_signals()
        raise KeyboardInterrupt

    for number in SIGNALS:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, end)


def ignore_signals() -> None:
    """Ignore signals from now on: a clean-up that is interrupted would leave browsers and files."""
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)


def let_fail(registry: Any) -> None:
    """Let each step fail that would end the process, with whatever exit code, or that is not written yet.

    Behave ends at once with that code, and takes what is not written for passed under @wip.
    """
    for matchers in registry.steps.values():
        for matcher in matchers:
            matcher.func = _failing(matcher.func)


def _failing(step: Callable[..., None]) -> Callable[..., None]:
    @wraps(step)
    def run(*args: Any, **named: Any) -> None:
        try:
            step(*args, **named)
        except SystemExit as error:
            raise StepError(f"This step would have ended the whole run, with exit code {error.code or 0}") from error
        except StepNotImplementedError as error:
            raise StepError(f"This step is not written yet: {error}") from error

    return run


def shuffle(items: list[Any], seed: int) -> None:
    """Shuffle features, the rules of each, and the scenarios of each rule, in place: none can lean on another.

    The same seed gives the same order for the same features.
    """
    _shuffle(items, random.Random(seed))  # noqa: S311 - an order, not a secret


def _shuffle(items: list[Any], dice: random.Random) -> None:
    dice.shuffle(items)
    for item in items:
        if inner := getattr(item, "run_items", None):
            _shuffle(inner, dice)
