"""What one run did and how long it took: its scenarios, and the calls in each.

Both sides are recorded alike, from outside: methods are replaced by ones that note how long the original took. All
moments are seconds of one clock that every process of the machine shares (time.monotonic). Only the outermost call of
the main thread counts: what it calls is part of it, and other threads take a scenario no time of its own.
"""

import functools
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any


@dataclass
class Scenario:
    """One scenario: when it began and ended, and for each kind of call the seconds that each call took."""

    name: str
    began: float
    ended: float = 0.0
    calls: dict[str, list[float]] = field(default_factory=dict)

    @property
    def seconds(self) -> float:
        """How long it took, from before its first hook until after its last."""
        return self.ended - self.began

    @property
    def rest(self) -> float:
        """The seconds that no recorded call accounts for."""
        return self.seconds - sum(map(self.spent, self.calls))

    def spent(self, kind: str) -> float:
        """Return the seconds spent in calls of a kind."""
        return sum(self.calls.get(kind, ()))


class Recorder:
    """Writes down the scenarios of this process."""

    def __init__(self) -> None:
        """Begin with nothing recorded."""
        self.scenarios: list[Scenario] = []
        self._current: Scenario | None = None
        self._in_call = False

    def begin(self, name: str) -> None:
        """Begin a scenario."""
        self._current = Scenario(name, time.monotonic())
        self.scenarios.append(self._current)

    def end(self) -> None:
        """End the scenario; calls after this belong to none."""
        if self._current:
            self._current.ended = time.monotonic()
        self._current = None

    @contextmanager
    def call(self, kind: str) -> Iterator[None]:
        """Record what happens within as one call of the current scenario."""
        scenario = self._current
        if self._in_call or not scenario or threading.current_thread() is not threading.main_thread():
            yield
            return
        self._in_call, began = True, time.monotonic()
        try:
            yield
        finally:
            self._in_call = False
            scenario.calls.setdefault(kind, []).append(time.monotonic() - began)

    def watch(self, owner: Any, method: str, kind: str) -> None:
        """Record every call of `owner`'s method."""
        original = getattr(owner, method)

        @functools.wraps(original)
        def watched(*args: Any, **options: Any) -> Any:
            with self.call(kind):
                return original(*args, **options)

        setattr(owner, method, watched)

    def watch_sleep(self, module: ModuleType) -> None:
        """Record the sleeps of one module, and of no other that uses `time`."""
        clock = SimpleNamespace(**vars(module.time))
        self.watch(clock, "sleep", "waits")
        vars(module)["time"] = clock

    def write(self, path: Path) -> None:
        """Write what was recorded, for read_scenarios."""
        path.write_text(json.dumps([asdict(scenario) for scenario in self.scenarios]))


def read_scenarios(path: Path) -> list[Scenario]:
    """Return what another process recorded."""
    return [Scenario(**scenario) for scenario in json.loads(path.read_text())]
