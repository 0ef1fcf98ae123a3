"""How many workers a run has: as many as were asked for or pay, but one where several would disturb each other."""

import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from behave.model import Scenario

from acceptance.fixtures import needs_fixtures
from acceptance.settings import Settings
from acceptance.targets import open_target

# A browser with its driver and the site take about half of this, and others want to work on the machine, too.
MEMORY_OF_A_WORKER = 800 * 2**20
# With fewer for each, one worker is through sooner: another browser and site have to start, on cores that are busy.
SCENARIOS_OF_A_WORKER = 8
MEMORY_INFO, CONTROL_GROUP = Path("/proc/meminfo"), Path("/sys/fs/cgroup")


def worker_count(jobs: int, settings: Settings, scenarios: Sequence[Scenario]) -> int:
    """Return how many workers run these scenarios where `--jobs` says so many; say why there is one instead."""
    request = jobs
    if jobs == 1 and settings.workers == "auto":
        request = paying_workers(available_cores(), available_memory(), len(scenarios))
    number = min(request, len(scenarios))
    if number > 1 and (reason := one_worker_reason(settings, scenarios)):
        if jobs > 1:
            print(f"One worker, not {jobs}: {reason}.")
        return 1
    return max(number, 1)


def one_worker_reason(settings: Settings, scenarios: Sequence[Scenario]) -> str:
    """Return why a run with these settings can have one worker only; empty where it can have several."""
    if not settings.headless:
        return "with headless=no, one window is looked at"
    if settings.await_input:
        return "with await.input=yes, one process reads the line"
    return open_target(settings).one_worker_reason(fixtures=any(map(needs_fixtures, scenarios)))


def paying_workers(cores: int, memory: float, scenarios: int) -> int:
    """Return with how many workers a run is fastest; `memory` is what is free, in bytes."""
    return int(max(1, min(cores, memory // MEMORY_OF_A_WORKER, scenarios // SCENARIOS_OF_A_WORKER)))


def available_cores() -> int:
    """Return how many cores this process may use, as a container may have fewer than its machine."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    with suppress(OSError, ValueError):
        # Without a limit it says max, which is no number.
        quota, period = map(int, (CONTROL_GROUP / "cpu.max").read_text().split())
        cores = min(cores, max(quota // period, 1))
    return cores


def available_memory() -> float:
    """Return how many bytes of memory this process may still use; infinity where nothing tells."""
    memory = float("inf")
    with suppress(OSError, StopIteration):
        lines = MEMORY_INFO.read_text().splitlines()
        memory = next(int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:"))
    with suppress(OSError, ValueError):
        limit, used = (int((CONTROL_GROUP / f"memory.{name}").read_text()) for name in ("max", "current"))
        memory = min(memory, limit - used)
    return memory
