"""`make rerun` never takes "nothing is known" for "nothing failed"."""

import os

import pytest

from acceptance.report import rerun
from acceptance.report.jsonl_formatter import JsonlFormatter
from acceptance.report.rerun import main, to_run_again
from tests.acceptance.report.sample import SHARING, end_interrupted, first_scenario, kill, write_feature, write_run


def test_what_failed_runs_again_where_it_stands_now(reports, file, features):
    write_run(file, fails="helps")
    assert to_run_again("local", reports, features) == [f"{os.path.relpath(features)}/sharing.feature:18"]
    write_feature(features, SHARING.replace("  Edith cannot", "  Really.\n  Edith cannot"))
    assert to_run_again("local", reports, features) == [f"{os.path.relpath(features)}/sharing.feature:19"]


def test_so_does_what_was_broken_off(reports, file, features):
    results = JsonlFormatter(file)
    results.scenario(first_scenario())
    kill(results)
    assert to_run_again("local", reports, features) == [f"{os.path.relpath(features)}/sharing.feature:11"]


def test_nothing_to_run_is_not_taken_for_nothing_failed(reports, file, features):
    def reason() -> str:
        with pytest.raises(SystemExit) as raised:
            to_run_again("local", reports, features)
        return str(raised.value)

    file.parent.mkdir()
    file.touch()
    assert reason() == "Nothing has run on local yet. To run everything: make features TARGET=local"
    write_run(file)
    kill(JsonlFormatter(file))
    assert reason().startswith("The last run on local did not come to its end. To run everything: make ")
    end_interrupted(file)
    assert reason().startswith("Nothing failed in the last run on local, but: The run was interrupted")
    results = JsonlFormatter(file)
    # No character in a failure ends its line.
    results.failed_to_start("no engine: \u2028 \x85 \x0c")
    results.close()
    assert reason() == "The last run on local did not start:\nno engine: \u2028 \x85 \x0c"
    write_run(file, fails="helps")
    write_feature(features, SHARING.replace("helps", "aids"))
    assert reason().startswith("What failed on local is in no feature any more: The friend helps")
    write_feature(features, "Feature: x\n  Nonsense\n    Given z\n  Scenario: y\n")
    assert reason().startswith("Nothing failed on local in the files that can be read; not: ")


def test_the_exit_code_says_whether_everything_passed(reports, file, features, monkeypatch, capsys):
    monkeypatch.setattr(rerun, "to_run_again", lambda target: to_run_again(target, reports, features))
    with pytest.raises(SystemExit, match="Nothing has run on local yet"):
        main(["local"])
    write_run(file)
    assert main(["local"]) == 0
    assert "Nothing failed on local: there is nothing to run again" in capsys.readouterr().out
    file.write_text('{"event": "run", "run": 5, "at": 1}\n')
    with pytest.raises(SystemExit, match=f"^{file}:1: run is none that a run writes: the file is damaged"):
        main(["local"])


@pytest.mark.parametrize(("setting", "name"), [("wait=1", "local"), ("browser=firefox", "local+firefox")])
def test_behave_takes_over_with_what_it_was_given(monkeypatch, setting, name):
    started: list[list[str]] = []
    monkeypatch.setattr(os, "execv", lambda _, command: started.append(command[1:]))
    monkeypatch.setattr(rerun, "to_run_again", {name: ["features/x.feature:7"]}.__getitem__)
    main(["local", "-D", setting])
    assert started == [["-m", "behave", "-D", "target=local", "-D", setting, "features/x.feature:7"]]


def test_a_browser_that_does_not_exist_has_no_results():
    with pytest.raises(SystemExit, match="browser: 'netscape' is not known; allowed: chrome, chrome-full, firefox"):
        main(["local", "-D", "browser=netscape"])
