"""A site that holds people's data is looked at, and nothing is sent to it."""

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
