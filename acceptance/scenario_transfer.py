"""A scenario that has run: how formatters are told of it, and how a worker sends it to the coordinator.

A worker is a fork of the coordinator, so both have the same features and steps. What is sent refers to these by their
numbers, and to exceptions by their texts; the coordinator's own tree then has the state that the worker's has.
"""

import io
import pickle
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from behave.model import Scenario, Step
from behave.model_type import Argument

from acceptance.browsers.read_only_filter import name_refused_requests
from acceptance.redaction import redact_failure, redact_output, redacted

# What running a scenario changes of it and its steps, as far as one of the two has it.
STATE = (
    *("_cached_status", "status", "should_skip", "skip_reason", "hook_failed", "was_dry_run", "duration", "ran"),
    "repeated",
    *("_captured", "error_message", "exception", "evidence"),
)

# Arguments of steps that formatters are told of; one of another type is told as it is written.
SIMPLE = (str, int, float, bool, type(None))


@dataclass
class FinishedScenario:
    """The outcome of a scenario: whether it failed, and the calls by which formatters are told of it, in order."""

    failed: bool
    calls: list[tuple[str, tuple[Any, ...]]]
    # Whether nothing is to run after it, how many hooks failed in it, and its steps that nobody has written.
    aborted: bool = False
    hook_failures: int = 0
    undefined_steps: list[Step] = field(default_factory=list)
    # What behave printed at once, such as the failure of a hook, where a worker kept it.
    printed: str = ""


class CallRecorder:
    """Stands in for the formatters while a scenario runs."""

    def __init__(self) -> None:
        """Begin with no calls."""
        self.calls: list[tuple[str, tuple[Any, ...]]] = []

    def scenario(self, scenario: Scenario) -> None:
        """Record nothing: formatters are told by the runner that the scenario begins."""

    def result(self, step: Step) -> None:
        """Complete a failure and take secrets out of it, before anyone else learns of it.

        A hook comes too early: behave notes the failure of a step after after_step.
        """
        name_refused_requests(step)
        redact_failure(step)
        self.calls.append(("result", (step,)))

    def __getattr__(self, method: str) -> Callable[..., None]:
        """Return what records a call of this method."""
        return lambda *arguments: self.calls.append((method, arguments))


class Wire:
    """Writes and reads finished scenarios; both ends have the same features and step definitions."""

    def __init__(self, registry: Any) -> None:
        """Take note of the functions of the step definitions."""
        matchers = [matcher for of_type in registry.steps.values() for matcher in of_type]
        self._functions = [matcher.func for matcher in matchers]

    def write(self, scenario: Scenario, finished: FinishedScenario) -> bytes:
        """Return a scenario's outcome without secrets: those of a worker are known to that worker alone."""
        items = [scenario, *scenario.all_steps]
        finished.calls = [(method, tuple(map(_redacted, arguments))) for method, arguments in finished.calls]
        states = [{name: _redacted(vars(item)[name]) for name in STATE if name in vars(item)} for item in items]
        for item in items:
            redact_output(item)
        stream = io.BytesIO()
        _Writer(stream, self._shared(scenario)).dump((states, finished))
        return stream.getvalue()

    def read(self, scenario: Scenario, written: bytes) -> FinishedScenario:
        """Give the scenario the state that was written, and return the outcome."""
        finished: FinishedScenario
        states, finished = _Reader(io.BytesIO(written), self._shared(scenario)).load()
        for item, state in zip((scenario, *scenario.all_steps), states, strict=True):
            vars(item).update(state)
        return finished

    def _shared(self, scenario: Scenario) -> list[Any]:
        """Return what both ends have, in the same order."""
        return [scenario, scenario.feature, *scenario.all_steps, *self._functions]


class _Writer(pickle.Pickler):
    def __init__(self, stream: io.BytesIO, shared: Iterable[Any]) -> None:
        super().__init__(stream, pickle.HIGHEST_PROTOCOL)
        self._numbers = {id(item): number for number, item in enumerate(shared)}

    def persistent_id(self, item: Any) -> int | None:
        return self._numbers.get(id(item))

    def reducer_override(self, item: Any) -> Any:
        if isinstance(item, KeyboardInterrupt):
            return KeyboardInterrupt, ()
        if isinstance(item, BaseException):
            return Exception, (redacted(f"{type(item).__name__}: {item}"),)
        if isinstance(item, Argument):
            value = item.value if type(item.value) in SIMPLE else item.original
            return Argument, (item.start, item.end, item.original, value, item.name)
        return NotImplemented


class _Reader(pickle.Unpickler):
    def __init__(self, stream: io.BytesIO, shared: list[Any]) -> None:
        super().__init__(stream)
        self._shared = shared

    def persistent_load(self, number: int) -> Any:
        return self._shared[number]


def _redacted(value: Any) -> Any:
    return redacted(value) if isinstance(value, str) else value
