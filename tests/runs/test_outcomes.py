"""How a run ends, and what it leaves: its exit code, and what it says when it could not start."""

import re
from html import unescape

import pytest

from acceptance.report.rerun import to_run_again
from tests.runs.conftest import Scratch

LIVE_SERVER = "acceptance/targets/django_server.py"
THREE = "\n".join(f"  Scenario: number {n}\n    Given nothing in particular\n" for n in range(12))
NOTHING = '@given("nothing in particular")\ndef step(context):\n    pass\n'


def test_a_start_that_failed_is_red_in_a_dashboard_and_on_the_page(scratch: Scratch):
    scratch.replace(LIVE_SERVER, "_LiveSite.setUpClass()", "raise RuntimeError('no <site>')")
    ran = scratch.behave("--tags=@smoke", "--junit")
    assert ran.returncode == 2
    assert "The site did not start in this process: no <site>" in ran.stderr
    assert "mistyped" not in ran.stdout + ran.stderr
    junit = (scratch.root / "reports/junit/TESTS-run.xml").read_text()
    assert "<error message=" in junit
    assert "no &lt;site&gt;" in junit
    page = (scratch.root / "reports/site/index.html").read_text()
    assert "The last run on local did not start" in page
    assert "no &lt;site&gt;" in page
    assert scratch.left_running() == []
    assert scratch.left_behind() == []


def test_a_run_that_proved_nothing_leaves_no_success_of_the_one_before(scratch: Scratch):
    scratch.tell_alone(THREE, NOTHING)
    assert scratch.behave().returncode == 0
    for hooks, code, problem in (
        ("", 3, "No scenario ran, so nothing was proven."),
        ("def before_all(context):\n    raise SystemExit(0)\n", 2, "The run could not start."),
    ):
        scratch.tell_alone(THREE, NOTHING, hooks)
        ran = scratch.behave(*([] if hooks else ["--tags=@nope"]))
        assert ran.returncode == code, ran.stdout + ran.stderr
        page = unescape((scratch.root / "reports/site/index.html").read_text())
        assert "All 12 scenarios pass" not in page
        assert problem in page
        with pytest.raises(SystemExit, match=re.escape(problem)):
            to_run_again("local", scratch.root / "reports", scratch.root / "features")


def test_the_order_is_shuffled_by_a_seed_that_is_printed(scratch: Scratch):
    scratch.tell_alone(THREE, NOTHING)

    def order(*arguments: str) -> tuple[str, list[str]]:
        out = scratch.behave("--format=plain", *arguments).stdout
        seed = re.search(r"-D seed=(\d+)", out)
        return seed[1] if seed else "", re.findall(r"Scenario: (number \d+)", out)

    seed, shuffled = order("-D", "report=no")
    assert not (scratch.root / "reports/site").exists()
    as_written = [f"number {n}" for n in range(12)]
    assert order("-D", f"seed={seed}") == (seed, shuffled)
    assert sorted(shuffled) == sorted(as_written)
    assert shuffled != as_written


def test_a_step_that_ends_the_process_or_is_not_written_yet_does_not_pass(scratch: Scratch):
    ends = '@given("an end")\ndef a(context):\n    raise SystemExit(0)\n'
    pending = '@given("a stub")\ndef b(context):\n    raise StepNotImplementedError("Given a stub")\n'
    scenarios = "  Scenario: ends\n    Given an end\n\n  @wip\n  Scenario: waits\n    Given a stub\n\n"
    scratch.tell_alone(
        f"{scenarios}  Scenario: runs\n    Given nothing in particular\n",
        f"from behave.api.pending_step import StepNotImplementedError\n{ends}{pending}{NOTHING}",
    )
    ran = scratch.behave("-D", "seed=off")
    assert ran.returncode == 1, ran.stdout
    assert "StepError: This step would have ended the whole run, with exit code 0" in ran.stdout
    assert "StepError: This step is not written yet: Given a stub" in ran.stdout
    assert "1 scenario passed, 0 failed, 2 error" in ran.stdout
    assert "told_steps.py" in ran.stdout


def test_formatters_hear_of_a_scenario_once_it_is_whole_and_of_none_after_a_failure_that_stops(scratch: Scratch):
    scratch.tell_alone(
        "  Background:\n    Given before\n\n  Rule: one\n\n    Background:\n      Given between\n\n"
        "    Scenario Outline: <way>\n      Given <way>\n      Examples:\n        | way |\n        | well |\n"
        "        | ill |\n\n  Scenario: never\n    Given never\n",
        "import sys\n"
        '@given("{what}")\n'
        "def step(context, what):\n"
        "    print(f'ran {what} in {context.feature.name}', file=sys.__stdout__, flush=True)\n"
        '    assert what != "ill"\n',
    )
    ran = scratch.behave("-D", "seed=off", "--format=plain", "--stop")
    assert ran.returncode == 1
    told = [line.strip() for line in re.findall(r"^ran \w+|^ +Given \w+ \.\.\. \w+", ran.stdout, re.MULTILINE)]
    before = ["Given before ... passed", "Given between ... passed"]
    assert told == [
        *("ran before", "ran between", "ran well", *before, "Given well ... passed"),
        *("ran before", "ran between", "ran ill", *before, "Given ill ... failed"),
    ], ran.stdout


def test_a_hook_that_would_never_be_called_is_refused(scratch: Scratch):
    with (scratch.root / "features/environment.py").open("a") as environment:
        environment.write("\n\ndef before_feature(context, feature):\n    pass\n")
    ran = scratch.behave()
    assert ran.returncode == 1
    assert "environment.py has before_feature, which this runner does not call; allowed: before_all" in ran.stdout
