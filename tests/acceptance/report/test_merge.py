"""Results of other machines are added to those here."""

import resource
from pathlib import Path

import pytest

from acceptance.report import merge
from acceptance.report.jsonl_formatter import JsonlFormatter
from acceptance.report.merge import collect, main
from acceptance.report.report_folder import claim
from acceptance.report.results import ResultStatus
from acceptance.report.retention import remove_unneeded
from tests.acceptance.report.sample import FINDS, HELPS, feature, latest, write_run, write_scenario

LOCAL = Path("local/results.jsonl")


@pytest.fixture
def here(tmp_path: Path) -> Path:
    claim(tmp_path / "here")
    return tmp_path / "here"


@pytest.fixture
def there(tmp_path: Path) -> Path:
    return tmp_path / "there"


def evidence_of(reports: Path, key: str, run: str, text: str) -> Path:
    folder = reports / "local" / key / run
    folder.mkdir(parents=True)
    (folder / "site.log").write_text(text)
    return folder


def test_the_last_result_counts_wherever_it_is_of(here, there):
    first = write_run(there / LOCAL, fails="helps")
    ours = write_run(here / LOCAL, only="helps")
    last = write_run(there / LOCAL, only="finds", fails="finds")
    write_run(there / "docker" / "results.jsonl")
    for reports, key, run in ((there, HELPS, first), (here, HELPS, ours), (there, FINDS, last)):
        evidence_of(reports, key, run, run)
    collect(there, here)
    found = latest(here / LOCAL)
    assert (found[FINDS].status, found[HELPS].status) == (ResultStatus.FAILED, ResultStatus.PASSED)
    for key, run in ((FINDS, last), (HELPS, ours)):
        assert (here / "local" / key / found[key].run.id / "site.log").read_text() == run
    assert (here / "docker" / "results.jsonl").exists()


def test_collecting_twice_changes_nothing(here, there):
    write_run(there / LOCAL)
    collect(there, here)
    before = (here / LOCAL).read_text()
    collect(there, here)
    assert (here / LOCAL).read_text() == before


def test_a_run_that_was_collected_while_it_went_on_is_whole_the_next_time(here, there):
    results = JsonlFormatter(there / LOCAL)
    finds, helps, *_ = feature().walk_scenarios()
    write_scenario(results, finds)
    collect(there, here)
    write_scenario(results, helps)
    results.close()
    collect(there, here)
    assert [result.status for result in latest(here / LOCAL).values()] == [ResultStatus.PASSED] * 2


def test_what_later_results_replaced_here_does_not_come_back(here, there):
    write_run(there / LOCAL, fails="helps")
    collect(there, here)
    write_run(here / LOCAL, only="helps")
    remove_unneeded(here / "local", None)
    collect(there, here)
    assert latest(here / LOCAL)[HELPS].status is ResultStatus.PASSED


def test_two_scenarios_skipped_in_the_same_moment_stay_two(here, there, monkeypatch):
    monkeypatch.setattr("acceptance.report.jsonl_formatter.time.time", lambda: 1.0)
    sample = feature()
    results = JsonlFormatter(there / LOCAL)
    for scenario in sample.walk_scenarios():
        scenario.skip("no mail here")
        results.scenario(scenario)
    results.close()
    collect(there, here)
    assert [result.status for result in latest(here / LOCAL).values()] == [ResultStatus.SKIPPED] * 4


def test_evidence_that_a_full_disk_cut_short_is_whole_the_next_time(here, there):
    run = write_run(there / LOCAL, only="helps", fails="helps")
    (evidence_of(there, HELPS, run, "") / "edith.png").write_bytes(b"x" * 40_000)
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


def test_a_folder_without_results_is_not_collected_in_silence(here, there, monkeypatch, capsys):
    monkeypatch.setattr(merge, "REPORTS", here)
    write_run(there / LOCAL)
    for wrong in (there / "local", there.parent):
        assert main([str(wrong)]) == 1
        assert f"{wrong} holds no results; allowed: folders like" in capsys.readouterr().err
    assert not (here / "local").exists()


def test_a_folder_that_is_not_there_is_named(there, capsys):
    assert main([str(there)]) == 1
    assert f"There is no folder {there}; allowed:" in capsys.readouterr().err


def test_the_first_pipeline_has_nothing_to_add_but_junit_files(here, there, monkeypatch, capsys):
    (there / "junit").mkdir(parents=True)
    monkeypatch.setattr(merge, "REPORTS", here)
    monkeypatch.setattr(merge, "build", lambda: "reports/site/index.html")
    assert main([str(there)]) == 0
    assert capsys.readouterr().out == "Report: reports/site/index.html\n"
