import resource
from pathlib import Path

import pytest

from acceptance.report import merge as collecting
from acceptance.report.jsonl_formatter import Results
from acceptance.report.merge import collect, main
from acceptance.report.results import FAILED, PASSED, SKIPPED, read
from tests.acceptance.report.told import FINDS, HELPS, feature, runs


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


def test_evidence_that_a_full_disk_cut_short_is_whole_the_next_time(here, there):
    run = runs(there / "local" / "results.jsonl", feature(), only="helps", fails="helps")
    evidence = there / "local" / HELPS / run
    evidence.mkdir(parents=True)
    (evidence / "edith.png").write_bytes(b"x" * 40_000)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    # Python ignores the signal: writing beyond this is an error, as on a full disk.
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, hard))
    try:
        with pytest.raises(OSError, match="File too large"):
            collect(there, here)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    collect(there, here)
    assert (here / "local" / HELPS / run / "edith.png").stat().st_size == 40_000
    assert [path.name for path in (here / "local" / HELPS).iterdir()] == [run]


def test_two_scenarios_skipped_in_the_same_moment_stay_two(here, there, monkeypatch):
    monkeypatch.setattr("acceptance.report.jsonl_formatter.time.time", lambda: 1.0)
    told = feature()
    for scenario in told.walk_scenarios():
        scenario.skip("no mail here")
    results = Results(there / "local" / "results.jsonl")
    for scenario in told.walk_scenarios():
        results.scenario(scenario)
    results.close()
    collect(there, here)
    statuses = {result.status for result in read("local", here / "local" / "results.jsonl").latest.values()}
    assert statuses == {SKIPPED}


def test_a_folder_without_results_is_not_collected_in_silence(here, there, monkeypatch, capsys):
    monkeypatch.setattr(collecting, "REPORTS", here)
    runs(there / "local" / "results.jsonl", feature())
    for wrong in (there / "local", there.parent):
        assert main([str(wrong)]) == 1
        assert f"{wrong} holds no results; allowed: folders like" in capsys.readouterr().err
    assert not (here / "local").exists()


def test_a_folder_that_is_not_there_is_named(here, capsys):
    assert main([str(here)]) == 1
    assert f"There is no folder {here}; allowed:" in capsys.readouterr().err


def test_the_pages_are_made_of_all(here, there, monkeypatch, capsys):
    # As a pipeline has it the first time.
    (there / "junit").mkdir(parents=True)
    monkeypatch.setattr(collecting, "REPORTS", here)
    monkeypatch.setattr(collecting, "build", lambda: "reports/site/index.html")
    assert main([str(there)]) == 0
    assert capsys.readouterr().out == "Report: reports/site/index.html\n"
