"""One run in which browsers crash and hang: the next scenario has one that answers."""

from collections.abc import Iterator
from subprocess import CompletedProcess

import pytest

from acceptance.report.report_folder import MARK
from acceptance.report.results import ResultStatus, ScenarioResult
from acceptance.report.results_file import read_results
from tests.runs.conftest import Scratch, copied

STEPS = r"""
import socket
from features.pages.home_page import HomePage
from selenium.common.exceptions import WebDriverException

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 999\r\n\r\n"
failed = []

@given("{who:Person} is here")
def here(context, who):
    HomePage.visited_by(context.actors[who])

@given("Edith's browser crashes")
def crashes(context):
    try:
        HomePage.visited_by(context.actors["Edith"]).browser.open("chrome://crash")
    except WebDriverException as error:
        context.crash = error

@given("Edith's page goes on for ever")
def endless(context):
    HomePage.visited_by(context.actors["Edith"]).browser.run("setTimeout(() => { while (true) {} })")

@then("Edith reads her page")
def reads(context):
    HomePage.seen_by(context.actors["Edith"])

@given("Edith's page is still loading")
def loading(context):
    HomePage.visited_by(context.actors["Edith"])
    server = context.server = socket.create_server(("127.0.0.1", 0))
    context.actors["Edith"].browser.run(f"location.href = 'http://127.0.0.1:{server.getsockname()[1]}/'")
    context.connection, _ = server.accept()
    context.connection.sendall(HEAD + b"<h1>Half a page</h1><script src=/no></script>")
    time.sleep(0.5)
    context.actors["Edith"].browser.title

@given("Edith's window is closed")
def closed(context):
    HomePage.visited_by(context.actors["Edith"]).browser.driver.close()
    context.actors["Edith"].browser.title

@given("it fails")
def fails(context):
    failed.append(context.actors["Edith"].browser.driver.capabilities["goog:processID"])
    assert False, "as it should"

@given("it is another browser")
def another(context):
    assert context.actors["Edith"].browser.driver.capabilities["goog:processID"] not in failed
"""
LONG = "Edith has much to say " * 20
SCENARIOS = {
    "crash": ("Given Edith's browser crashes",),
    "after a crash": ("Given Edith is here",),
    "endless": ("Given Edith's page goes on for ever", "Then Edith reads her page"),
    "after an endless page": ("Given Edith is here",),
    f"{LONG} loading": ("Given Boris is here", "Given Edith's page is still loading"),
    f"{LONG} closed": ("Given Boris is here", "Given Edith's window is closed"),
    "failed": ("Given it fails",),
    "after a failure": ("Given it is another browser",),
}
FAILED = {"endless", f"{LONG} loading", f"{LONG} closed", "failed"}


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scratch]:
    yield from copied(tmp_path_factory.mktemp("trouble") / "copy")


@pytest.fixture(scope="module")
def ran(copy: Scratch) -> "CompletedProcess[str]":
    """The run of all these scenarios, in a folder where an earlier run kept evidence of one that is gone."""
    (copy.root / "reports/local/a-feature/that-is-gone").mkdir(parents=True)
    (copy.root / "reports" / MARK).touch()
    told = [f"  Scenario: {name}\n" + "".join(f"    {step}\n" for step in steps) for name, steps in SCENARIOS.items()]
    copy.tell("\n".join(told), STEPS)
    # WebDriver would wait two minutes for a page that does not answer: longer than a run may take here.
    return copy.behave("-D", "seed=off", "-D", "wait=2")


@pytest.fixture(scope="module")
def results(copy: Scratch, ran: "CompletedProcess[str]") -> dict[str, ScenarioResult]:
    """What came of each scenario, by its name."""
    latest = read_results(copy.root / "reports/local/results.jsonl").latest
    return {result.name: result for result in latest.values()}


def kept(copy: Scratch, result: ScenarioResult) -> dict[str, str]:
    """Return the evidence of a scenario by the names of the files; of a picture, only that there is one."""
    files = copy.evidence(result.key).iterdir()
    return {file.name: "" if file.suffix == ".png" else file.read_text() for file in files}


@pytest.mark.parametrize("name", [name for name in SCENARIOS if name not in FAILED])
def test_trouble_stays_in_its_scenario(results: dict[str, ScenarioResult], name: str):
    assert results[name].status is ResultStatus.PASSED, results[name].message


def test_that_a_browser_was_replaced_is_told(ran: "CompletedProcess[str]"):
    assert "The browser did not answer and is replaced: Message: The page crashed" in ran.stderr


def test_a_page_without_end_fails_says_why_and_keeps_what_needs_no_answer(
    copy: Scratch, results: dict[str, ScenarioResult]
):
    assert "no answer within 2 s: is a dialog open, or a script without end?" in results["endless"].message
    files = kept(copy, results["endless"])
    assert set(files) == {"edith.url", "edith.png.txt", "edith.html", "site.log"}
    assert files["edith.url"].startswith("http://")


@pytest.mark.parametrize(("state", "hidden"), [("loading", {"edith.png.txt"}), ("closed", {"edith.png"})])
def test_a_browser_in_a_bad_state_keeps_no_evidence_from_being_kept(
    copy: Scratch, results: dict[str, ScenarioResult], state: str, hidden: set[str]
):
    files = kept(copy, results[f"{LONG} {state}"])
    assert {"site.log", "console.log", "boris.png", "boris.html", "boris.url", "edith.url", "edith.html"} <= set(files)
    assert not hidden & set(files)
    loading = ("Half a page" in files["edith.html"], files["edith.url"].startswith("http://127.0.0.1"))
    assert loading == ((state == "loading",) * 2)


def test_nothing_runs_on_and_nothing_of_before_stays(copy: Scratch, ran: "CompletedProcess[str]"):
    assert ran.returncode == 1
    assert "HOOK-ERROR" not in ran.stdout
    assert not (copy.root / "reports/local/a-feature").exists()
    assert copy.left_running() == []
    assert copy.left_behind() == []
