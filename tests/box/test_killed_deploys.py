"""A deploy that is killed at whatever step: a release serves, the next deploy works, and so does the way back."""

import pytest

from deploy.deploying import DeployError, roll_back
from deploy.release import Releases
from deploy.server import Server
from features.waiting import eventually
from tests.box.test_failing_deploys import deploying, until

STEPS = ["Running manage.py migrate", "Switching", "Restarting"]


@pytest.mark.parametrize("step", STEPS)
def test_a_deploy_that_is_killed_is_repeated(staging, step):
    before, rows = staging.release, staging.rows()
    newer = staging.checkout.commit({"superlists/marked.py": f'"""{step}."""\n'})
    with deploying(staging, newer) as process:
        until(process, step)
        process.kill()
    # A restart that was asked for comes to its end without whoever asked.
    eventually(lambda: staging.release in (before, newer.commit), what="a release that serves", within_s=20)
    assert staging.rows() == rows
    staging.deploy(newer)
    assert (staging.release, staging.previous, staging.rows()) == (newer.commit, before, rows)
    roll_back(staging.site, sites=staging.sites, say=staging.said.append)
    assert staging.release == before


def test_a_deploy_that_was_cut_off_in_its_switch_is_not_taken_for_what_serves(contained):
    contained.deploy()
    before = contained.release
    broken = contained.checkout.replaced("superlists/templates/lists/home.html", "<h1>Start", "<h1 hidden>Start")
    with Server(contained.site) as server:
        Releases(server, contained.place).make(broken)
    for link, release in (("previous", before), ("current", broken.commit)):
        contained.run("ln", "-sfn", str(contained.place.releases / release), str(contained.place.home / link))
    with pytest.raises(DeployError, match=f"{before} serves again, and passes"):
        contained.deploy(broken)
    assert contained.release == before
