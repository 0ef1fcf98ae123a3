"""The pages as they lie on disk; tests/screens opens them in a browser."""

import os
from pathlib import Path
from urllib.parse import unquote

import pytest
from bs4 import BeautifulSoup

from acceptance.report import lifecycle
from acceptance.report.formatting import headline
from acceptance.report.jsonl_formatter import JsonlFormatter
from acceptance.report.pages import build
from tests.acceptance.report.sample import (
    FINDS,
    HELPS,
    SHARING,
    end_interrupted,
    first_scenario,
    kill,
    page,
    text_of,
    write_feature,
    write_run,
)


def cells(soup: BeautifulSoup, name: str) -> list[str]:
    rows = [row for row in soup.select("tr.scenario") if name in text_of(row, "th")]
    return [" ".join(cell.get_text(" ").split()) for cell in rows[0].select("td")]


def test_without_results_the_page_says_what_the_product_does(reports, features):
    soup = page(build(reports, features))
    assert text_of(soup, "h1") == "· Nothing has run yet"
    assert text_of(soup, "tr.feature .name") == "Sharing a list"
    assert [row.th.get_text(" ", strip=True) for row in soup.select("tr.scenario")] == [  # type: ignore[union-attr]
        "The friend finds the list", "The friend helps @slow",
        "Somebody Boris looks @smoke", "Somebody Zoë looks @smoke",
    ]  # fmt: skip


def test_all_is_well_and_targets_stand_in_an_order_of_their_own(reports, features):
    for target in ("staging+firefox", "staging", "docker", "local+firefox", "box", "local"):
        write_run(reports / target / "results.jsonl")
    soup = page(build(reports, features))
    columns = "local, local+firefox, docker, box, staging and staging+firefox"
    assert text_of(soup, "h1") == f"✓ All 4 scenarios pass on {columns}"
    assert text_of(soup, ".counts") == "✓ 4 passed on local"
    assert not soup.select(".caveats, .failures")


def test_a_failure_comes_first_and_links_to_its_page(reports, features):
    write_run(reports / "local" / "results.jsonl")
    write_run(reports / "docker" / "results.jsonl", fails="helps")
    site = build(reports, features)
    soup = page(site)
    assert text_of(soup, "h1") == "✗ 1 of 4 scenarios fails on docker"
    assert text_of(soup, ".failures .failed-step") == "Then Edith sees it"
    assert text_of(soup, ".failures .says") == "not right"
    link = soup.select_one(".failures a")
    assert link
    failed = page(site.parent / str(link["href"]))
    assert text_of(failed, ".says") == "Then Edith sees it What went wrong: not right"
    assert failed.select(".step.failed .error")
    assert cells(soup, "helps") == ["✓ passed on local", "✗ failed on docker"]


def test_a_single_run_adds_to_the_earlier_ones_and_says_so(reports, features):
    write_run(reports / "docker" / "results.jsonl", fails="helps", release="old")
    write_run(reports / "docker" / "results.jsonl", only="helps", release="new")
    soup = page(build(reports, features))
    assert text_of(soup, "h1") == "✓ All 4 scenarios pass on docker"
    assert text_of(soup, ".caveats") == "docker: 3 results of earlier runs, not of the last."
    assert "1 of 4 scenarios" in text_of(soup, ".card .when")
    assert "results of new and old" in text_of(soup, ".card .facts")
    assert len(soup.select("a.pill.older time")) == 3
    assert "This is of an earlier run" in text_of(page(reports / f"site/docker/{FINDS}.html"), ".caveats")
    assert not page(reports / f"site/docker/{HELPS}.html").select(".caveats")


@pytest.mark.parametrize("how", ["interrupted", "aborted"])
def test_a_run_that_ended_before_its_first_scenario_leaves_no_success_of_an_earlier_one(reports, file, features, how):
    write_run(file)
    end_interrupted(file, how)
    soup = page(build(reports, features))
    interrupted = f"The last run on local was {how}: 4 of 4 scenarios did not run"
    assert text_of(soup, "h1") == f"! {interrupted}"
    write_run(reports / "docker" / "results.jsonl", fails="helps")
    assert text_of(page(build(reports, features)), "h1") == f"✗ 1 of 4 scenarios fails on docker. {interrupted}"
    (reports / "docker" / "results.jsonl").unlink()
    kill(JsonlFormatter(file))
    assert text_of(page(build(reports, features)), "h1") == "! The last run on local was broken off"


def test_what_has_not_run_is_no_success_and_what_was_skipped_says_why(reports, file, features):
    results, scenario = JsonlFormatter(file), first_scenario()
    results.scenario(scenario)
    scenario.skip("mail cannot be read <here>")
    results.close()
    soup = page(build(reports, features))
    assert text_of(soup, "h1") == "· Nothing failed, but not every scenario has run everywhere"
    assert text_of(soup, "tr.scenario .reason") == "skipped on local: mail cannot be read <here>"
    assert (cells(soup, "finds"), cells(soup, "helps")) == (["- skipped on local"], ["· not run"])


def test_a_scenario_that_is_gone_has_no_link(reports, file, features):
    write_run(file)
    write_feature(features, SHARING.replace("The friend helps", "The friend does all"))
    site = build(reports, features)
    links = [str(link["href"]) for link in page(site).select(".slowest a")]
    assert len(links) == 3
    assert all((site.parent / unquote(link)).exists() for link in links)


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [("Edith sees it", "Edith reads it", HELPS), ("| Hang the bunting |", "| Order the cake   |", FINDS)],
)
def test_a_changed_scenario_says_so(reports, features, old, new, key):
    write_run(reports / "local" / "results.jsonl")
    write_feature(features, SHARING.replace(old, new))
    soup = page(build(reports, features))
    assert text_of(soup, ".caveats") == "local: 1 scenario changed since it ran."
    assert "changed since it ran" in cells(soup, "helps" if key == HELPS else "finds")[0]
    assert "has changed since it ran" in text_of(page(reports / f"site/local/{key}.html"), ".caveats")


def test_the_old_pages_stay_until_the_new_ones_are_complete(reports, file, features, monkeypatch, capsys):
    site = build(reports, features)
    before = site.read_text()
    write_run(file)
    monkeypatch.setattr("acceptance.report.pages.read_evidence", lambda _: 1 / 0)
    monkeypatch.setattr("acceptance.report.pages.build", lambda: build(reports, features))
    lifecycle.PagesReporter(None).end()
    assert "could not be made: ZeroDivisionError" in capsys.readouterr().err
    assert site.read_text() == before
    assert [path.name for path in reports.iterdir() if path.name.startswith(".site-")] == []


def test_a_feature_that_cannot_be_read_is_named(reports, file, features):
    write_feature(features, "Feature: x\n  Scenario: y\n    Given z\n  Nonsense: z\n", "broken.feature")
    write_feature(features, "", "empty.feature")
    write_run(file)
    soup = page(build(reports, features))
    assert text_of(soup, "h1") == "· Nothing failed, but not every feature can be read"
    caveats = [caveat.text.partition(":")[0] for caveat in soup.select(".caveats li")]
    assert [Path(caveat).name for caveat in caveats] == ["broken.feature", "empty.feature"]


def test_evidence_lies_beside_the_page_and_a_page_of_the_site_is_handed_on_as_text(reports, file, features):
    folder = reports / "local" / HELPS / write_run(file, fails="helps")
    folder.mkdir(parents=True)
    for name, text in {
        "edith.html": "<script>alert(3)</script>", "edith.url": "http://127.0.0.1:1/", "edith.png": "PNG",
        "zoë.png.txt": "not available: she left", "02-edith.png": "PNG", "console.log": "SEVERE oh",
        "site.log": "ERROR boom\n-- without a scenario, since this one began: --\nstarted",
    }.items():  # fmt: skip
        (folder / name).write_text(text)
    build(reports, features)
    soup = page(reports / f"site/local/{HELPS}.html")
    beside = reports / f"site/local/{HELPS}"
    assert {path.name for path in beside.iterdir()} >= {"edith-source.txt", "edith.png", "site.log"}
    assert not list(beside.glob("*.html"))
    assert [person.text for person in soup.select(".person h3")] == ["Edith", "Zoë"]
    assert text_of(soup, ".person .address") == "http://127.0.0.1:1/"
    assert text_of(soup, ".no-screen") == "No picture: not available: she left"
    assert text_of(soup, "#log ~ .log") == "ERROR boom"
    assert text_of(soup, "details .log") == "started"
    assert text_of(soup, ".screens figcaption") == "Edith"
    links = [str(link["href"]) for link in soup.select("main a, link[rel=stylesheet]")]
    assert links
    assert all((beside.parent / link).exists() for link in links), links


def test_a_page_says_how_to_see_it_again(reports, features):
    write_run(reports / "local" / "results.jsonl")
    write_run(reports / "box" / "results.jsonl", sites=".box/sites.toml")
    write_run(reports / "docker+firefox" / "results.jsonl")
    build(reports, features)
    place = f'ARGS="{os.path.relpath(features)}/sharing.feature:18"'
    assert text_of(page(reports / f"site/local/{HELPS}.html"), ".command") == f"make features TARGET=local {place}"
    on_box = f"make features TARGET=box SITES=.box/sites.toml {place}"
    assert text_of(page(reports / f"site/box/{HELPS}.html"), ".command") == on_box
    in_firefox = page(reports / f"site/docker+firefox/{HELPS}.html")
    assert text_of(in_firefox, ".command") == f"make features TARGET=docker BROWSER=firefox {place}"


@pytest.mark.parametrize(
    ("error", "line"),
    [
        ("ASSERT FAILED: one\ntwo", "one"),
        ("Traceback (most recent call last):\n  File x\nKeyError: 'y'\n", "KeyError: 'y'"),
        ("", ""),
        ("x" * 500, "x" * 400 + "…"),
    ],
)
def test_a_headline_is_what_went_wrong(error, line):
    assert headline(error) == line
