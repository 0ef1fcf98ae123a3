"""A worker: a process with a target and a browser of its own, which runs one scenario after the other.

The coordinator (coordinator.py) forks it and tells it through a pipe what to run. A worker tells no formatter and no
reporter; it sends each scenario back whole.
"""

import io
import os
import signal
import threading
from collections.abc import Iterator, Sequence
from contextlib import nullcontext, redirect_stdout, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from queue import SimpleQueue
from typing import Any

from behave.model import Scenario

from acceptance.redaction import redacted
from acceptance.scenario_transfer import Wire
from acceptance.signals import SIGNALS, deferred_signals, end_on_signals, ignore_signals

# A worker without a coordinator cleans up; what still hangs after this many seconds is ended.
ALONE_LIMIT_S = 120
READY, NO_START, FINISHED, ENDED = "ready", "no start", "finished", "ended"


@dataclass
class ResultsOfWorker:
    """What hooks of a worker know of the results: the id of the run. What they tell of the run is sent."""

    run: str

    def __post_init__(self) -> None:
        """Begin with nothing told."""
        self.facts: dict[str, str] = {}

    def about(self, **facts: str) -> None:
        """Keep what the run is about, for the coordinator."""
        self.facts = facts


class Worker:
    """A worker as it sees itself: a process, from its fork to its end."""

    def __init__(self, runner: Any, scenarios: Sequence[Scenario], connection: Connection) -> None:
        """Take from this connection the numbers of scenarios to run, and then None."""
        self._runner, self._scenarios, self._connection = runner, scenarios, connection
        self._wire = Wire(runner.step_registry)
        self._orders: SimpleQueue[int | None] = SimpleQueue()

    def run(self, *, quietly: bool) -> None:
        """Start the target and the browser, run scenarios until there are no more, and clean up.

        What a start prints is the same for all workers, so that all but one start `quietly`.
        """
        # What a terminal sends to its programs goes to the coordinator alone, which ends the workers in order.
        os.setsid()
        runner = self._runner
        runner.formatters, runner.config.reporters[:] = [], []
        runner.context.results = ResultsOfWorker(runner.context.results.run)
        try:
            end_on_signals(runner.outcome)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)
            threading.Thread(target=self._receive, daemon=True).start()
            with redirect_stdout(io.StringIO()) if quietly else nullcontext():
                started = self._starts()
            if started:
                for number in self._numbers():
                    self._send(FINISHED, (number, self._run(self._scenarios[number])))
            # No signal comes between here and the clean-up.
            ignore_signals()
        except KeyboardInterrupt:
            runner.abort(reason="KeyboardInterrupt")
        runner.end_hooks()
        self._send(ENDED, runner.outcome.broke_off)

    def _starts(self) -> bool:
        runner = self._runner
        try:
            with runner.context.use_with_user_mode():
                runner.hooks["before_all"](runner.context)
        except SystemExit:
            runner.abort(reason="SystemExit")
            return False
        except Exception as error:  # noqa: BLE001 - whatever it is, this worker cannot start
            self._send(NO_START, runner.failed_start(error))
            return False
        self._send(READY, runner.context.results.facts)
        return True

    def _run(self, scenario: Scenario) -> bytes:
        with redirect_stdout(io.StringIO()) as printed:
            finished = self._runner.run_scenario(scenario)
        finished.printed = redacted(printed.getvalue())
        return self._wire.write(scenario, finished)

    def _numbers(self) -> Iterator[int]:
        while not self._runner.aborted and (number := self._orders.get()) is not None:
            yield number

    def _receive(self) -> None:
        """Take orders, beside the thread that runs scenarios: it learns so of a coordinator that was killed."""
        try:
            while True:
                self._orders.put(self._connection.recv())
        except (EOFError, OSError):
            signal.alarm(ALONE_LIMIT_S)
            os.kill(os.getpid(), signal.SIGTERM)

    def _send(self, kind: str, content: Any) -> None:
        # Without a coordinator, nobody is told.
        with deferred_signals(), suppress(OSError):
            self._connection.send((kind, content))
