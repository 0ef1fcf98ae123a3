from pathlib import Path

import pytest

from features.report import collecting
from features.report.collecting import collect, main
from features.report.results import FAILED, PASSED, read
from tests.features.report.told import FINDS, HELPS, feature, runs


@pytest.fixture
def here(tmp_path: Path) -> Path:
    return tmp_path / "here"


@pytest.fixture
def there(tmp_path: Path) -> Path:
    return tmp_path / "there"


def test_the_last_result_counts_wherever_it_is_of(here, there):
    first = runs(there / "local" / "results.jsonl", feature(), fails="helps")
    ours = runs(here / "local" / "results.jsonl", feature(), only="helps")
    last = runs(there / "local" / "results.jsonl", feature(), only="finds", fails="finds")
    runs(there / "docker" / "results.jsonl", feature())
    for reports, key, run in ((there, HELPS, first), (here, HELPS, ours), (there, FINDS, last)):
        evidence = reports / "local" / key / run
        evidence.mkdir(parents=True)
        (evidence / "site.log").write_text(run)
    collect(there, here)
    latest = read("local", here / "local" / "results.jsonl").latest
    assert (latest[FINDS].status, latest[HELPS].status) == (FAILED, PASSED)
    for key, run in ((FINDS, last), (HELPS, ours)):
        assert (here / "local" / key / latest[key].run.id / "site.log").read_text() == run
    assert (here / "docker" / "results.jsonl").exists()


def test_collecting_twice_changes_nothing(here, there):
    runs(there / "local" / "results.jsonl", feature())
    collect(there, here)
    before = (here / "local" / "results.jsonl").read_text()
    collect(there, here)
    assert (here / "local" / "results.jsonl").read_text() == before


def test_a_folder_that_is_not_there_is_named(here, capsys):
    assert main([str(here)]) == 1
    assert f"There is no folder {here}; allowed:" in capsys.readouterr().err


def test_the_pages_are_made_of_all(here, there, monkeypatch, capsys):
    there.mkdir()
    monkeypatch.setattr(collecting, "REPORTS", here)
    monkeypatch.setattr(collecting, "build", lambda: "reports/site/index.html")
    assert main([str(there)]) == 0
    assert capsys.readouterr().out == "Report: reports/site/index.html\n"
