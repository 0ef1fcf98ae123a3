"""What somebody reads who was not there when a scenario failed."""

from collections.abc import Iterator
from subprocess import CompletedProcess

import pytest

from tests.runs.conftest import Scratch, copied

BOOM = ("superlists/accounts/views.py", "    auth.logout(request)\n", "    raise RuntimeError('boom')\n")
JOURNEY = "--name=Edith logs in, and out again"


def test_a_failing_step_comes_with_its_evidence_and_the_sites_traceback(scratch: Scratch):
    scratch.replace(*BOOM)
    ran = scratch.behave("-D", "wait=1", "--junit", JOURNEY)
    assert ran.returncode == 1
    assert "Edith waited 1 s for the offer to log in again" in ran.stdout, ran.stdout
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


LOOKS = """
from features.pages.home_page import HomePage

@given("Edith looks, and Firefox is no good")
def looks(context):
    HomePage.visited_by(context.actors["Edith"])
    assert context.settings.browser != "firefox"
"""


def test_what_fails_in_one_engine_only_has_a_column_and_evidence_of_its_own(scratch: Scratch):
    scratch.tell("  Scenario: A look\n    Given Edith looks, and Firefox is no good\n", LOOKS)
    assert scratch.behave().returncode == 0
    assert scratch.behave("-D", "browser=firefox", "--junit").returncode == 1
    assert {path.name for path in scratch.evidence("told-by-a-test/a-look", "local+firefox").iterdir()} >= {"edith.png"}
    page = (scratch.root / "reports/site/index.html").read_text()
    assert "1 of 1 scenario fails on local+firefox</h1>" in page
    assert '"local:passed local+firefox:failed "' in page
    junit = (scratch.root / "reports/junit/TESTS-told.xml").read_text()
    assert 'value="local+firefox"' in junit
    assert "ATTACHMENT|reports/local+firefox/told-by-a-test/a-look/" in junit


FORMATS = ("ci", "rules", "pretty", "plain", "progress", "progress3")
STEPS = """
import logging
from acceptance.waiting import brief
from features.pages.home_page import HomePage

@given("{noise:d} letters are printed, and all goes wrong for Edith and Boris")
def all_goes_wrong(context, noise):
    [HomePage.visited_by(context.actors[who]) for who in ("Edith", "Boris")]
    logging.getLogger("superlists").warning("[%s] logged after %s letters", context.scenario_id, noise)
    print("x" * noise, f"printed after {noise} letters")
    raise KeyError(f"not an assertion, after {noise} letters")

@given("Edith is here")
@given("Edith is here, then all goes wrong")
def here(context):
    HomePage.visited_by(context.actors["Edith"])

@when('Edith waits for {count:d} letters "{letter}"')
def waits(context, count, letter):
    page = HomePage.visited_by(context.actors["Edith"]).start_list("a" * 500)
    page.submit(page.BOX, "a" * 500)
    page.eventually(lambda: page.items, lambda items: "b" in items, what=f"{brief(letter * count)} on the list")
"""
# From scenario to scenario less is printed: behave cuts by as much as was printed in the one before.
NOISES = (3000, 2000, 1000)
# Whether the hook that fails leaves a browser that somebody has seen something in.
HOOKS_FAIL = {"before": False, "between": True, "after": True}
SCENARIOS = {
    **{f"after {n}": f"Given {n} letters are printed, and all goes wrong for Edith and Boris" for n in NOISES},
    "before": "Given Edith is here",
    "between": "Given Edith is here, then all goes wrong",
    "after": "Given Edith is here",
    "letters": 'When Edith waits for 400 letters "b"',
    "style": "When Edith visits Superlists\n    Then Edith sees Superlists in its proper style",
}
HOOKS = """

def before_scenario(context, scenario):
    hooks.before_scenario(context, scenario)
    if scenario.name == "before":
        raise ValueError("nothing is ready")


def after_step(context, step):
    hooks.after_step(context, step)
    if step.name == "Edith is here, then all goes wrong":
        raise ValueError("nothing fits")


def after_scenario(context, scenario):
    if scenario.name == "after":
        raise ValueError("nothing is over")
    hooks.after_scenario(context, scenario)
"""


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scratch]:
    yield from copied(tmp_path_factory.mktemp("failures") / "copy")


@pytest.fixture(scope="module")
def ran(copy: Scratch) -> "CompletedProcess[str]":
    """A run of scenarios that fail in all of these ways."""
    with (copy.root / "features/environment.py").open("a") as environment:
        environment.write(HOOKS)
    (copy.root / "superlists/static/superlists/site.css").write_text("/* nothing */")
    copy.replace("superlists/templates/base.html", "</head>", '<link rel="stylesheet" href="/nowhere.css"></head>')
    copy.tell("".join(f"  Scenario: {name}\n    {step}\n\n" for name, step in SCENARIOS.items()), STEPS)
    formats = [text for name in FORMATS for text in (f"--format={name}", f"--outfile={name}.txt")]
    return copy.behave("-D", "seed=off", "-D", "wait=1", "--junit", *formats)


def test_every_failure_has_its_log_its_evidence_and_what_was_printed_in_each_format(copy: Scratch, ran):
    assert ran.returncode == 1
    files = [copy.root / f"{name}.txt" for name in FORMATS] + [copy.root / "reports/junit/TESTS-told.xml"]
    texts = {file.name: file.read_text() for file in files}
    results = (copy.root / "reports/local/results.jsonl").read_text()
    for noise in NOISES:
        folder = copy.evidence(f"told-by-a-test/after-{noise}")
        assert {"edith.png", "boris.png", "edith.html", "boris.html"} <= {path.name for path in folder.iterdir()}
        evidence = str((folder / "boris.png").relative_to(copy.root))
        for name, text in texts.items():
            for part in (evidence, f"logged after {noise}", f"printed after {noise}", f"assertion, after {noise}"):
                assert part in text, f"{name}: {part}"
        assert f"message=\"KeyError: 'not an assertion, after {noise} letters'\"" in texts["TESTS-told.xml"]
        assert results.count(f"assertion, after {noise}") == 1
        page = (copy.root / f"reports/site/local/told-by-a-test/after-{noise}.html").read_text()
        assert f"logged after {noise}" in page
        assert f"assertion, after {noise}" in page


@pytest.mark.parametrize(("name", "seen"), HOOKS_FAIL.items())
def test_a_hook_that_fails_keeps_evidence(copy: Scratch, ran, name: str, seen: bool):
    folder = copy.evidence(f"told-by-a-test/{name}")
    assert (folder / "edith.png").exists() == seen
    console = ran.stdout + (copy.root / "ci.txt").read_text()
    for text in (console, (copy.root / "reports/junit/TESTS-told.xml").read_text()):
        assert str((folder / "site.log").relative_to(copy.root)) in text


def test_a_failure_says_who_waited_for_what_where_and_what_the_page_says(copy: Scratch, ran):
    told = (copy.root / "ci.txt").read_text()
    waited = f"Edith waited 1 s for '{'b' * 20}'… (400 letters) on the list. Last seen: ['{'a' * 20}'… (500 letters)]. "
    assert f"ASSERT FAILED: {waited}The page at /lists/" in told
    heading = f"To-Do: {'a' * 79}…"
    assert f'is headed {heading!r}, and says ["You\'ve already got this in your list"]' in told
    assert "/static/superlists/site.css is empty, /nowhere.css did not load" in told
