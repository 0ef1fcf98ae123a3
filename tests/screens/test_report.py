"""The report as people use it, in a browser."""

import re
from pathlib import Path

import pytest

from tests.acceptance.report.sample import FINDS, HELPS
from tests.screens.looking import Looking

ROWS = "tr.scenario th"
ALL = [
    "The friend finds the list",
    "The friend helps @slow",
    "Somebody Boris looks @smoke",
    "Somebody Zoë looks @smoke",
]


@pytest.fixture
def failing(site: Path) -> Path:
    return site.parent / f"docker/{HELPS}.html"


def test_a_failure_is_one_click_away_with_the_screens_side_by_side(looking: Looking, site: Path, failing: Path):
    looking.at(site)
    looking.click(".failures a")
    assert looking.run("return location.href") == failing.as_uri()
    assert looking.shown("h1") == ["✗ The friend helps"]
    edith, onesiphorus = looking.run(
        "return [...document.querySelectorAll('.person img')].map(e => [e.getBoundingClientRect().y, e.naturalWidth])"
    )
    assert edith == onesiphorus
    assert edith[1] == 1


@pytest.mark.parametrize(
    ("fields", "rows"),
    [
        ({"#status": "older"}, ALL[2:3]),
        ({"#status": "skipped"}, []),
        ({"#target": "staging"}, ALL),
        ({"#tag": "smoke"}, ALL[2:]),
        ({"#status": "not-run"}, ALL[:2]),
        ({"#status": "not-run", "#target": "docker"}, []),
        ({"#status": "passed", "#target": "docker"}, [ALL[0], *ALL[2:]]),
    ],
)
def test_scenarios_are_filtered(looking: Looking, site: Path, fields: dict[str, str], rows: list[str]):
    looking.at(site)
    for field, value in fields.items():
        looking.choose(field, value)
    looking.until_shown(ROWS, rows)
    assert looking.shown("#shown") == [f"{len(rows)} of 4 scenarios" if rows != ALL else "4 scenarios"]
    assert bool(looking.shown("#nothing")) == (not rows)
    targets = [fields["#target"]] if "#target" in fields else ["local", "docker", "staging"]
    assert looking.shown("th.target") == targets
    looking.click("button[type=reset]")
    looking.until_shown(ROWS, ALL)


def test_a_search_finds_words_of_features_scenarios_and_steps(looking: Looking, site: Path):
    looking.at(site)
    looking.type("#q", "LADDER")
    looking.until_shown(ROWS, [])
    assert looking.shown("tr.feature, tr.rule") == []
    looking.click("button[type=reset]")
    looking.type("#q", "friend onesiphorus adds")
    looking.until_shown(ROWS, ALL[1:2])
    assert looking.shown("tr.rule") == ["A friend can help"]


def test_the_address_keeps_the_filters(looking: Looking, site: Path):
    looking.at(site)
    looking.choose("#status", "failed")
    looking.choose("#target", "docker")
    fragment = str(looking.run("return location.hash"))
    looking.at(site, fragment)
    looking.until_shown(ROWS, ALL[1:2])
    looking.at(site)
    looking.click(".counts .failed a")
    looking.until_shown(ROWS, ALL[1:2])
    looking.at(site, "#content")
    looking.until_shown(ROWS, ALL)


def test_an_older_result_is_faded_and_shows_its_age(looking: Looking, site: Path):
    looking.at(site)
    (shown,) = looking.shown(".pill.older time")
    assert re.fullmatch(r"now|\d+ min", shown)
    assert looking.run("return [age(49 * 3600, true), age(3600, false), age(150, false), age(5, false)]") == [
        "2 d", "1 hour ago", "2 minutes ago", "just now",
    ]  # fmt: skip
    style = "return getComputedStyle(document.querySelector(arguments[0])).backgroundColor"
    assert looking.run(style, "a.pill.passed.older") == "rgba(0, 0, 0, 0)"
    assert looking.run(style, "a.pill.passed:not(.older)") != "rgba(0, 0, 0, 0)"


def test_evidence_that_looks_like_code_is_shown_and_does_not_run(looking: Looking, site: Path, failing: Path):
    looking.at(site)
    assert looking.run("return window.attacked ?? 0") == 0
    looking.at(failing)
    assert "<script>alert(1)</script>" in looking.shown(".steps")[0]
    assert looking.shown(".log")[0] == "ERROR <script>window.attacked = 3</script>"
    assert "onerror" in looking.shown("#console ~ .log")[0]
    links = looking.run("return [...document.querySelectorAll('main a')].map(link => link.href)")
    assert {"png", "txt", "log"} <= {link.rpartition(".")[2] for link in links}
    for page in (failing.as_uri(), *links):
        looking.driver.get(page)
        assert looking.run("return window.attacked ?? 0") == 0
        assert not [url for url in looking.requested() if "elsewhere" in url]


@pytest.mark.parametrize("page", ["index.html", f"docker/{HELPS}.html", f"local/{FINDS}.html"])
@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("dark", [False, True])
def test_nobody_is_shut_out_and_nothing_is_loaded_from_elsewhere(
    looking: Looking, site: Path, page: str, width: int, dark: bool
):
    looking.at_size(width, 900)
    looking.in_the_dark(dark)
    looking.at(site.parent / page)
    requested = looking.requested()
    assert len(requested) >= 3
    assert [url for url in requested if not url.startswith(site.parent.as_uri())] == []
    assert looking.complaints() == []
    assert looking.violations() == []
    assert looking.overflow() <= 0


def test_the_keyboard_reaches_everything(looking: Looking, site: Path):
    looking.at(site)
    assert looking.press_tab() == "Skip to the content"
    outline = "return getComputedStyle(document.activeElement).outlineStyle"
    reached = set()
    for _ in range(25):
        reached.add(looking.press_tab())
        assert looking.run(outline) != "none"
    assert {"q", "target", "tag", "Show all"} <= reached


def test_without_scripts_everything_is_there(looking: Looking, site: Path):
    looking.without_scripts(True)
    try:
        looking.at(site)
        html = looking.driver.page_source
    finally:
        looking.without_scripts(False)
    assert 'id="filters" hidden' in html
    assert looking.shown(ROWS) == ALL
