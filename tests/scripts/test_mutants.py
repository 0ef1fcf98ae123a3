"""What the measure of the tests says, on a tiny project that is broken as the tables say."""

import json
import subprocess
from pathlib import Path

import pytest

from scripts import mutants

GREETING = 'def greeting() -> str:\n    return "Hello"\n'
TEST = "from greeting import greeting\n\ndef test_greeting():\n    assert greeting() == {!r}\n"
SCENARIO = (
    'Feature: Greeting\n  Scenario: Edith is greeted\n    Given "Hello"\n  Scenario: Boris is greeted\n    Given ""\n'
)
STEP = (
    "from behave import given\nfrom greeting import greeting\n\n@given('\"{words}\"')\n@given('\"\"')\n"
    "def step(context, words=''):\n    assert words in greeting(), f'Edith hears {greeting()}'\n"
)
ALL_IS_WELL = ["-c", "print('1 passed')"]
SAYS_HI = {"name": "It says Hi.", "kind": "wrong words", "file": "greeting.py", "old": '"Hello"', "new": '"Hi"'}


class Project:
    """A repository with one module, its test, and its tables of bugs."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.write(**{"greeting.py": GREETING, "test_greeting.py": TEST.format("Hello")})
        self.write(**{"features/greeting.feature": SCENARIO, "features/steps/greet.py": STEP})
        (root / "engine_breakages.toml").write_text("breakage = []\n")
        git = ["git", "-C", str(root), "-c", "user.name=A", "-c", "user.email=a@example.com"]
        for command in (["init", "--quiet"], ["add", "."], ["commit", "--quiet", "--message=A project"]):
            subprocess.run([*git, *command], check=True)

    def write(self, **files: str) -> None:
        for name, text in files.items():
            (self.root / name).parent.mkdir(parents=True, exist_ok=True)
            (self.root / name).write_text(text)

    def judged(self, monkeypatch: pytest.MonkeyPatch, *, words: str = "", **changes: str) -> tuple[int, dict[str, str]]:
        """Return the exit code, and what is said of one row (else of the project without a bug)."""
        row = SAYS_HI | changes
        said = "".join(f"{field} = {json.dumps(value)}\n" for field, value in row.items())
        (self.root / "site_bugs.toml").write_text(f"[[bug]]\n{said}")
        results = self.root / "results.jsonl"
        monkeypatch.setattr("sys.argv", ["mutants", f"--results={results}", *words.split()])
        code = mutants.main()
        return code, json.loads(results.read_text().splitlines()[-1])


@pytest.fixture
def project(tmp_path, monkeypatch):
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.setattr(mutants, "ROOT", tmp_path)
    monkeypatch.setattr(mutants, "SITE", tmp_path / "site_bugs.toml")
    monkeypatch.setattr(mutants, "ENGINE", tmp_path / "engine_breakages.toml")
    monkeypatch.setattr(mutants, "SITE_TESTS", [*mutants.PYTEST, "."])
    monkeypatch.setattr(mutants, "CONTRACT", ALL_IS_WELL)
    return Project(tmp_path)


def test_a_bug_is_caught_by_the_first_test_that_fails(project, monkeypatch):
    code, said = project.judged(monkeypatch, caught_by="unit tests", words="says Hi")
    assert (code, said["caught_by"], said["problem"]) == (0, "unit tests", "")
    assert said["test"].startswith("test_greeting.py::test_greeting - ")


def test_scenarios_run_where_the_unit_tests_find_nothing(project, monkeypatch):
    project.write(**{"test_greeting.py": "def test_nothing():\n    pass\n"})
    code, said = project.judged(monkeypatch, caught_by="unit tests", words="says Hi")
    assert (code, said["caught_by"], said["problem"]) == (0, "scenarios", "")
    assert said["test"] == "features/greeting.feature:2  Edith is greeted"


@pytest.mark.parametrize(("caught_by", "code"), [("scenarios", 1), ("not tried", 0)])
def test_a_bug_that_nothing_catches_is_a_failure_where_it_was_caught_before(project, monkeypatch, caught_by, code):
    said = project.judged(monkeypatch, caught_by=caught_by, words="says Hi", new='"Hello" + ""')
    assert (said[0], said[1]["caught_by"]) == (code, "nothing")
    assert said[1]["problem"] == ("Nothing caught it; the table says: scenarios" if code else "")


@pytest.mark.parametrize("old", ["Good morning", "e"])
def test_a_patch_without_a_place_of_its_own_is_no_catch(project, monkeypatch, old):
    code, said = project.judged(monkeypatch, old=old, words="says Hi")
    assert (code, said["caught_by"]) == (1, "broke down")
    assert f"not once: {old}" in said["problem"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        # A name in the module is not there, and the engine of containers does not answer.
        ('"Hello"', "hello"),
        ('return "Hello"', "raise type('EngineError', (Exception,), {})('No engine answers.')"),
    ],
)
def test_a_copy_that_cannot_run_is_no_catch(project, monkeypatch, old, new):
    code, said = project.judged(monkeypatch, old=old, new=new, caught_by="nothing", words="says Hi")
    assert (code, said["caught_by"]) == (1, "broke down")
    assert "The run broke down, exit code " in said["problem"]


@pytest.mark.parametrize(
    "test",
    [
        "import time\ntime.sleep(600)\n",
        "import pytest\n\n@pytest.mark.skip\ndef test_nothing():\n    pass\n",
    ],
    ids=["hangs", "skips all tests"],
)
def test_a_run_that_does_not_judge_is_no_catch(project, monkeypatch, test):
    monkeypatch.setattr(mutants, "LIMIT_S", 3)
    project.write(**{"test_greeting.py": test})
    code, said = project.judged(monkeypatch, words="says Hi")
    assert (code, said["caught_by"]) == (1, "broke down")


def test_a_test_that_fails_without_any_bug_is_a_failure(project, monkeypatch):
    project.write(**{"test_greeting.py": TEST.format("Good morning")})
    code, said = project.judged(monkeypatch, words="No bug: site_bugs")
    assert (code, said["problem"]) == (1, "This fails without any bug, so what tests caught is worth nothing.")


def test_words_that_no_row_has_are_a_failure(project, monkeypatch, tmp_path):
    with pytest.raises(IndexError):
        project.judged(monkeypatch, words="says Good morning")
    monkeypatch.setattr("sys.argv", ["mutants", f"--results={tmp_path}/results", "says Good morning"])
    assert mutants.main() == 1


@pytest.mark.parametrize(
    ("scenario", "says", "problem"),
    [
        ("Edith is greeted", "Edith hears Hi", ""),
        ("Edith is greeted", "Edith hears Good morning", "The scenario does not say 'Edith hears Good morning':"),
        ("Boris is greeted", "Edith hears Hi", "The scenario passed: Boris is greeted"),
        ("is greeted", "Edith hears Hi", "The run broke down, exit code 0:"),
    ],
)
def test_the_scenario_of_a_row_has_to_fail_and_to_say_why(project, monkeypatch, scenario, says, problem):
    monkeypatch.setattr(mutants, "SITE_TESTS", ALL_IS_WELL)
    code, said = project.judged(monkeypatch, scenario=scenario, says=says, words="says Hi")
    assert said["problem"].partition("\n")[0] == problem
    assert code == bool(problem)


def test_reports_that_somebody_keeps_are_left_alone(project, monkeypatch):
    monkeypatch.setenv("SUPERLISTS_REPORTS", "kept")
    project.write(
        **{"test_greeting.py": "import os\n\ndef test_it():\n    assert 'SUPERLISTS_REPORTS' in os.environ\n"}
    )
    assert project.judged(monkeypatch, words="says Hi")[1]["test"].startswith("test_greeting.py::test_it - ")


@pytest.mark.parametrize(
    "command", [mutants.SITE_TESTS, mutants.UNIT_TESTS, mutants.CONTRACT, *mutants.REAL_TESTS.values()]
)
def test_the_tests_that_it_runs_are_there(command):
    named = [word.removeprefix("--ignore=") for word in command if "tests/" in word]
    assert named
    assert all(Path(name).exists() for name in named)
