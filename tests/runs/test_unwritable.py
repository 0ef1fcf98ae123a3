"""A run that cannot write down its results says so: before a browser opens, or when the disk is full."""

import subprocess
import sys
from pathlib import Path

from tests.runs.conftest import Scratch

# A mount that this one command sees: modes say nothing to root, a file system does.
MOUNTED = ("unshare", "--user", "--map-root-user", "--mount", "sh", "-c")
READ_ONLY = 'mount --bind . . && mount -o remount,bind,ro . && cd "$PWD" && exec "$@"'
FULL = 'mount -t tmpfs -o size=8k tmpfs "$SUPERLISTS_REPORTS" && exec "$@"'


def behave(scratch: Scratch, mount: str, *arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [*MOUNTED, mount, "sh", sys.executable, "-m", "behave", "--no-color", *arguments],
        cwd=scratch.root,
        env=scratch.environment(**environment),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_a_read_only_checkout_is_told_among_the_mistakes_before_a_browser_opens(scratch: Scratch):
    ran = behave(scratch, READ_ONLY, "-D", "wait=0", "--junit", PATH=scratch.tell_tale())
    assert ran.returncode == 2
    assert "This run cannot start:\n  wait: " in ran.stderr
    assert "  The report cannot be written: this user cannot write to the folder " in ran.stderr
    assert "SUPERLISTS_REPORTS names another folder" in ran.stderr
    assert "  The JUnit files cannot be written: " in ran.stderr
    assert "ABORTED" not in ran.stdout
    assert "Traceback" not in ran.stdout + ran.stderr
    assert not (scratch.temporary / "opened").exists()


def test_smoke_scenarios_run_in_a_read_only_checkout_without_fixtures_and_submit_nothing(
    scratch: Scratch, tmp_path: Path
):
    called = "return call_fixture(command, arguments)"
    scratch.replace("acceptance/targets/django_server.py", called, "raise FixtureError(f'asked: {command}')")
    scratch.replace("acceptance/page.py", "self.browser.press(Keys.ENTER, css)", "raise AssertionError")
    scratch.replace("acceptance/page.py", "self.browser.click(css)", "raise AssertionError")
    ran = behave(scratch, READ_ONLY, "--tags=@smoke", SUPERLISTS_REPORTS=str(tmp_path / "reports"))
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "2 scenarios passed" in ran.stdout
    assert (tmp_path / "reports/site/index.html").is_file()


def test_a_disk_that_fills_up_ends_in_no_success(scratch: Scratch, tmp_path: Path):
    reports = tmp_path / "reports"
    reports.mkdir()
    scenarios = "\n".join(f"  Scenario: number {n}\n    Given nothing in particular\n" for n in range(40))
    scratch.tell_alone(scenarios, '@given("nothing in particular")\ndef step(context):\n    pass\n')
    ran = behave(scratch, FULL, "--jobs", "2", SUPERLISTS_REPORTS=str(reports))
    assert ran.returncode == 1
    assert "results.jsonl could not be written (No space left on device)" in ran.stderr
    assert "Traceback" not in ran.stdout + ran.stderr
    assert "40 scenarios passed, 0 failed" in ran.stdout
