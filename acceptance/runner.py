"""Behave's runner for a project of the engine: what a run needs around its scenarios, their order, and its exit code.

behave.ini names it. Behave runs whole features; this runner runs one scenario at a time, in the order of `-D seed=`.
While a scenario runs, formatters hear nothing of its steps: `run_scenario` returns the whole of it, and only then
is it handed on to formatters, and to reporters once its feature has no more. With several workers, `run_scenario` runs
in these, and this process is their coordinator.
"""

import gc
import os
import random
import sys
import time
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, redirect_stderr, redirect_stdout
from functools import wraps
from itertools import groupby
from operator import attrgetter
from typing import Any

from behave.api.pending_step import StepNotImplementedError
from behave.capture import Captured, ManyCaptured
from behave.exception import ConfigError
from behave.model import Feature, Rule, Scenario
from behave.reporter.junit import JUnitReporter
from behave.runner import Runner, scoped_context_layer, the_step_registry

from acceptance.browsers.base import BrowserError
from acceptance.exit_code import REFUSED, SETUP_FAILED, FailedStart, Outcome
from acceptance.mailboxes.base import MailboxError
from acceptance.project import project
from acceptance.prose.active_tag_check import active_tag_mistakes
from acceptance.prose.cast_check import cast_mistakes
from acceptance.prose.lint import FeatureError, refuse_misread
from acceptance.prose.snippets import snippets
from acceptance.redaction import RedactedStream, hide_all, redact_output, redacted
from acceptance.report import lifecycle as report
from acceptance.report.formatting import evidence_of
from acceptance.report.junit import replace_junit_reporter
from acceptance.report.report_folder import ReportFolderError
from acceptance.scenario_transfer import CallRecorder, FinishedScenario
from acceptance.settings import Settings, SettingsError
from acceptance.signals import end_on_signals, ignore_signals
from acceptance.sites import SitesError
from acceptance.targets import open_target
from acceptance.targets.base import RunRefusedError, TargetError
from acceptance.worker_count import worker_count

# Each of them is a sentence for whoever started the run.
START_ERRORS = (FeatureError, SettingsError, SitesError, ReportFolderError, TargetError, MailboxError, BrowserError)
HOOKS_WITH_EVIDENCE = ("before_scenario", "before_step", "after_step", "after_scenario")
# Behave calls these around features and rules, and for their tags; here, scenarios run one at a time.
UNSUPPORTED_HOOKS = {f"{when}_{what}" for when in ("before", "after") for what in ("feature", "rule", "tag")}
# How many new objects make a search for garbage worth its time; Python's own default is 700.
GARBAGE_AFTER = 50_000


class StepError(Exception):
    """A step or a clean-up that did not do what it says, though behave would have let the run end well."""


class AcceptanceRunner(Runner):  # type: ignore[misc] # behave is not typed
    """Runs the scenarios of a project against one target."""

    hook_failures: int

    def __init__(self, config: Any) -> None:
        """Begin with nothing run and nothing wrong."""
        super().__init__(config)
        # What was imported stays: to search it for garbage, again and again, takes a tenth of a start.
        gc.freeze()
        gc.set_threshold(GARBAGE_AFTER)
        self.formatters: list[Any] = []
        self.outcome = Outcome(config)
        # How many processes run scenarios; with one, it is this process.
        self.workers = 1
        self._failed = False
        self._reported: set[Feature] = set()

    def load_hooks(self, filename: str | None = None) -> None:
        """Load the hooks of environment.py; raises ConfigError for those that would never be called."""
        super().load_hooks(filename)
        let_cleanups_fail(self.context)
        if unsupported := sorted(UNSUPPORTED_HOOKS & self.hooks.keys()):
            raise ConfigError(
                f"{self.config.environment_file} has {', '.join(unsupported)}, which this runner does not call; "
                "allowed: before_all, before_scenario, before_step, after_step, after_scenario, after_all"
            )

    def run(self) -> bool:
        """Run everything; return whether anything failed, and leave with another exit code where that says too little.

        Raises SystemExit with a code of acceptance.exit_code.
        """
        if self.config.dry_run:
            # Behave's own would tell of scenarios that passed.
            self.config.reporters[:] = [one for one in self.config.reporters if not isinstance(one, JUnitReporter)]
        # Behave prints what hooks and clean-ups raise as it is.
        with redirect_stdout(RedactedStream(sys.stdout)), redirect_stderr(RedactedStream(sys.stderr)):
            try:
                return self._run()
            finally:
                # The process ends, and would first look for garbage among all that it holds: a quarter of a second.
                gc.freeze()

    def _run(self) -> bool:
        failed: bool = super().run()
        if self.config.show_snippets and self.undefined_steps:
            print(snippets(self.undefined_steps))
            # Behave's own are in another style.
            self.config.show_snippets = False
        if not self.config.dry_run and self.outcome.code:
            raise SystemExit(self.outcome.code)
        return failed

    def run_model(self, features: Any = None) -> bool:
        """Run scenario after scenario between before_all and after_all; return whether anything failed."""
        self.step_registry = the_step_registry
        self.run_hook("before_all")
        try:
            self._attempt(self._run_scenarios)
        except KeyboardInterrupt:
            self.abort(reason="KeyboardInterrupt")
        self._attempt(lambda: self._report(feature for feature in self.features if feature not in self._reported))
        if self.workers == 1:
            self.end_hooks()
        if self.aborted:
            self.outcome.aborted = True
            print("\nABORTED: By user.")
        for formatter in self.formatters:
            self._attempt(formatter.close)
        for reporter in self.config.reporters:
            self._attempt(reporter.end)
        return bool(self._failed or self.aborted or self.hook_failures or self.undefined_steps)

    def end_hooks(self) -> None:
        """Let everything end that before_all began, in the process that began it."""
        if not self.run_hook_with_capture("after_all"):
            self.outcome.break_off("The hook after_all failed; the output of the run says why.")
        self._attempt(self.context._do_remaining_cleanups)

    def _attempt(self, part: Callable[[], Any]) -> None:
        """Do one part of a run; if it raises, the run has failed, and goes on with its other parts."""
        try:
            part()
        except Exception as error:  # noqa: BLE001 - whatever it is, clean-up and results come after it
            self._failed = True
            traceback.print_exc()
            self.outcome.break_off(f"The run broke off: {type(error).__name__}: {error}")

    def _run_scenarios(self) -> None:
        """Run the scenarios, or let workers do so, and hand each on once it is whole."""
        if self.workers == 1:
            self._hand_on(self._scenarios_to_run(), self.run_scenario)
            return
        from acceptance.coordinator import WorkerPool  # noqa: PLC0415 - one worker needs no coordinator

        # What they send is written down at once, for this process may be killed.
        self.formatters.remove(self.context.results)
        pool = WorkerPool(self, list(self._scenarios_to_run()))
        try:
            self._hand_on(pool.run(), pool.take_finished)
        finally:
            ignore_signals()
            pool.end()
            self.formatters.insert(0, self.context.results)

    def take(self, scenario: Scenario, finished: FinishedScenario) -> None:
        """Take a scenario from a worker: its results are written, and the others are told in the features' order."""
        self.hook_failures += finished.hook_failures
        self.undefined_steps.extend(finished.undefined_steps)
        if finished.aborted:
            self.abort(reason="in a worker")
        formatters, self.formatters = self.formatters, [self.context.results]
        self._tell("scenario", scenario)
        for method, arguments in finished.calls:
            self._tell(method, *arguments)
        self._tell("eof")
        self.formatters = formatters

    def _hand_on(self, scenarios: Iterator[Scenario], run: Callable[[Scenario], FinishedScenario]) -> None:
        """Tell formatters and reporters of one scenario after the other."""
        for feature, of_feature in groupby(scenarios, attrgetter("feature")):
            self._tell("uri", feature.filename)
            self._begin(feature)
            for rule, of_rule in groupby(of_feature, rule_of):
                if rule:
                    self._begin(rule)
                for scenario in of_rule:
                    self._tell("scenario", scenario)
                    finished = run(scenario)
                    self._failed |= finished.failed
                    print(finished.printed, end="")
                    for method, arguments in finished.calls:
                        self._tell(method, *arguments)
                if rule:
                    self._tell("rule_finished")
            self._tell("eof")
            self._report([feature])

    def run_scenario(self, scenario: Scenario) -> FinishedScenario:
        """Run one scenario; once more where the node of a grid that its browser was on was lost meanwhile."""
        items = [scenario, *scenario.all_steps]
        before = [dict(vars(item)) for item in items]
        hook_failures, undefined = self.hook_failures, len(self.undefined_steps)
        finished = self._run_scenario(scenario)
        if not (lost := getattr(scenario, "lost", "")) or self.aborted:
            return finished
        for item, state in zip(items, before, strict=True):
            vars(item).clear()
            vars(item).update(state, _captured=ManyCaptured())
        self.hook_failures = hook_failures
        del self.undefined_steps[undefined:]
        scenario.repeated = redacted(f"in a new browser, for the node of the first one was lost: {lost}")
        print(f"{scenario.location} runs again {scenario.repeated}", file=sys.__stderr__)
        return self._run_scenario(scenario)

    def _run_scenario(self, scenario: Scenario) -> FinishedScenario:
        """Run one scenario with the backgrounds of its feature and rule; nobody is told of it yet."""
        formatters, recorder = self.formatters, CallRecorder()
        hook_failures, undefined = self.hook_failures, len(self.undefined_steps)
        began = time.time()
        self.formatters = [recorder]
        try:
            with ExitStack() as layers:
                for container in filter(None, (scenario.feature, rule_of(scenario))):
                    layers.enter_context(scoped_context_layer(self.context, container.type))
                    setattr(self.context, container.type, container)
                self.context._set_root_attribute("active_outline", scenario._row)
                # A hook may have changed the status after behave looked at it.
                failed = scenario.run(self) or scenario.status.has_failed()
                for step in filter(evidence_of, scenario.all_steps):
                    # Behave's own formatters show what a scenario printed; the others take it from the step.
                    scenario.captured.add_captured(Captured(evidence_of(step), name="evidence"))
                # Behave's own formatters show it with the scenario.
                redact_output(scenario)
                scenario.ran = began, time.time()
                hook_failures = self.hook_failures - hook_failures
                return FinishedScenario(
                    failed, recorder.calls, self.aborted, hook_failures, self.undefined_steps[undefined:]
                )
        finally:
            self.formatters = formatters

    def _selected(self) -> list[Scenario]:
        """Return the scenarios that tags and names ask for, in order."""
        scenarios = [scenario for feature in self.features for scenario in feature.walk_scenarios()]
        return [scenario for scenario in scenarios if scenario.should_run(self.config)]

    def _scenarios_to_run(self) -> Iterator[Scenario]:
        """Go through the selected scenarios until the run is to end; what was not selected is skipped."""
        for feature in self.features:
            for scenario in feature.walk_scenarios():
                if self.aborted or (self._failed and self.config.stop):
                    return
                if scenario.should_run(self.config) or self.config.show_skipped:
                    yield scenario
                else:
                    scenario.mark_skipped()

    def _begin(self, container: Feature | Rule) -> None:
        self._tell(container.type, container)
        if container.background:
            self._tell("background", container.background)

    def _tell(self, method: str, *arguments: Any) -> None:
        """Call a method of each formatter; not every formatter has every method."""
        for formatter in self.formatters:
            if call := getattr(formatter, method, None):
                call(*arguments)

    def _report(self, features: Iterable[Feature]) -> None:
        """Hand finished features on to the reporters."""
        for feature in features:
            self._reported.add(feature)
            for reporter in self.config.reporters:
                reporter.feature(feature)

    def run_hook(self, hook_name: str, *arguments: Any) -> bool:
        """Run a hook; a start that fails is told in one sentence, and no scenario runs."""
        if hook_name == "before_scenario":
            # Behave cuts what is printed by as much as was printed in the scenario before.
            self.capture_controller.update_delta_bookmark()
        if hook_name != "before_all" or self.config.dry_run:
            passed = bool(super().run_hook(hook_name, *arguments))
            if not passed and not self.aborted and hook_name in HOOKS_WITH_EVIDENCE and "evidence" in self.context:
                self.context.evidence.of_failure(*arguments)
                # Behave prints at once what a failing hook printed, and no formatter tells of it.
                print(evidence_of(*arguments))
            return passed
        # Until the opposite is known.
        self.outcome.cannot_start = SETUP_FAILED
        try:
            self._prepare()
            if self.workers == 1:
                with self.context.use_with_user_mode():
                    self.hooks["before_all"](self.context)
            else:
                open_target(self.context.settings).prepare()
            self._tell_order()
        except (KeyboardInterrupt, SystemExit) as error:
            self.abort(reason=type(error).__name__)
            return False
        except Exception as error:  # noqa: BLE001 - whatever it is, the run cannot start
            self.tell_of_failed_start(self.failed_start(error))
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
        selected = [place for place in self.feature_locations() if not self.config.exclude(place)]
        files = [place.filename for place in selected]
        slips = [*cast_mistakes(self.features, project().cast, self.step_registry)]
        slips += active_tag_mistakes(self.features, self.config.userdata)
        refuse_misread(self.features, files, slips)
        self.context.scenarios = self.outcome.selected = selected = self._selected()
        self.context.settings = settings = Settings.read(
            self.config.userdata, junit=junit.folder if junit else None, scenarios=len(selected)
        )
        if settings.seed is not None:
            shuffle(self.features, settings.seed)
        for scenario in of_other_shards(self._selected(), settings.shard):
            scenario.mark_skipped()
        self.context.scenarios = self.outcome.selected = self._selected()
        self.context.results = report.begin(self)
        self.workers = worker_count(self.config.jobs, self.context.settings, self.context.scenarios)

    def _tell_order(self) -> None:
        (number, count), seed = self.context.settings.shard, self.context.settings.seed
        if seed is not None:
            print(f"Order: -D seed={seed}" + (f" -D shard={number}/{count}" if count > 1 else ""))
        if self.workers > 1:
            print(f"Workers: {self.workers}")

    def failed_start(self, error: Exception) -> FailedStart:
        """Return why a run, or a worker of it, cannot start."""
        code = REFUSED if isinstance(error, RunRefusedError) else SETUP_FAILED
        if isinstance(error, START_ERRORS):
            return FailedStart(redacted(str(error)), code)
        if isinstance(error, OSError):
            # What is wrong with a disk says no more than that.
            return FailedStart(redacted(f"This run cannot start: {error}"), code)
        # Nobody foresaw it.
        details = "".join(traceback.format_exception(error))
        return FailedStart(redacted(f"This run cannot start: {type(error).__name__}: {error}"), code, redacted(details))

    def tell_of_failed_start(self, failed: FailedStart) -> None:
        """Tell why the run does not start; no scenario runs."""
        print(f"{failed.details}{failed.message}", file=sys.stderr)
        self.outcome.cannot_start = failed.code
        self.outcome.no_start = failed.message
        self.features.clear()
        report.failed_to_start(self.context, failed.message)


def rule_of(scenario: Scenario) -> Rule | None:
    """Return the rule that a scenario, or its outline, stands under."""
    parent = scenario.parent
    while parent and not isinstance(parent, Rule):
        parent = parent.parent
    return parent


def let_fail(registry: Any) -> None:
    """Let each step fail that would end the process, with whatever exit code, or that is not written yet.

    Behave ends at once with that code, and takes what is not written for passed under @wip.
    """
    for matchers in registry.steps.values():
        for matcher in matchers:
            matcher.func = _failing(matcher.func, "step")


def let_cleanups_fail(context: Any) -> None:
    """Let each clean-up fail that would end the process: behave would end at once, with no other clean-up done."""
    add_cleanup = context.add_cleanup

    def add(cleanup: Callable[..., Any], *arguments: Any, **named: Any) -> None:
        add_cleanup(_failing(cleanup, "clean-up"), *arguments, **named)

    # What is set on a context as usual is a scenario's, and goes with it.
    object.__setattr__(context, "add_cleanup", add)


def _failing(function: Callable[..., Any], kind: str) -> Callable[..., Any]:
    @wraps(function)
    def run(*args: Any, **named: Any) -> Any:
        try:
            return function(*args, **named)
        except SystemExit as error:
            raise StepError(f"This {kind} would have ended the whole run, with exit code {error.code or 0}") from error
        except StepNotImplementedError as error:
            raise StepError(f"This {kind} is not written yet: {error}") from error
        except (Exception, KeyboardInterrupt):
            raise
        except BaseException as error:
            # Behave takes it for the end of the run.
            raise StepError(f"{type(error).__name__}: {error}") from error

    return run


def of_other_shards(scenarios: list[Scenario], shard: tuple[int, int]) -> list[Scenario]:
    """Return the scenarios that other machines run: in the order of the seed, they are dealt out like cards."""
    number, count = shard
    return [scenario for place, scenario in enumerate(scenarios) if place % count != number - 1]


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
