"""What one run did and how long it took: its scenarios, and the calls in each.

All sides are recorded alike, from outside: methods are replaced by ones that note how long the original took. All
moments are seconds of one clock that every process of the machine shares (time.monotonic). Only the outermost call of
the main thread counts: what it calls is part of it, and other threads take a scenario no time of its own. Commands to
the browser are counted wherever they are sent.
"""

import functools
import json
import re
import threading
import time
from collections.abc import Callable, Iterator
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
    # How many commands the browser was sent, by WebDriver or DevTools, and how many pages it was sent to load.
    commands: int = 0
    pages: int = 0

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


@dataclass(frozen=True)
class Run:
    """One run: when its process was spawned and had exited; and, where it was recorded, what it did."""

    spawned: float
    exited: float
    scenarios: list[Scenario] = field(default_factory=list)
    # The processor time and the largest memory of its own process, without those that it started.
    cpu_s: float = 0.0
    peak_mb: float = 0.0

    @property
    def journeys_s(self) -> float:
        """From the beginning of the first scenario to the end of the last."""
        return self.scenarios[-1].ended - self.scenarios[0].began

    @property
    def whole_s(self) -> float:
        """From the process's birth to its exit."""
        return self.exited - self.spawned


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

    def watch(self, owner: Any, method: str, kind: str, pages: Callable[..., list[bool]] | None = None) -> None:
        """Record every call of `owner`'s method; of its arguments, `pages` tells which commands load a page."""
        original = getattr(owner, method)

        @functools.wraps(original)
        def watched(*args: Any, **options: Any) -> Any:
            if pages and self._current:
                loads = pages(*args, **options)
                self._current.commands += len(loads)
                self._current.pages += sum(loads)
            with self.call(kind):
                return original(*args, **options)

        setattr(owner, method, watched)

    def watch_sleep(self, module: ModuleType) -> None:
        """Record the sleeps of one module, and of no other that uses `time`."""
        clock = SimpleNamespace(**vars(module.time))
        self.watch(clock, "sleep", "waits")
        vars(module)["time"] = clock

    def write(self, path: Path) -> None:
        """Write what was recorded, for read_run."""
        own = {"cpu_s": time.process_time(), "peak_mb": peak_mb()}
        path.write_text(json.dumps({"scenarios": [asdict(scenario) for scenario in self.scenarios], **own}))


def peak_mb() -> float:
    """Return the largest memory of this process, in MB; 0 where the system does not tell.

    As Linux keeps it for this program; what getrusage says goes on from the program that started it.
    """
    status = Path("/proc/self/status")
    peak = re.search(r"VmHWM:\s*(\d+) kB", status.read_text()) if status.exists() else None
    return int(peak[1]) / 1024 if peak else 0.0


def read_run(path: Path, spawned: float, exited: float) -> Run:
    """Return what another process recorded, which lived from one moment to the other."""
    record = json.loads(path.read_text())
    return Run(spawned, exited, **record | {"scenarios": [Scenario(**each) for each in record["scenarios"]]})
