"""Whole runs on the site in a container."""

import re
import signal
import time
import urllib.request

import pytest

from acceptance.waiting import eventually
from tests.runs.conftest import Scratch
from tests.targets.engine import FOR_PRODUCTION, by_hand, owned

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


def until(process, words: str) -> str:
    said = ""
    while words not in said:
        line = process.stdout.readline()
        assert line, f"It ended without {words!r}: {said}"
        said += line
    return said


@pytest.mark.parametrize(
    ("scenarios", "passed"),
    [
        (told("When the container is killed", "", ""), 0),
        (f"  Scenario: first\n    When the container is killed\n{told('', '')}", 1),
    ],
    ids=["amid a scenario", "between two"],
)
def test_a_container_that_dies_ends_the_run_with_its_reason(scratch: Scratch, scenarios: str, passed: int):
    scratch.tell(scenarios, KILLS)
    ran = scratch.behave("-D", "target=docker", "-D", "seed=off", "-D", "wait=2", "--junit")
    assert ran.returncode == 1
    assert f"{passed} scenario{'' if passed == 1 else 's'} passed" in ran.stdout
    assert "No further scenario is run. The container superlists-" in ran.stderr
    assert "ended with exit code 137" in ran.stderr
    assert owned(str(scratch.temporary)) == []


@pytest.mark.parametrize("workers", [1, 2])
def test_an_interrupted_scenario_leaves_nothing_however_often_it_is(scratch: Scratch, workers: int):
    scratch.tell(told(*["When time stands still"] * workers), STANDS_STILL)
    process = scratch.start("-D", "target=docker", "--jobs", str(workers))
    for _ in range(workers):
        until(process, "STANDING")
    assert owned(str(scratch.temporary))
    for _ in range(2):
        process.send_signal(signal.SIGINT)
        time.sleep(0.2)
    process.communicate(timeout=30)
    assert process.returncode == 130
    assert_nothing_left(scratch)


@pytest.mark.parametrize(("begun", "made"), [("database", 1), ("container", 3)])
def test_an_interrupted_start_leaves_nothing(scratch: Scratch, begun: str, made: int):
    process = scratch.start("-D", "target=docker", "-D", "database=postgres")
    eventually(lambda: len(owned(str(scratch.temporary))), lambda there: there >= made, what=begun, within_s=60)
    process.send_signal(signal.SIGINT)
    output, _ = process.communicate(timeout=30)
    assert process.returncode == 130, output
    assert_nothing_left(scratch)


def test_killed_workers_leave_nothing(scratch: Scratch):
    scratch.tell(told(*["When the worker is killed"] * 2), KILLS_WORKER)
    ran = scratch.behave("-D", "target=docker", "-D", "seed=off", "--jobs", "2")
    assert ran.returncode == 1
    assert "0 scenarios passed, 0 failed, 2 error" in ran.stdout, ran.stdout + ran.stderr
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


def test_production_in_a_container_is_only_looked_at(scratch: Scratch):
    with by_hand(FOR_PRODUCTION) as container:
        name = f"docker.container={container.name}"
        smoke = scratch.behave("-D", "target=docker", "-D", name, "--tags=@smoke")
        assert smoke.returncode == 0, smoke.stdout
        refused = scratch.behave("-D", "target=docker", "-D", name)
        assert refused.returncode == 4
        assert "takes no fixtures" in refused.stderr
        assert re.search(r"Selected here: \d+, such as", refused.stderr)
        assert f"docker exec -it {container.name} python manage.py stamp_site" in refused.stderr
        assert "passed" not in refused.stdout
        container.reload()
        assert container.status == "running"
        port = (container.ports["8888/tcp"] or [{}])[0]["HostPort"]
        with urllib.request.urlopen(f"http://localhost:{port}/", timeout=5) as answer:
            assert answer.status == 200
