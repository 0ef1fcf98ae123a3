"""An ordinary user where Chromium can have no sandbox, as in most containers: told why, and what to do."""

import os
import subprocess
import sys

from tests.runs.conftest import ROOT, Scratch

# An ordinary user to whom the kernel grants no namespaces, which is what a sandbox is made of.
WITHOUT = (
    *("unshare", "--user", "--map-user=1000", "--keep-caps"),
    *("sh", "-c", 'echo 0 > /proc/sys/user/max_user_namespaces && exec "$@"', "sh"),
)


def without_sandbox(scratch: Scratch, *command: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [*WITHOUT, sys.executable, *command],
        cwd=scratch.root,
        env=scratch.environment(PYTHONPATH=str(ROOT)),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_chromiums_own_reason_is_told_and_the_setting_that_helps(scratch: Scratch):
    ran = without_sandbox(scratch, "-m", "behave", "--tags=@smoke")
    assert ran.returncode == 2
    assert "No usable sandbox!" in ran.stderr
    assert "-D sandbox=no, or `sandbox = no` in behave.ini" in ran.stderr
    helped = without_sandbox(scratch, "-m", "behave", "--tags=@smoke", "-D", "sandbox=no")
    assert helped.returncode == 0, helped.stderr


def test_a_browser_that_lacks_a_library_says_which(scratch: Scratch):
    lacking = scratch.root / "chromium"
    lacking.write_text(f"#!/bin/sh\nexec {sys.executable} -c 'import ctypes; ctypes.CDLL(\"libnowhere.so.1\")'\n")
    lacking.chmod(0o755)
    ran = scratch.behave("--tags=@smoke", "-D", "browser=chrome-full", PATH=f"{scratch.root}:{os.environ['PATH']}")
    assert ran.returncode == 2
    assert "libnowhere.so.1: cannot open shared object file" in ran.stderr
    assert "sandbox" not in ran.stderr
    assert f"{lacking} did not start: " in ran.stderr
    assert scratch.left_running() == []
    assert scratch.left_behind() == []
