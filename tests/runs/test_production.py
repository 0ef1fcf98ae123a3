"""A site that holds people's data is looked at, and nothing is sent to it."""

import os
import re

import pytest

from features.targets.container import run_manage
from tests.runs.conftest import Scratch
from tests.targets.engine import FOR_PRODUCTION, by_hand

COUNT = """
from superlists.accounts.models import LoginLink
from superlists.lists.models import List
print(LoginLink.objects.count() + List.objects.count())
"""


@pytest.mark.parametrize("step", ['Edith starts a list with "Buy milk"', "Edith asks for a login link"])
def test_a_smoke_scenario_that_sends_a_form_to_production_is_stopped(scratch: Scratch, step: str):
    scratch.tell(f"  @smoke\n  Scenario: Somebody tagged this by mistake\n    When {step}\n")
    with by_hand(FOR_PRODUCTION) as container:
        ran = scratch.behave("-D", "target=docker", "-D", f"docker.container={container.name}")
        assert ran.returncode == 1
        assert "is a production site: a scenario looks at it, and sends no form" in ran.stdout
        counted = run_manage(container, "shell", "--command", COUNT)
        assert counted.split()[-1] == "0"


def test_a_production_site_of_the_sites_file_is_for_smoke_alone_and_no_browser_opens(scratch: Scratch):
    (scratch.root / "sites.toml").write_text(
        '[live]\nhost = "nowhere.invalid"\nenvironment = "production"\n[live.ssh]\nuser = "deployer"\nkey = "key"\n'
    )
    for name in ("chromium", "chromedriver"):
        (scratch.root / name).write_text(f"#!/bin/sh\ntouch {scratch.root}/opened\nexit 1\n")
        (scratch.root / name).chmod(0o755)
    path = f"{scratch.root}:{os.environ['PATH']}"
    ran = scratch.behave("-D", "target=live", "-D", "sites=sites.toml", PATH=path)
    assert ran.returncode == 4
    assert "live is a production site: only @smoke scenarios run on it, and touch no data." in ran.stderr
    assert re.search(r"Selected here: \d+, such as", ran.stderr)
    assert not (scratch.root / "opened").exists()
    smoke = scratch.behave("-D", "target=live", "-D", "sites=sites.toml", "--tags=@smoke", PATH=path)
    assert "broken: the name nowhere.invalid resolves" in smoke.stderr
    assert (scratch.root / "opened").exists()
