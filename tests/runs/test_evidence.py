import time

import pytest

from tests.runs.conftest import Scratch

STEPS = """
import socket
from features.pages.home_page import HomePage

HEAD = b"HTTP/1.1 200 OK\\r\\nContent-Type: text/html\\r\\nContent-Length: 999\\r\\n\\r\\n"

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
    HomePage.visited_by(context.actors["Edith"])
    context.actors["Edith"].browser.driver.close()
    context.actors["Edith"].browser.title

@given("Boris is here")
def here(context):
    HomePage.visited_by(context.actors["Boris"])
"""
TITLE = "Edith has much to say " * 20


@pytest.mark.parametrize(
    ("state", "hidden"), [("page is still loading", {"edith.png.txt"}), ("window is closed", {"edith.png"})]
)
def test_a_browser_in_a_bad_state_keeps_no_evidence_from_being_kept(scratch: Scratch, state: str, hidden: set[str]):
    scratch.tell(f"  Scenario: {TITLE}\n    Given Boris is here\n    And Edith's {state}\n", STEPS)
    began = time.monotonic()
    ran = scratch.behave("-D", "wait=0.5")
    assert time.monotonic() - began < 100
    assert ran.returncode == 1
    assert "HOOK-ERROR" not in ran.stdout
    (scenario,) = (scratch.root / "reports/local/told-by-a-test").iterdir()
    folder = scratch.evidence(f"told-by-a-test/{scenario.name}")
    kept = {path.name for path in folder.iterdir()}
    assert {"site.log", "console.log", "boris.png", "boris.html", "boris.url", "edith.url", "edith.html"} <= kept
    assert not hidden & kept
    page, place = ((folder / f"edith.{ending}").read_text() for ending in ("html", "url"))
    assert ("Half a page" in page, place.startswith("http://127.0.0.1")) == (("loading" in state,) * 2)


def test_what_earlier_runs_kept_does_not_stay(scratch: Scratch):
    old = scratch.root / "reports/local/a-feature/that-is-gone"
    old.mkdir(parents=True)
    (scratch.root / "reports/local/results.jsonl").touch()
    scratch.tell("  Scenario: one\n    Given Boris is here\n", STEPS)
    assert scratch.behave().returncode == 0
    assert not old.exists()
