import json
import subprocess
import sys
from pathlib import Path

import pytest
from behave.model_type import Status

from acceptance.report.jsonl_formatter import Results
from acceptance.report.results import BROKEN_OFF, FAILED, NOT_RUN, PASSED, SKIPPED, read
from tests.acceptance.report.told import FINDS, HELPS, feature, run_one, runs

TOKEN = "ryDNivClcpi-bcIohJ1RJ6Z-NFXk64hzBWh5GJ7AQOc"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "local" / "results.jsonl"


def test_what_is_written_can_be_read(file):
    runs(file, feature(), fails="finds")
    known = read("local", file)
    finds, helps = known.latest[FINDS], known.latest[HELPS]
    assert (finds.status, helps.status) == (FAILED, PASSED)
    assert [step.status for step in finds.steps] == [PASSED, PASSED, FAILED]
    assert finds.message == "not as it should"
    assert finds.steps[2].table == [["name"], ["Hang the bunting"]]
    assert [(step.keyword, step.type, step.took) for step in helps.steps][1] == ("When", "when", 0.25)
    assert (finds.file, finds.line, known.last_run.about["release"]) == ("features/sharing.feature", 11, "abc1234")
    assert known.last_run.whole
    assert known.last_run.ready


def test_a_run_that_was_killed_tells_what_it_had(file):
    results = Results(file)
    first, second, *_ = feature().walk_scenarios()
    run_one(results, first)
    results.scenario(second)
    step = next(iter(second.all_steps))
    step.status = Status.passed
    results.result(step)
    results._file.close()
    with file.open("a") as stream:
        stream.write('{"event": "step", "run')
    known = read("local", file)
    assert known.latest[FINDS].status == PASSED
    assert known.latest[HELPS].status == BROKEN_OFF
    assert [step.status for step in known.latest[HELPS].steps] == [PASSED, NOT_RUN, NOT_RUN]
    assert not known.last_run.whole
    runs(file, feature(), only="helps")
    assert read("local", file).latest[HELPS].status == PASSED


def test_a_line_that_says_less_takes_nothing_from_the_others(file):
    runs(file, feature())
    with file.open("a") as stream:
        for text in ('{"event": "scenario", "run": "x", "at": 1}', '{"event": "new", "run": "x", "at": 2}', "[1]", "7"):
            stream.write(f"{text}\n")
    assert {result.status for result in read("local", file).latest.values()} == {PASSED}


def test_an_interrupted_scenario_is_neither_passed_nor_failed(file):
    results = Results(file)
    scenario = next(iter(feature().walk_scenarios()))
    results.scenario(scenario)
    step = next(iter(scenario.all_steps))
    step.status, step.exception = Status.error, KeyboardInterrupt()
    results.result(step)
    results.close()
    result = read("local", file).latest[FINDS]
    assert (result.status, result.steps[0].status) == (BROKEN_OFF, BROKEN_OFF)


def test_a_skipped_scenario_says_why(file):
    results = Results(file)
    scenario = next(iter(feature().walk_scenarios()))
    results.scenario(scenario)
    scenario.skip("mail cannot be read here")
    results.eof()
    results.close()
    result = read("local", file).latest[FINDS]
    assert (result.status, result.message) == (SKIPPED, "mail cannot be read here")


def test_a_failing_hook_is_a_failure(file):
    results = Results(file)
    scenario = next(iter(feature().walk_scenarios()))
    run_one(results, scenario)
    scenario.set_status(Status.hook_error)
    scenario.error_message = "HOOK-ERROR in after_scenario: oh dear"
    results.eof()
    results.close()
    result = read("local", file).latest[FINDS]
    assert (result.status, result.failing_step) == (FAILED, None)
    assert "oh dear" in result.message


def test_no_secret_is_written_wherever_it_stands(file):
    told = feature(
        f"Feature: f\n\n  Scenario: s\n    Given one /accounts/login/{TOKEN}/\n"
        f"      | link |\n      | /accounts/login/{TOKEN}/ |\n"
    )
    results = Results(file)
    results.about(address=f"/accounts/login/{TOKEN}/")
    run_one(results, next(iter(told.walk_scenarios())), fails=True, error=f"sessionid={TOKEN}")
    results.failed_to_start(f"csrftoken={TOKEN}")
    results.close()
    assert TOKEN not in file.read_text()
    assert file.read_text().count("[redacted]") >= 5


def test_each_line_is_an_object_of_its_own(file):
    runs(file, feature())
    events = [json.loads(line)["event"] for line in file.read_text().splitlines()]
    assert events[:3] == ["run", "about", "scenario"]
    assert events[-2:] == ["done", "end"]


TIDIES = """
import sys
from pathlib import Path
from acceptance.report.retention import tidy
print("began", flush=True)
while not Path(sys.argv[2]).exists():
    tidy(Path(sys.argv[1]).parent, set())
"""


def test_what_a_run_writes_is_in_the_file_whoever_tidies_up_meanwhile(file, tmp_path):
    file.parent.mkdir(parents=True)
    file.touch()
    command = [sys.executable, "-c", TIDIES, str(file), str(tmp_path / "ended")]
    tidying = [subprocess.Popen(command, stdout=subprocess.PIPE) for _ in range(2)]
    for process in tidying:
        assert process.stdout
        process.stdout.readline()
    lost = 0
    for _ in range(300):
        results = Results(file)
        results.about(release="abc1234")
        lost += f'"{results.run}"' not in file.read_text()
        results._file.close()
    (tmp_path / "ended").touch()
    for process in tidying:
        process.communicate()
    assert [process.returncode for process in tidying] == [0, 0]
    assert lost == 0


def test_a_password_that_is_a_word_of_a_name_takes_no_result_away(file, monkeypatch):
    monkeypatch.setattr("acceptance.redaction._known", {"sharing"})
    runs(file, feature(), fails="helps")
    latest = read("local", file).latest
    assert (latest[HELPS].status, latest[FINDS].status) == (FAILED, PASSED)
