"""What the measure of the tests says, on a tiny project that is broken as the tables say."""

import json
import subprocess

import pytest

from scripts import mutants

GREETING = 'def greeting() -> str:\n    return "Hello"\n'
SAYS_HELLO = "from greeting import greeting\n\ndef test_greeting():\n    assert greeting() == 'Hello'\n"
SCENARIO = "Feature: Greeting\n  Scenario: Edith is greeted\n    Given Hello\n"
STEP = (
    "from behave import given\nfrom greeting import greeting\n\n@given('{words}')\n"
    "def step(context, words):\n    assert words in greeting(), f'Edith hears {greeting()}'\n"
)
NO_TEST = "def test_nothing():\n    pass\n"
ALL_IS_WELL = ["-c", "print('1 passed')"]
SAYS_HI = {"name": "It says Hi.", "kind": "wrong words", "file": "greeting.py", "old": '"Hello"', "new": '"Hi"'}


@pytest.fixture
def judged(tmp_path, monkeypatch):
    """Judge one row on a repository with a module, its test and its scenarios; return the exit code and the result."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    for name, value in {
        "ROOT": tmp_path,
        "SITE": tmp_path / "site_bugs.toml",
        "ENGINE": tmp_path / "engine_breakages.toml",
        "SITE_TESTS": [*mutants.PYTEST, "."],
        "CONTRACT": ALL_IS_WELL,
    }.items():
        monkeypatch.setattr(mutants, name, value)

    def judge(words="says Hi", test=SAYS_HELLO, **changes):
        files = {"greeting.py": GREETING, "test_greeting.py": test, "engine_breakages.toml": "breakage = []\n"}
        files |= {"features/greeting.feature": SCENARIO, "features/steps/greet.py": STEP}
        fields = "".join(f"{field} = {json.dumps(value)}\n" for field, value in (SAYS_HI | changes).items())
        for name, text in (files | {"site_bugs.toml": f"[[bug]]\n{fields}"}).items():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(text)
        for command in (["init", "--quiet"], ["add", "."], ["commit", "--quiet", "--message=A project"]):
            subprocess.run([*mutants.GIT, "-C", tmp_path, *command], check=True)
        results = tmp_path / "results.jsonl"
        monkeypatch.setattr("sys.argv", ["mutants", f"--results={results}", *words.split()])
        code = mutants.main()
        return code, json.loads(results.read_text().splitlines()[-1]) if results.read_text() else {}

    return judge


@pytest.mark.parametrize(
    ("test", "caught_by", "named"),
    [
        (SAYS_HELLO, "unit tests", "test_greeting.py::test_greeting - "),
        (NO_TEST, "scenarios", "features/greeting.feature:2  Edith is greeted"),
        # Else results of broken code would come to where somebody keeps results.
        (f"import os\n\n{NO_TEST[:-5]}assert 'SUPERLISTS_REPORTS' in os.environ\n", "unit tests", "test_greeting.py"),
    ],
)
def test_a_bug_is_caught_by_the_first_test_that_fails(judged, monkeypatch, test, caught_by, named):
    monkeypatch.setenv("SUPERLISTS_REPORTS", "kept")
    code, result = judged(test=test, caught_by="unit tests")
    assert (code, result["caught_by"], result["problem"]) == (0, caught_by, "")
    assert result["test"].startswith(named)


@pytest.mark.parametrize(("caught_by", "code"), [("scenarios", 1), ("not tried", 0)])
def test_a_bug_that_nothing_catches_is_a_failure_where_it_was_caught_before(judged, caught_by, code):
    result = judged(caught_by=caught_by, new='"Hello" + ""')
    assert (result[0], result[1]["caught_by"]) == (code, "nothing")
    assert result[1]["problem"] == ("Nothing caught it; the table says: scenarios" if code else "")


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"old": "Good morning"}, "greeting.py has 0 times, not once: Good morning"),
        ({"old": "e"}, "not once: e"),
        # A name in the module is not there, and the engine of containers does not answer.
        ({"new": "hello"}, "The run broke down, exit code "),
        ({"new": "exec(\"raise type('EngineError', (Exception,), {})('No engine')\")"}, "The run broke down"),
        ({"test": "import time\ntime.sleep(600)\n"}, "The run broke down"),
        ({"test": f"import pytest\n\n@pytest.mark.skip\n{NO_TEST}"}, "The run broke down"),
    ],
    ids=["no place", "several places", "a name that is missing", "no engine", "hangs", "skips all tests"],
)
def test_a_run_that_does_not_judge_is_no_catch(judged, monkeypatch, changes, problem):
    monkeypatch.setattr(mutants, "LIMIT_S", 3)
    code, result = judged(caught_by="nothing", **changes)
    assert (code, result["caught_by"]) == (1, "broke down")
    assert problem in result["problem"]


def test_a_test_that_fails_without_any_bug_is_a_failure(judged):
    code, result = judged("No bug: site_bugs", test=SAYS_HELLO.replace("'Hello'", "'Good morning'"))
    assert (code, result["problem"]) == (1, "This fails without any bug, so what tests caught is worth nothing.")


def test_words_that_no_row_has_are_a_failure(judged):
    assert judged("says Good morning") == (1, {})


@pytest.mark.parametrize(
    ("scenario", "says", "problem"),
    [
        ("Edith is greeted", "Edith hears Hi", ""),
        ("Edith is greeted", "Edith hears Good morning", "The scenario does not say 'Edith hears Good morning':"),
        ("is greeted", "Edith hears Hi", "The run broke down, exit code 0:"),
    ],
)
def test_the_scenario_of_a_row_has_to_fail_and_to_say_why(judged, monkeypatch, scenario, says, problem):
    monkeypatch.setattr(mutants, "SITE_TESTS", ALL_IS_WELL)
    code, result = judged(scenario=scenario, says=says)
    assert (code, result["problem"].partition("\n")[0]) == (bool(problem), problem)
