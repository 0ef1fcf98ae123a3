"""A deploy that is killed at whatever step: a release serves, the next deploy works, and there is a way back."""

from acceptance.waiting import eventually
from tests.box.conftest import said
from tests.box.deploy_failures import deploying
from tests.runs.conftest import until

STEPS = ["/current to ", "Running systemctl restart"]


def test_a_deploy_that_is_killed_at_one_step_after_the_other_is_repeated(staging):
    before, rows = staging.release, staging.rows()
    newer = staging.checkout.commit({"superlists/marked.py": '"""Killed."""\n'})
    for step in STEPS:
        with deploying(staging, newer) as process:
            until(process, step)
            process.kill()
        # A restart that was asked for comes to its end without whoever asked.
        eventually(lambda: staging.release in (before, newer.commit), what="a release that serves", within_s=20)
        assert staging.rows() == rows
    staging.deploy(newer)
    assert (staging.release, staging.previous, staging.rows()) == (newer.commit, before, rows)


def test_a_deploy_whose_lock_is_lost_stops_and_the_release_before_serves_on(staging):
    before, rows = staging.release, staging.rows()
    newer = staging.checkout.commit({"superlists/marked.py": '"""Lost."""\n'})
    with deploying(staging, newer) as process:
        until(process, "Running manage.py collectstatic")
        said(staging.box, "sudo", "pkill", "--full", "'[H]old the lock on a site'")
        _, told = process.communicate(timeout=120)
    assert process.returncode == 1
    assert "the site's lock was lost, so nothing was done" in told
    assert f"was not switched: {before} serves on" in told
    assert (staging.release, staging.rows()) == (before, rows)
