"""What comes while scenarios are at work on a server: the end of the run, the end of its link."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.box.deployed_site import DeployedSite
from tests.box.network_cut import cut_off, is_free, is_freed
from tests.runs.conftest import Scratch, copied, until

INSIDE = "Now inside"
SCENARIO = """  Scenario: Edith takes her time
    When Edith starts a list with "Buy milk"
    And she thinks about it
    Then Edith finds on "Buy milk"
      | item        |
      | 1: Buy milk |
"""
STEPS = f"""
import sys
from pathlib import Path
from acceptance.waiting import eventually

@when("she thinks about it")
def thinks(context):
    print("{INSIDE}", file=sys.__stdout__, flush=True)
    eventually(Path("enough").exists, what="the end of her thoughts", within_s=120)
    context.fixtures.create_list("Made later")
"""
TEXTS = "from superlists.lists.models import Item; print(sorted(item.text for item in Item.objects.all()))"


@pytest.fixture
def scratch(tmp_path: Path) -> Iterator[Scratch]:
    for copy in copied(tmp_path / "copy"):
        copy.tell(SCENARIO, STEPS)
        yield copy


@pytest.fixture
def on_staging(either: DeployedSite) -> list[str]:
    return ["-D", "target=staging", "-D", f"sites={either.sites}", "-D", "wait=5"]


@pytest.fixture
def enough(scratch: Scratch) -> Callable[[], None]:
    """Let whoever is inside the scenario go on."""
    return (scratch.root / "enough").touch


@pytest.fixture
def inside(scratch: Scratch, on_staging: list[str]):
    """A run that is inside its scenario."""
    with scratch.start(*on_staging) as process:
        until(process, INSIDE)
        yield process
        process.kill()


def texts(either: DeployedSite) -> str:
    return either.manage("shell", "--command", TEXTS).splitlines()[-1]


# On a server without containers, a link that is cut is the harder case.
@pytest.mark.parametrize("either", ["contained"], indirect=True)
def test_a_run_that_is_killed_frees_the_site_and_leaves_what_there_is(either, inside, scratch, on_staging, enough):
    assert not is_free(either)
    inside.kill()
    is_freed(either)
    assert texts(either) == "['Buy milk']"
    enough()
    assert scratch.behave(*on_staging).returncode == 0


@pytest.mark.parametrize("either", ["staging"], indirect=True)
def test_a_run_whose_link_is_cut_frees_the_site_and_leaves_what_there_is(either, inside, scratch, on_staging, enough):
    with cut_off(either.box):
        assert not is_free(either)
        is_freed(either)
    enough()
    said, _ = inside.communicate(timeout=60)
    assert inside.returncode == 1
    assert "The fixture channel is gone: " in said
    assert texts(either) == "['Buy milk']"
