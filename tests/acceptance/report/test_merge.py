"""Results of other machines are added to those here."""

import json
import resource
from itertools import count
from pathlib import Path
from types import SimpleNamespace

import pytest

from acceptance.report import __main__ as command
from acceptance.report.jsonl_formatter import JsonlFormatter
from acceptance.report.merge import CollectError, collect
from acceptance.report.pages import build
from acceptance.report.report_folder import MARK, ReportFolderError, claim
from acceptance.report.results import ResultStatus
from acceptance.report.results_file import remove_unneeded
from tests.acceptance.report.sample import FINDS, HELPS, feature, latest, page, text_of, write_run, write_scenario

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


def test_the_latest_result_counts_wherever_it_is_from(here, there):
    first = write_run(there / LOCAL, fails="helps")
    ours = write_run(here / LOCAL, only="helps")
    last = write_run(there / LOCAL, only="finds", fails="finds")
    write_run(there / "docker+firefox" / "results.jsonl")
    for reports, key, run in ((there, HELPS, first), (here, HELPS, ours), (there, FINDS, last)):
        evidence_of(reports, key, run, run)
    collect(there, here)
    found = latest(here / LOCAL)
    assert (found[FINDS].status, found[HELPS].status) == (ResultStatus.FAILED, ResultStatus.PASSED)
    for key, run in ((FINDS, last), (HELPS, ours)):
        assert (here / "local" / key / found[key].run.id / "site.log").read_text() == run
    assert (here / "docker+firefox" / "results.jsonl").exists()
    before = (here / LOCAL).read_text()
    collect(there, here)
    assert (here / LOCAL).read_text() == before


def test_a_scenario_that_failed_last_is_not_hidden_by_a_pass_of_a_run_that_began_later(here, there, monkeypatch):
    clock = SimpleNamespace(time=count(1).__next__)
    monkeypatch.setattr("acceptance.report.jsonl_formatter.time", clock)
    finds = next(iter(feature().walk_scenarios()))
    long = JsonlFormatter(here / LOCAL)
    write_run(there / LOCAL, only="finds")
    write_scenario(long, finds, fails=True)
    long.close()
    collect(there, here)
    assert latest(here / LOCAL)[FINDS].status is ResultStatus.FAILED


def test_a_run_that_was_collected_while_it_went_on_is_complete_the_next_time(here, there):
    results = JsonlFormatter(there / LOCAL)
    finds, helps, *_ = feature().walk_scenarios()
    write_scenario(results, finds)
    collect(there, here)
    write_scenario(results, helps)
    results.close()
    collect(there, here)
    assert [result.status for result in latest(here / LOCAL).values()] == [ResultStatus.PASSED] * 2


def test_evidence_that_a_full_disk_cut_short_is_complete_the_next_time(here, there):
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


def test_a_folder_without_results_is_refused_but_for_one_with_nothing_but_junit_files(here, there, monkeypatch, capsys):
    monkeypatch.setattr(command, "REPORTS", here)
    write_run(there / LOCAL)
    for wrong, problem in (
        (there / "local", f"{there}/local holds no results; allowed: folders like"),
        (there.parent, f"{there.parent} holds no results; allowed: folders like"),
        (there / "nowhere", f"There is no folder {there}/nowhere; allowed:"),
    ):
        with pytest.raises(SystemExit, match=problem):
            command.main(["--collect", str(wrong)])
    assert not (here / "local").exists()
    # As the first pipeline has it.
    (there / "first" / "junit").mkdir(parents=True)
    command.main(["--collect", str(there / "first")])
    assert capsys.readouterr().out == f"Report: {here}/site/index.html\n"


@pytest.mark.parametrize("key", ["../../victim", "/victim", "a/../../../victim", "..", "a\0/b", "a", "a/b/c", ""])
def test_a_key_that_leads_out_of_the_folder_is_refused(here, there, key):
    write_run(there / LOCAL, only="finds")
    (there / LOCAL).write_text((there / LOCAL).read_text().replace(f'"{FINDS}"', json.dumps(key)))
    with pytest.raises(CollectError, match=r"the key .*is no name of a scenario"):
        collect(there, here)
    assert [path.name for path in here.iterdir()] == [MARK]


DAMAGES = [
    ('"run": "', '"run": 5, "was": "'),
    *(('"at": ', f'"at": {moment}, "was": ') for moment in ("NaN", "1e300", '"abc"')),
    ('"key": "', '"key": 5, "was": "'),
    ('"name": "The', '"name": 5, "was": "The'),
    ('"table": []', '"table": [[5]]'),
    ('"text": ""', '"text": ' + "[" * 100_000 + "]" * 100_000),
]


def test_results_that_no_run_writes_are_refused_with_their_place(here, there):
    write_run(there / LOCAL, only="finds")
    whole = (there / LOCAL).read_text()
    place = f"^{there / LOCAL}:[1-9]: .* the file is damaged. Remove this line"
    for old, new in DAMAGES:
        assert old in whole
        (there / LOCAL).write_text(whole.replace(old, new))
        with pytest.raises(ReportFolderError, match=place):
            collect(there, here)
        assert [path.name for path in here.iterdir()] == [MARK]
        # As a run does that starts.
        with pytest.raises(ReportFolderError, match=place):
            remove_unneeded(there / "local", None)


def test_what_collected_links_lead_to_is_not_copied(here, there, tmp_path):
    (tmp_path / "secret").write_text("a private key")
    run = write_run(there / LOCAL, only="finds")
    evidence = evidence_of(there, FINDS, run, "")
    (evidence / "edith.html").symlink_to(tmp_path / "secret")
    collect(there, here)
    assert [path.name for path in (here / "local" / FINDS / run).iterdir()] == ["site.log"]
    (there / "docker").symlink_to(there / "local")
    with pytest.raises(CollectError, match="is not taken: a link"):
        collect(there, here)


SHARDS = {"1/3": "finds", "2/3": "helps", "3/3": "looks"}


def collect_shards(there, here, *shards, **about):
    for shard in shards:
        number = shard[0]
        write_run(there / number / LOCAL, only=SHARDS[shard], shard=shard, **{"order": "-D seed=17"} | about)
        collect(there / number, here)


def test_the_shards_of_one_run_are_all_of_the_last_run_and_a_lost_one_is_no_proof(here, there, features):
    collect_shards(there, here, "3/3", "1/3", "2/3")
    soup = page(build(here, features))
    assert text_of(soup, "h1") == "✓ All 4 scenarios pass on local"
    assert not soup.select(".caveats, .older")
    # A job that was done again takes the place of the first.
    collect_shards(there, here, "2/3")
    assert not page(build(here, features)).select(".caveats, .older")
    # The next run loses a machine: what its part had before is of an earlier run.
    for about in ({"order": "-D seed=18"}, {"release": "def5678"}):
        collect_shards(there, here, "1/3", "3/3", **about)
        soup = page(build(here, features))
        assert text_of(soup, "h1") == "· The last run on local did not prove what it was to"
        assert text_of(soup, ".caveats").endswith("local: Missing: shard 2/3.")
        assert len(soup.select("a.pill.older")) == 1


def test_a_shard_that_did_not_start_leaves_the_others_as_they_are(here, there, features):
    collect_shards(there, here, "1/3", "2/3")
    results = JsonlFormatter(there / "3" / LOCAL)
    results.about(order="-D seed=17", shard="3/3")
    results.failed_to_start("no site there")
    results.close()
    collect(there / "3", here)
    soup = page(build(here, features))
    assert text_of(soup, "h1") == "· The last run on local did not prove what it was to"
    assert text_of(soup, ".caveats") == "local: The shard 3/3 did not start: no site there"
    assert not soup.select(".older")
