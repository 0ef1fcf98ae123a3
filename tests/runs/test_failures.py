from tests.runs.conftest import Scratch

BOOM = ("superlists/accounts/views.py", "    auth.logout(request)\n", "    raise RuntimeError('boom')\n")
JOURNEY = "--name=Edith logs in, and out again"


def test_a_failing_step_comes_with_its_evidence_and_the_sites_traceback(scratch: Scratch):
    scratch.replace(*BOOM)
    ran = scratch.behave("-D", "wait=1", "--junit", JOURNEY)
    assert ran.returncode == 1
    assert "Waited 1 s for the offer to log in again" in ran.stdout, ran.stdout
    assert "RuntimeError: boom" in ran.stdout
    folder = scratch.evidence("logging-in-by-a-mailed-link/edith-logs-in-and-out-again")
    kept = {path.name for path in folder.iterdir()}
    assert kept == {"edith.png", "edith.html", "edith.url", "console.log", "site.log"}
    assert all(str(folder.relative_to(scratch.root) / name) in ran.stdout for name in kept)
    assert (folder / "edith.png").read_bytes().startswith(b"\x89PNG")
    assert "something went wrong" in (folder / "edith.html").read_text()
    assert (folder / "edith.url").read_text().endswith("/accounts/logout")
    assert "500 (Internal Server Error)" in (folder / "console.log").read_text()
    assert "RuntimeError: boom" in (folder / "site.log").read_text()
    junit = (scratch.root / "reports/junit/TESTS-logging_in.xml").read_text()
    assert "RuntimeError: boom" in junit
    assert "/accounts/login/[token]" in junit or "/accounts/login/" not in junit


def test_every_failure_has_every_browser_and_the_sites_log_whatever_failed_before(scratch: Scratch):
    scratch.tell(
        "".join(
            f"  Scenario: two people, {n}\n    Given Edith and Boris are here, and all goes wrong\n\n" for n in "12"
        ),
        "from features.pages.home_page import HomePage\n"
        '@given("Edith and Boris are here, and all goes wrong")\n'
        "def step(context):\n"
        '    [HomePage.visited_by(context.actors[who]) for who in ("Edith", "Boris")]\n'
        '    raise KeyError("not an assertion")\n',
    )
    ran = scratch.behave("--format=ci", "--junit")
    assert ran.returncode == 1
    junit = (scratch.root / "reports/junit/TESTS-told.xml").read_text()
    for text in (ran.stdout, junit):
        assert text.count("The site's log of this scenario:") == 2, text
    for number in "12":
        kept = {path.name for path in scratch.evidence(f"told-by-a-test/two-people-{number}").iterdir()}
        assert {"edith.png", "boris.png", "edith.html", "boris.html"} <= kept


CRASH = """
from features.pages.home_page import HomePage
from selenium.common.exceptions import WebDriverException

@given("Edith's browser crashes")
def crashes(context):
    HomePage.visited_by(context.actors["Edith"])
    try:
        context.actors["Edith"].browser.open("chrome://crash")
    except WebDriverException as error:
        context.crash = error

@given("Edith's browser is killed")
def killed(context):
    import os, signal
    HomePage.visited_by(context.actors["Edith"])
    os.kill(context.browsers._process.service.process.pid, signal.SIGKILL)

@given("all is well")
def well(context):
    HomePage.visited_by(context.actors["Edith"])
"""


def test_a_browser_that_crashed_is_replaced_for_the_next_scenario(scratch: Scratch):
    scratch.tell(
        "  Scenario: crash\n    Given Edith's browser crashes\n\n"
        "  Scenario: after a crash\n    Given all is well\n\n"
        "  Scenario: kill\n    Given Edith's browser is killed\n\n"
        "  Scenario: after a kill\n    Given all is well\n",
        CRASH,
    )
    ran = scratch.behave("-D", "seed=off")
    assert "4 scenarios passed" in ran.stdout, ran.stdout
    assert scratch.left_running() == []


def test_a_failed_scenario_leaves_its_browser_to_no_other(scratch: Scratch):
    scratch.tell(
        "  Scenario: one\n    Given it fails\n\n  Scenario: two\n    Given it is another browser\n",
        "seen = []\n"
        '@given("it fails")\n'
        "def fails(context):\n"
        '    seen.append(context.actors["Edith"].browser.driver.capabilities["goog:processID"])\n'
        '    assert False, "as it should"\n'
        '@given("it is another browser")\n'
        "def another(context):\n"
        '    assert context.actors["Edith"].browser.driver.capabilities["goog:processID"] not in seen\n',
    )
    assert "1 scenario passed, 1 failed" in scratch.behave("-D", "seed=off").stdout
