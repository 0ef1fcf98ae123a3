"""Runs with several workers: what they tell is what one worker would, whatever becomes of a worker."""

import re
from pathlib import Path

from acceptance.report.results_file import read_results
from tests.runs.conftest import Scratch

TWO = ("--jobs", "2", "-D", "seed=off")
HEAD = """
import os, resource, signal, sys
from pathlib import Path
from acceptance.redaction import hide

def first_time(name):
    try:
        Path(name).touch(exist_ok=False)
    except FileExistsError:
        return False
    return True

@given("all is well")
def well(context):
    pass

@given("all is well, slowly")
def slowly(context):
    time.sleep(0.2)

@given("it says {number:d} and fails")
def fails(context, number):
    print("It says", number)
    assert number < 0, "Too much"

@given("its worker is killed the first time")
def killed_once(context):
    if first_time("killed"):
        os.kill(os.getpid(), signal.SIGKILL)

@given("its worker is killed")
def killed(context):
    os.kill(os.getpid(), signal.SIGKILL)

@given("its worker has no memory left")
def takes_all_memory(context):
    used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + 2**25, resource.RLIM_INFINITY))
    context.taken = []
    while True:
        context.taken.append(bytearray(2**12))

@given("it hangs the first time")
def hangs_once(context):
    if first_time("hung"):
        time.sleep(60)

@given("its worker is stopped the first time")
def stopped_once(context):
    if first_time("stopped"):
        os.kill(os.getpid(), signal.SIGSTOP)
"""


def scenarios(*steps: str) -> str:
    return "\n".join(f"  Scenario: number {n}\n    Given {step}\n" for n, step in enumerate(steps))


def statuses(scratch: Scratch) -> list[str]:
    known = read_results(scratch.root / "reports/local/results.jsonl").latest
    return [known[key].status.value for key in sorted(known)]


OF_ALL_KINDS = """
  Background:
    Given all is well

  Rule: One

    Scenario: passes
      Given all is well

    Scenario: fails
      Given it says 3 and fails
      Then nobody wrote this

    @skipped
    Scenario: skipped by a tag
      Given all is well

    Scenario Outline: rows
      Given it says <number> and fails
      Examples:
        | number |
        | -1     |
        | 5      |

  Rule: Two

    Scenario: skipped by a hook
      Given all is well

    Scenario: hook
      Given all is well

    Scenario: clean-up
      Given all is well
"""
HOOKS = """
def cleanup():
    raise RuntimeError("This cannot be undone")

def before_scenario(context, scenario):
    if "by a hook" in scenario.name:
        scenario.skip("The hook says so")
    if scenario.name == "hook":
        raise RuntimeError("This hook fails")
    if scenario.name == "clean-up":
        context.add_cleanup(cleanup)
"""


# Times, ids, and what behave prints of a hook at once, whoever runs it.
VARYING = re.compile(
    r"\d+\.\d+(e-\d+)?|Workers: 2\n|[0-9a-f]{32}|[0-9a-f]{12}"
    r'|timestamp="\S+"|File ".*\n'
)


def test_two_workers_tell_what_one_does(scratch: Scratch):
    scratch.tell_alone(OF_ALL_KINDS, HEAD, HOOKS)
    (scratch.root / "features" / "other.feature").write_text("Feature: Another\n\n" + scenarios("all is well"))
    seen = []
    for jobs in ("1", "2"):
        formats = ("--format=json", f"--outfile={jobs}.json", "--format=plain", "--junit", "--tags=not @skipped")
        ran = scratch.behave("--jobs", jobs, "-D", "seed=7", "-D", "report=no", *formats)
        files = [scratch.root / f"{jobs}.json", *sorted((scratch.root / "reports/junit").glob("*.xml"))]
        seen.append([ran.returncode, *(VARYING.sub("", text) for text in (ran.stdout, *map(Path.read_text, files)))])
    assert seen[0] == seen[1]
    assert seen[0][0] == 1


def test_what_a_killed_worker_broke_off_runs_again_and_is_told_apart(scratch: Scratch):
    scratch.tell_alone(scenarios("its worker is killed the first time", "all is well", "all is well"), HEAD)
    ran = scratch.behave(*TWO, "--junit")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "3 scenarios passed, 0 failed" in ran.stdout
    assert "1 ran again in another worker" in ran.stdout
    assert "runs again in another worker, for the first one ended: it was ended by SIGKILL" in ran.stderr
    assert "SIGKILL" in (scratch.root / "reports/junit/TESTS-told.xml").read_text()
    known = read_results(scratch.root / "reports/local/results.jsonl")
    assert [bool(known.latest[key].repeated) for key in sorted(known.latest)] == [True, False, False]
    assert "local: 1 scenario ran again" in (scratch.root / "reports/site/index.html").read_text()


def test_a_scenario_that_ends_two_workers_is_an_error_and_the_others_run(scratch: Scratch):
    scratch.tell_alone(scenarios("its worker is killed", *["all is well"] * 4), HEAD)
    ran = scratch.behave(*TWO, "--junit")
    assert ran.returncode == 1
    assert "4 scenarios passed, 0 failed, 1 error" in ran.stdout
    assert statuses(scratch) == ["failed", *["passed"] * 4]
    message = "Both workers that ran this scenario ended before it did: it was ended by SIGKILL; then it was"
    assert message in (scratch.root / "reports/junit/TESTS-told.xml").read_text()


def test_a_worker_without_memory_makes_no_success_and_the_others_run(scratch: Scratch):
    scratch.tell_alone(scenarios("its worker has no memory left", *["all is well"] * 4), HEAD)
    ran = scratch.behave(*TWO)
    assert ran.returncode == 1
    assert "number 0: MemoryError" in ran.stderr
    assert statuses(scratch) == ["failed", *["passed"] * 4]
    assert scratch.left_running() == []


def test_a_worker_that_hangs_is_ended_after_its_limit(scratch: Scratch):
    # One that is stopped does not even end when it is told to.
    scratch.tell_alone(scenarios("its worker is stopped the first time", "all is well"), HEAD)
    ran = scratch.behave(*TWO, "-D", "scenario.limit=1")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "the scenario was not through within 1 s" in ran.stderr
    assert statuses(scratch) == ["passed", "passed"]
    assert scratch.left_running() == []


def test_workers_that_cannot_start_are_told_once(scratch: Scratch):
    hooks = "from acceptance.targets.base import TargetError\ndef before_all(_): raise TargetError('No site today')\n"
    scratch.tell_alone(scenarios("all is well", "all is well"), HEAD, hooks)
    ran = scratch.behave(*TWO)
    assert ran.returncode == 2
    assert (ran.stdout + ran.stderr).count("No site today") == 1
    assert "did not start" in (scratch.root / "reports/site/index.html").read_text()


def test_no_worker_starts_where_there_is_nothing_to_run(scratch: Scratch):
    hooks = "from pathlib import Path\ndef before_all(_): Path('started').touch()\n"
    scratch.tell_alone(scenarios("all is well", "all is well"), HEAD, hooks)
    ran = scratch.behave(*TWO, "-D", "target=docker", DOCKER_HOST="unix:///nowhere.sock")
    assert ran.returncode == 2
    assert ran.stderr.count("The site cannot start in a container: ") == 1
    assert not (scratch.root / "started").exists()


def test_workers_end_in_order_when_their_coordinator_fails(scratch: Scratch):
    (scratch.root / "broken.py").write_text(
        "from behave.formatter.base import Formatter\n"
        "class Broken(Formatter):\n"
        "    def eof(self): raise RuntimeError('This formatter is broken')\n"
    )
    hooks = "from pathlib import Path\nimport os\ndef after_all(_): Path(f'ended-{os.getpid()}').touch()\n"
    scratch.tell_alone(scenarios("all is well", "all is well"), HEAD, hooks)
    second = scenarios("all is well", "it hangs the first time")
    (scratch.root / "features" / "ztold.feature").write_text(f"Feature: Second\n\n{second}")
    ran = scratch.behave(*TWO, "--format=broken:Broken", "--outfile=none.txt")
    assert ran.returncode == 1
    assert "The run broke off: RuntimeError: This formatter is broken" in ran.stdout
    assert len([*scratch.root.glob("ended-*")]) == 2
    assert scratch.left_running() == []


def test_nothing_is_handed_out_after_a_failure_with_stop(scratch: Scratch):
    scratch.tell_alone(scenarios("it says 3 and fails", *["all is well, slowly"] * 20), HEAD)
    ran = scratch.behave(*TWO, "--stop")
    assert ran.returncode == 1
    assert re.search("[1-9][0-9] untested", ran.stdout)


def test_a_worker_that_alone_cannot_start_makes_no_success(scratch: Scratch):
    hooks = (
        "from pathlib import Path\nfrom acceptance.targets.base import RunRefusedError\n"
        "def before_all(_):\n"
        "    try:\n        Path('first').touch(exist_ok=False)\n"
        "    except FileExistsError:\n"
        "        while not Path('ran').exists(): pass\n"
        "        raise RunRefusedError('No second site')\n"
        "def after_scenario(*_): Path('ran').touch()\n"
    )
    scratch.tell_alone(scenarios(*["all is well"] * 2), HEAD, hooks)
    ran = scratch.behave(*TWO)
    assert ran.returncode == 4, ran.stdout + ran.stderr
    assert "A worker could not start: No second site" in ran.stdout


def test_a_secret_that_a_worker_made_is_told_by_nobody(scratch: Scratch):
    steps = (
        HEAD
        + """
@given("its secret slips")
def slips(context):
    secret = hide("correct-horse-" + str(os.getpid()))
    print(secret)
    context.scenario.skip_reason = secret
    raise RuntimeError(secret)
"""
    )
    scratch.tell_alone(scenarios("its secret slips", "its secret slips"), steps)
    ran = scratch.behave(*TWO, "--junit", "--format=json")
    assert ran.returncode == 1
    files = [file for file in (scratch.root / "reports").rglob("*") if file.is_file()]
    assert ran.stderr.count("[redacted]") == 2
    for text in (ran.stdout, ran.stderr, *(file.read_text(errors="replace") for file in files)):
        assert "correct-horse" not in text
