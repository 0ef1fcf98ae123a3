import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote

import pytest
from bs4 import BeautifulSoup

from acceptance.report import hooks
from acceptance.report.jsonl_formatter import Results
from acceptance.report.site_builder import build
from tests.acceptance.report.reading import page, says
from tests.acceptance.report.told import FINDS, HELPS, SHARING, feature, runs, written


def cells(soup: BeautifulSoup, name: str) -> list[str]:
    rows = [row for row in soup.select("tr.scenario") if name in says(row, "th")]  # type: ignore[arg-type]
    return [" ".join(cell.get_text(" ").split()) for cell in rows[0].select("td")]


def test_without_results_the_page_says_what_the_product_does(reports, features):
    soup = page(build(reports, features))
    assert says(soup, "h1") == "· Nothing has run yet"
    assert says(soup, "tr.feature .name") == "Sharing a list"
    assert [row.th.get_text(" ", strip=True) for row in soup.select("tr.scenario")] == [  # type: ignore[union-attr]
        "The friend finds the list", "The friend helps @slow",
        "Somebody Boris looks @smoke", "Somebody Zoë looks @smoke",
    ]  # fmt: skip


def test_all_is_well(reports, features):
    for target in ("docker", "local"):
        runs(reports / target / "results.jsonl", feature())
    soup = page(build(reports, features))
    assert says(soup, "h1") == "✓ All 4 scenarios pass on local and docker"
    assert says(soup, ".counts") == "✓ 4 passed on local"
    assert not soup.select(".buts, .failures")


def test_a_failure_is_told_first_and_links_to_its_page(reports, features):
    runs(reports / "local" / "results.jsonl", feature())
    runs(reports / "docker" / "results.jsonl", feature(), fails="helps")
    site = build(reports, features)
    soup = page(site)
    assert says(soup, "h1") == "✗ 1 of 4 scenarios fails on docker"
    assert says(soup, ".failures .says") == "not as it should"
    link = soup.select_one(".failures a")
    assert link
    assert page(site.parent / str(link["href"])).select(".step.failed .error")
    assert cells(soup, "helps") == ["✓ passed on local", "✗ failed on docker"]


def test_a_single_run_adds_to_the_earlier_ones_and_says_so(reports, features):
    runs(reports / "docker" / "results.jsonl", feature(), fails="helps", release="old")
    runs(reports / "docker" / "results.jsonl", feature(), only="helps", release="new")
    soup = page(build(reports, features))
    assert says(soup, "h1") == "✓ All 4 scenarios pass on docker"
    assert says(soup, ".buts") == "docker: 3 results of earlier runs, not of the last."
    assert "1 of 4 scenarios" in says(soup, ".card .when")
    assert "results of new and old" in says(soup, ".card .facts")
    assert len(soup.select("a.pill.older time")) == 3
    assert "This is of an earlier run" in says(page(reports / f"site/docker/{FINDS}.html"), ".buts")
    assert not page(reports / f"site/docker/{HELPS}.html").select(".buts")


def test_a_run_that_did_not_start_is_no_success(reports, features):
    runs(reports / "docker" / "results.jsonl", feature())
    results = Results(reports / "docker" / "results.jsonl")
    results.failed_to_start("The port <80> is taken")
    results.close()
    soup = page(build(reports, features))
    assert says(soup, "h1") == "✗ The last run on docker did not start"
    assert says(soup, ".no-start") == "The port <80> is taken"
    assert len(soup.select("a.pill.older")) == 4


def test_a_run_that_was_killed_says_so(reports, features):
    results = Results(reports / "docker" / "results.jsonl")
    results.scenario(next(iter(feature().walk_scenarios())))
    results._file.close()
    soup = page(build(reports, features))
    assert says(soup, "h1") == "! The last run on docker was broken off"
    assert says(soup, ".buts") == "docker: the last run was killed before its end."
    assert cells(soup, "finds") == ["! broken off on docker"]


def test_what_has_not_run_is_no_success(reports, features):
    runs(reports / "local" / "results.jsonl", feature(), only="Boris")
    soup = page(build(reports, features))
    assert says(soup, "h1") == "· Nothing failed, but not every scenario has run everywhere"
    assert cells(soup, "finds") == ["· not run"]


def test_a_skipped_scenario_says_why(reports, features):
    results = Results(reports / "docker" / "results.jsonl")
    scenario = next(iter(feature().walk_scenarios()))
    results.scenario(scenario)
    scenario.skip("mail cannot be read <here>")
    results.close()
    soup = page(build(reports, features))
    assert says(soup, "tr.scenario .reason") == "skipped on docker: mail cannot be read <here>"
    assert cells(soup, "finds") == ["- skipped on docker"]


def test_a_scenario_that_is_gone_has_no_link(reports, features):
    runs(reports / "local" / "results.jsonl", feature())
    written(features, SHARING.replace("The friend helps", "The friend does all"))
    site = build(reports, features)
    links = [str(link["href"]) for link in page(site).select(".slowest a")]
    assert len(links) == 3
    assert all((site.parent / unquote(link)).exists() for link in links)


def test_a_changed_scenario_says_so(reports, features):
    runs(reports / "local" / "results.jsonl", feature())
    written(features, SHARING.replace("Edith sees it", "Edith reads it"))
    soup = page(build(reports, features))
    assert says(soup, ".buts") == "local: 1 scenario changed since it ran."
    assert "changed since it ran" in cells(soup, "helps")[0]
    assert "has changed since it ran" in says(page(reports / f"site/local/{HELPS}.html"), ".buts")


def test_where_a_disk_cannot_name_a_file_twice_it_is_copied(reports, features, monkeypatch):
    evidence = reports / "local" / HELPS / runs(reports / "local" / "results.jsonl", feature())
    evidence.mkdir(parents=True)
    (evidence / "edith.png").write_text("PNG")

    def refuse(*_: object) -> None:
        raise OSError("not on this disk")

    monkeypatch.setattr(os, "link", refuse)
    build(reports, features)
    assert (reports / f"site/local/{HELPS}/edith.png").read_text() == "PNG"


def test_the_old_pages_stay_until_the_new_ones_are_whole(reports, features, monkeypatch):
    site = build(reports, features)
    before = site.read_text()
    runs(reports / "local" / "results.jsonl", feature())
    monkeypatch.setattr("acceptance.report.site_builder.pages", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        build(reports, features)
    assert site.read_text() == before
    assert [path.name for path in reports.iterdir() if path.name.startswith(".site-")] == []


def test_a_report_that_cannot_be_made_says_so_and_ends_nothing(monkeypatch, capsys):
    monkeypatch.setattr(hooks, "build", lambda: 1 / 0)
    hooks.Pages(None).end()
    assert "could not be made: ZeroDivisionError" in capsys.readouterr().err


def test_a_feature_that_cannot_be_read_is_named(reports, features):
    (features / "broken.feature").write_text("Feature: x\n  Scenario: y\n    Given z\n  Nonsense: z\n")
    (features / "empty.feature").write_text("")
    runs(reports / "local" / "results.jsonl", feature())
    soup = page(build(reports, features))
    assert says(soup, "h1") == "· Nothing failed, but not every feature can be read"
    assert [Path(but.text.partition(":")[0]).name for but in soup.select(".buts li")] == [
        "broken.feature",
        "empty.feature",
    ]
    assert "This file is empty." in soup.get_text()


def test_the_pages_need_no_settings_of_any_site(reports, features):
    runs(reports / "local" / "results.jsonl", feature(), fails="helps")
    said = subprocess.run(
        [sys.executable, "-c", "import sys; from pathlib import Path\n"
         "from acceptance.report.site_builder import build\n"
         "print(build(Path(sys.argv[1]), Path(sys.argv[2])))", str(reports), str(features)],
        env={key: value for key, value in os.environ.items() if key != "DJANGO_SETTINGS_MODULE"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (said.stdout.strip(), said.stderr) == (str(reports / "site/index.html"), "")
