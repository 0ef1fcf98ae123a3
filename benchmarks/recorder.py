"""What one run did and how long it took: its scenarios, and the calls in each.

Both sides are recorded alike, from outside: methods are replaced by ones that
note how long the original took. All moments are seconds of one clock that every
process of the machine shares (time.monotonic). What other threads do meanwhile is
recorded as theirs: it takes a scenario no time of its own.
"""

import functools
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

ANOTHER_THREAD = "another thread"


@dataclass(frozen=True)
class Call:
    """One call: its kind, its name, how long it took in seconds, and the kind of call that made it, if any did."""

    kind: str
    name: str
    seconds: float
    within: str = ""


@dataclass
class Scenario:
    """One scenario: when it began and ended, and the calls that were made in it."""

    name: str
    began: float
    ended: float = 0.0
    calls: list[Call] = field(default_factory=list)

    @property
    def seconds(self) -> float:
        """How long it took, from before its first hook until after its last."""
        return self.ended - self.began

    def spent(self, *kinds: str) -> float:
        """Return the seconds spent in calls of these kinds that no other recorded call made."""
        return sum(call.seconds for call in self.calls if call.kind in kinds and not call.within)


class Recorder:
    """Writes down the scenarios of this process."""

    def __init__(self) -> None:
        """Begin with nothing recorded."""
        self.scenarios: list[Scenario] = []
        self._current: Scenario | None = None
        self._outermost = ""

    def begin(self, name: str) -> None:
        """Begin a scenario."""
        self._current = Scenario(name, time.monotonic())
        self.scenarios.append(self._current)

    def end(self) -> None:
        """End the scenario; calls after this are nobody's."""
        if self._current:
            self._current.ended = time.monotonic()
        self._current = None

    @contextmanager
    def call(self, kind: str, name: str) -> Iterator[None]:
        """Record what happens within as one call of the current scenario."""
        here = threading.current_thread() is threading.main_thread()
        within, began = self._outermost if here else ANOTHER_THREAD, time.monotonic()
        if here:
            self._outermost = within or kind
        try:
            yield
        finally:
            if here:
                self._outermost = within
            if self._current:
                self._current.calls.append(Call(kind, name, time.monotonic() - began, within))

    def watch(self, owner: Any, method: str, kind: str, name: Callable[..., str] | None = None) -> None:
        """Record every call of `owner`'s method; `name` makes a name of its arguments."""
        original = getattr(owner, method)

        @functools.wraps(original)
        def watched(*args: Any, **options: Any) -> Any:
            with self.call(kind, name(*args, **options) if name else method):
                return original(*args, **options)

        setattr(owner, method, watched)

    def watch_sleep(self, module: ModuleType) -> None:
        """Record the sleeps of one module, and of no other that uses `time`."""
        clock = SimpleNamespace(**vars(module.time))
        self.watch(clock, "sleep", "wait")
        vars(module)["time"] = clock

    def write(self, path: Path) -> None:
        """Write what was recorded, for read_scenarios."""
        path.write_text(json.dumps([asdict(scenario) for scenario in self.scenarios]))


def read_scenarios(path: Path) -> list[Scenario]:
    """Return what another process recorded."""
    return [
        Scenario(**(scenario | {"calls": [Call(**call) for call in scenario["calls"]]}))
        for scenario in json.loads(path.read_text())
    ]
