"""The coordinator of a run with several workers: hands out scenarios, and takes them back whole.

It has no target, no browser and no thread, so that each worker can be forked from it at any time.
"""

import os
import signal
import sys
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from math import frexp, inf
from multiprocessing import Pipe, get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkProcess
from time import monotonic
from typing import Any

from behave.model import Scenario
from behave.model_type import Status

from acceptance.exit_code import SETUP_FAILED, FailedStart
from acceptance.report.progress import Progress
from acceptance.report.report_folder import scenario_key
from acceptance.report.results_file import durations
from acceptance.scenario_transfer import FinishedScenario, Wire
from acceptance.scratch_dir import remove_orphans
from acceptance.signals import SIGNALS, end_on_signals
from acceptance.targets import open_target
from acceptance.targets.base import TargetError
from acceptance.worker import ENDED, FINISHED, NO_START, READY, Worker

# How long a worker may take to end in order by itself, as on a busy machine, or once its scenario has taken too long.
END_LIMIT_S, HUNG_END_LIMIT_S = 120.0, 5.0


@dataclass(eq=False)
class WorkerProcess:
    """A worker as the coordinator sees it."""

    process: ForkProcess
    connection: Connection
    # The number of the scenario that it runs.
    number: int | None = None
    # When it is ended if nothing was heard of it until then, by the monotonic clock; None while it starts.
    deadline: float | None = None
    # What the coordinator has ended it for.
    ended_for: str = ""
    ready: bool = False
    done: bool = False

    def end(self, number: signal.Signals, limit_s: float) -> None:
        """Send it a signal; it is killed if it has not ended within the limit."""
        self.deadline = monotonic() + limit_s
        if self.process.pid and self.process.is_alive():
            os.kill(self.process.pid, number)

    def how_it_ended(self) -> str:
        """Return how a process that has ended did so."""
        code = self.process.exitcode or 0
        return self.ended_for or (f"it was ended by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}")


class WorkerPool:
    """The workers of a run, and the scenarios that they have run, run, and are to run."""

    def __init__(self, runner: Any, scenarios: Sequence[Scenario]) -> None:
        """Begin with no worker; what runs is told in the order of `scenarios`."""
        self._runner, self._scenarios = runner, scenarios
        self._wire = Wire(runner.step_registry)
        self._numbers = {id(scenario): number for number, scenario in enumerate(scenarios)}
        known = durations(runner.context.settings.results_name)
        self._queue = deque(longest_first([known.get(scenario_key(scenario)) for scenario in scenarios]))
        self._workers: list[WorkerProcess] = []
        # By their numbers: what has run and is not told yet, and how a first attempt was broken off.
        self._finished: dict[int, FinishedScenario] = {}
        self._broken_off: dict[int, str] = {}
        self._ending = self._was_ready = self._killed = False
        self._progress = Progress(len(scenarios))
        self._wake, self._woken = Pipe(duplex=False)

    def run(self) -> Iterator[Scenario]:
        """Go through the scenarios in their order, each once it has run; what did not run is left out."""
        end_on_signals(self._runner.outcome, lambda: self._woken.send(None))
        # Without scenarios, as after a start that failed, there is no worker.
        for number in range(min(self._runner.workers, len(self._scenarios))):
            self._start_worker(first=number == 0)
        for number, scenario in enumerate(self._scenarios):
            while number not in self._finished and self._workers:
                self._wait()
            if number in self._finished:
                self._progress.clear()
                yield scenario
        while self._workers:
            self._wait()
        self._progress.clear()
        if self._killed:
            self._remove_orphans()

    def end(self) -> None:
        """End the workers that are left where something went wrong here: they clean up once nobody is there."""
        for worker in self._workers:
            worker.connection.close()
            worker.process.join(END_LIMIT_S)
            worker.process.kill()

    def take_finished(self, scenario: Scenario) -> FinishedScenario:
        """Return the outcome of a scenario that has run."""
        return self._finished.pop(self._numbers[id(scenario)])

    def _start_worker(self, *, first: bool = False) -> None:
        here, there = Pipe()
        open_here = [here, self._wake, self._woken, *(worker.connection for worker in self._workers)]

        def work() -> None:
            for connection in open_here:
                # While another process has this end of a pipe, the other end cannot know that the coordinator is gone.
                connection.close()
            Worker(self._runner, self._scenarios, there).run(quietly=not first)

        process = get_context("fork").Process(target=work)
        # The handlers of this process are none of the worker's.
        signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
        sys.stdout.flush()
        process.start()
        there.close()
        self._workers.append(WorkerProcess(process, here))
        signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)

    def _wait(self) -> None:
        """Wait for the next thing that happens: a worker tells something, ends, or has taken too long."""
        deadlines = [worker.deadline for worker in self._workers if worker.deadline]
        limit_s = max(min(deadlines) - monotonic(), 0) if deadlines else None
        told = wait([self._wake, *(worker.connection for worker in self._workers)], limit_s)
        if self._wake in told:
            self._wake.recv()
            self._runner.abort(reason="KeyboardInterrupt")
            self._end_all(signal.SIGINT)
        for worker in list(self._workers):
            if worker.connection in told:
                self._hear(worker)
            elif worker.deadline and monotonic() > worker.deadline:
                self._end_hung(worker)

    def _hear(self, worker: WorkerProcess) -> None:
        try:
            kind, content = worker.connection.recv()
        except (EOFError, OSError):
            worker.process.join()
            worker.connection.close()
            self._workers.remove(worker)
            if not worker.done:
                self._take_death(worker)
            return
        if kind == READY:
            self._take_start(worker, content)
        elif kind == NO_START:
            self._take_failed_start(content)
        elif kind == FINISHED and not worker.ended_for:
            number, written = content
            self._take(worker, number, self._wire.read(self._scenarios[number], written))
            self._hand_out(worker)
        elif kind == ENDED:
            worker.done = not worker.ended_for
            if content:
                self._runner.outcome.break_off(content)

    def _take_start(self, worker: WorkerProcess, facts: dict[str, str]) -> None:
        if not self._was_ready:
            self._runner.context.results.about(**facts, workers=str(self._runner.workers))
        worker.ready = self._was_ready = True
        self._hand_out(worker)

    def _take_failed_start(self, failed: FailedStart) -> None:
        """Let the run end: what one worker cannot do, the others cannot for long."""
        if self._was_ready:
            self._progress.say(failed.message)
            self._runner.outcome.break_off(f"A worker could not start: {failed.message}", failed.code)
        elif not self._ending:
            self._runner.tell_of_failed_start(failed)
        self._end_all()

    def _take(self, worker: WorkerProcess, number: int, finished: FinishedScenario) -> None:
        """Take what became of the scenario that a worker ran."""
        worker.number, scenario = None, self._scenarios[number]
        self._finished[number] = finished
        self._runner.take(scenario, finished)
        if not self._runner.outcome.interrupted:
            self._progress.finish(scenario, failed=finished.failed)
        if finished.aborted or (finished.failed and self._runner.config.stop):
            self._end_all()

    def _take_death(self, worker: WorkerProcess) -> None:
        """Let the scenario that a worker's end broke off run again, once."""
        how, number = worker.how_it_ended(), worker.number
        self._killed = True
        if not worker.ready:
            self._take_failed_start(FailedStart(f"A worker ended as it started: {how}", SETUP_FAILED))
        elif number is None or self._ending:
            self._runner.outcome.break_off(f"A worker ended before it had cleaned up: {how}")
        elif number in self._broken_off:
            self._take(worker, number, _broken_off_twice(self._scenarios[number], self._broken_off[number], how))
        else:
            scenario = self._scenarios[number]
            self._broken_off[number] = how
            scenario.repeated = f"in another worker, for the first one ended: {how}"
            self._progress.say(f"{scenario.location} runs again {scenario.repeated}")
            self._queue.appendleft(number)
        if self._queue and not self._ending:
            self._start_worker()

    def _remove_orphans(self) -> None:
        """Remove the browsers and the sites of workers that could not do so themselves."""
        remove_orphans()
        try:
            open_target(self._runner.context.settings).remove_orphans()
        except TargetError as error:
            self._progress.say(str(error))

    def _hand_out(self, worker: WorkerProcess) -> None:
        if self._queue and not self._ending:
            worker.number = self._queue.popleft()
            worker.deadline = monotonic() + self._runner.context.settings.scenario_limit
        else:
            worker.deadline = monotonic() + END_LIMIT_S
        # Of one that has ended meanwhile, its connection tells.
        with suppress(OSError):
            worker.connection.send(worker.number)

    def _end_all(self, number: signal.Signals | None = None) -> None:
        """Hand nothing out any more, and let each worker end: by a signal, or once it has finished its scenario."""
        self._ending = True
        for worker in self._workers:
            if number:
                worker.end(number, END_LIMIT_S)

    def _end_hung(self, worker: WorkerProcess) -> None:
        if worker.ended_for or self._ending or worker.number is None:
            worker.end(signal.SIGKILL, END_LIMIT_S)
            worker.ended_for = worker.ended_for or f"it did not end within {END_LIMIT_S:g} s"
        else:
            limit_s = self._runner.context.settings.scenario_limit
            worker.ended_for = f"the scenario was not through within {limit_s:g} s"
            # It may still clean up by itself.
            worker.end(signal.SIGTERM, HUNG_END_LIMIT_S)


def longest_first(durations_s: Sequence[float | None]) -> list[int]:
    """Return in which order to hand out scenarios that took so long before, so that no long one is left for the end.

    What nobody knows may take long. What takes about as long as others stays in the order of the seed.
    """
    return sorted(range(len(durations_s)), key=lambda number: -_size(durations_s[number]))


def _size(duration_s: float | None) -> float:
    return inf if duration_s is None else frexp(duration_s)[1]


def _broken_off_twice(scenario: Scenario, first: str, second: str) -> FinishedScenario:
    """Let a scenario be an error whose workers have ended, each time it ran."""
    scenario.clear_status()
    scenario.set_status(Status.error)
    scenario.error_message = f"Both workers that ran this scenario ended before it did: {first}; then {second}"
    return FinishedScenario(failed=True, calls=[("step", (step,)) for step in scenario.all_steps])
