"""Whole runs on the site in a container."""

import signal
import time

from acceptance.waiting import eventually
from tests.runs.conftest import Scratch, until
from tests.targets.engine import owned

STARTS_A_LIST = """
  Scenario: {name}
    Given Edith has started a list with "Buy milk"
    {step}
    When Edith reads "Buy milk"
"""
KILLS = """
@when('the container is killed')
def container_is_killed(context):
    context.target.container.kill()
"""
KILLS_WORKER = """
@when('the worker is killed')
def worker_is_killed(context):
    import os
    os.kill(os.getpid(), 9)
"""
STANDS_STILL = """
@when('time stands still')
def time_stands_still(context):
    print("standing still", flush=True)
    import sys
    sys.__stdout__.write("STANDING\\n")
    sys.__stdout__.flush()
    time.sleep(60)
"""


def told(*steps: str) -> str:
    return "".join(STARTS_A_LIST.format(name=f"number {n}", step=step) for n, step in enumerate(steps))


def test_a_container_that_dies_between_two_scenarios_ends_the_run_with_its_reason(scratch: Scratch):
    scratch.tell(f"  Scenario: first\n    When the container is killed\n{told('', '')}", KILLS)
    ran = scratch.behave("-D", "target=docker", "-D", "seed=off", "-D", "wait=2", "--junit")
    assert ran.returncode == 1
    assert "1 scenario passed" in ran.stdout
    assert "No further scenario is run. The container superlists-" in ran.stderr
    assert "ended with exit code 137" in ran.stderr
    assert owned(str(scratch.temporary)) == []


def test_interrupted_scenarios_leave_nothing_however_often_they_are(scratch: Scratch):
    scratch.tell(told(*["When time stands still"] * 2), STANDS_STILL)
    process = scratch.start("-D", "target=docker", "--jobs", "2")
    until(process, "STANDING", times=2)
    assert owned(str(scratch.temporary))
    for _ in range(2):
        process.send_signal(signal.SIGINT)
        time.sleep(0.2)
    process.communicate(timeout=30)
    assert process.returncode == 130
    assert_nothing_left(scratch)


def test_an_interrupted_start_leaves_nothing(scratch: Scratch):
    process = scratch.start("-D", "target=docker", "-D", "database=postgres")
    # Of its database, its container and its volume.
    eventually(lambda: len(owned(str(scratch.temporary))), lambda there: there >= 3, what="all of it", within_s=60)
    process.send_signal(signal.SIGINT)
    output, _ = process.communicate(timeout=30)
    assert process.returncode == 130, output
    assert_nothing_left(scratch)


def test_killed_workers_leave_nothing(scratch: Scratch):
    # The second one ends the scenario for good: nobody starts after it, and removes what it left.
    scratch.tell(told("When the worker is killed", ""), KILLS_WORKER)
    ran = scratch.behave("-D", "target=docker", "-D", "seed=off", "--jobs", "2")
    assert ran.returncode == 1, ran.stdout + ran.stderr
    assert "0 failed, 1 error" in ran.stdout
    assert_nothing_left(scratch)


def assert_nothing_left(scratch: Scratch) -> None:
    assert owned(str(scratch.temporary)) == []
    assert scratch.left_running() == []
    assert scratch.left_behind() == []


def test_two_runs_side_by_side_do_not_meet(scratch: Scratch):
    scratch.tell(told("", ""))
    runs = [scratch.start("-D", "target=docker", "-D", f"database={kind}") for kind in ("sqlite", "postgres")]
    said = [process.communicate(timeout=120)[0] for process in runs]
    assert [process.returncode for process in runs] == [0, 0], said
    assert all("2 scenarios passed" in text for text in said)
    assert owned(str(scratch.temporary)) == []
