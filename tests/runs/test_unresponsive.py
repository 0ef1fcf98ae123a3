import time

from tests.runs.conftest import Scratch

STEPS = """
from features.pages.home_page import HomePage

@given("Edith's page goes on for ever")
def endless(context):
    HomePage.visited_by(context.actors["Edith"])
    context.actors["Edith"].browser.run("setTimeout(() => { while (true) {} })")

@given("Edith's page has a dialog open")
def dialog(context):
    HomePage.visited_by(context.actors["Edith"])
    context.actors["Edith"].browser.run("setTimeout(() => alert('Oh dear'))")
    time.sleep(0.2)

@then("Edith reads her page")
def reads(context):
    HomePage.seen_by(context.actors["Edith"])

@given("all is well")
def well(context):
    HomePage.visited_by(context.actors["Edith"])
"""


def test_a_page_that_cannot_be_left_costs_a_new_browser_within_seconds_and_is_told(scratch: Scratch):
    scratch.tell(
        "  Scenario: endless\n    Given Edith's page goes on for ever\n\n  Scenario: next\n    Given all is well\n",
        STEPS,
    )
    began = time.monotonic()
    ran = scratch.behave("-D", "seed=off")
    assert "2 scenarios passed" in ran.stdout
    assert "The browser did not answer and is replaced: Message: no answer within 5 s" in ran.stderr
    assert time.monotonic() - began < 100
    assert scratch.left_running() == []
    assert scratch.left_behind() == []


def test_a_page_that_cannot_be_read_fails_within_seconds_and_says_why(scratch: Scratch):
    scratch.tell(
        "  Scenario: dialog\n    Given Edith's page has a dialog open\n    Then Edith reads her page\n\n"
        "  Scenario: next\n    Given all is well\n",
        STEPS,
    )
    began = time.monotonic()
    ran = scratch.behave("-D", "seed=off", "-D", "wait=2")
    assert "no answer within 2 s: is a dialog open, or a script without end?" in ran.stdout
    assert "1 scenario passed" in ran.stdout
    assert time.monotonic() - began < 100


def test_evidence_of_a_page_without_end_costs_seconds(scratch: Scratch):
    scratch.tell("  Scenario: endless\n    Given Edith's page goes on for ever\n    Then Edith reads her page\n", STEPS)
    began = time.monotonic()
    ran = scratch.behave("-D", "seed=off", "-D", "wait=2")
    assert "no answer within 2 s" in ran.stdout
    assert time.monotonic() - began < 100
    folder = scratch.evidence("told-by-a-test/endless")
    assert {path.name for path in folder.iterdir()} == {"edith.url", "edith.png.txt", "edith.html", "site.log"}
    assert (folder / "edith.url").read_text().startswith("http://")
    assert scratch.left_running() == []
