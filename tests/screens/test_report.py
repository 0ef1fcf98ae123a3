"""The report as people use it, in a browser."""

import re
from pathlib import Path

import pytest

from tests.acceptance.report.sample import FINDS, HELPS
from tests.screens.page_viewer import PageViewer

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


def test_a_failure_is_one_click_away_with_the_screens_side_by_side(viewer: PageViewer, site: Path, failing: Path):
    viewer.at(site)
    viewer.click(".failures a")
    assert viewer.run("return location.href") == failing.as_uri()
    assert viewer.shown("h1") == ["✗ The friend helps"]
    edith, onesiphorus = viewer.run(
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
        ({"#status": "passed", "#target": "docker"}, [ALL[0], *ALL[2:]]),
    ],
)
def test_scenarios_are_filtered(viewer: PageViewer, site: Path, fields: dict[str, str], rows: list[str]):
    viewer.at(site)
    for field, value in fields.items():
        viewer.choose(field, value)
    viewer.until_shown(ROWS, rows)
    assert viewer.shown("#shown") == [f"{len(rows)} of 4 scenarios" if rows != ALL else "4 scenarios"]
    assert bool(viewer.shown("#nothing")) == (not rows)
    targets = [fields["#target"]] if "#target" in fields else ["local", "docker", "staging"]
    assert viewer.shown("th.target") == targets
    viewer.click("button[type=reset]")
    viewer.until_shown(ROWS, ALL)


def test_a_search_finds_words_of_features_scenarios_and_steps(viewer: PageViewer, site: Path):
    viewer.at(site)
    viewer.type("#q", "LADDER")
    viewer.until_shown(ROWS, [])
    assert viewer.shown("tr.feature, tr.rule") == []
    viewer.click("button[type=reset]")
    viewer.type("#q", "friend onesiphorus adds")
    viewer.until_shown(ROWS, ALL[1:2])
    assert viewer.shown("tr.rule") == ["A friend can help"]


def test_the_address_keeps_the_filters(viewer: PageViewer, site: Path):
    viewer.at(site)
    viewer.choose("#status", "failed")
    viewer.choose("#target", "docker")
    fragment = str(viewer.run("return location.hash"))
    viewer.at(site, fragment)
    viewer.until_shown(ROWS, ALL[1:2])
    viewer.at(site)
    viewer.click(".counts .failed a")
    viewer.until_shown(ROWS, ALL[1:2])
    viewer.at(site, "#content")
    viewer.until_shown(ROWS, ALL)


def test_an_older_result_is_faded_and_shows_its_age(viewer: PageViewer, site: Path):
    viewer.at(site)
    (shown,) = viewer.shown(".pill.older time")
    assert re.fullmatch(r"now|\d+ min", shown)
    assert viewer.run("return [age(49 * 3600, true), age(3600, false), age(150, false), age(5, false)]") == [
        "2 d", "1 hour ago", "2 minutes ago", "just now",
    ]  # fmt: skip
    style = "return getComputedStyle(document.querySelector(arguments[0])).backgroundColor"
    assert viewer.run(style, "a.pill.passed.older") == "rgba(0, 0, 0, 0)"
    assert viewer.run(style, "a.pill.passed:not(.older)") != "rgba(0, 0, 0, 0)"


def test_evidence_that_looks_like_code_is_shown_and_does_not_run(viewer: PageViewer, site: Path, failing: Path):
    viewer.at(site)
    assert viewer.run("return window.attacked ?? 0") == 0
    viewer.at(failing)
    assert "<script>alert(1)</script>" in viewer.shown(".steps")[0]
    assert viewer.shown(".log")[0] == "ERROR <script>window.attacked = 3</script>"
    assert "onerror" in viewer.shown("#console ~ .log")[0]
    links = viewer.run("return [...document.querySelectorAll('main a')].map(link => link.href)")
    assert {"png", "txt", "log"} <= {link.rpartition(".")[2] for link in links}
    for page in (failing.as_uri(), *links):
        viewer.driver.get(page)
        assert viewer.run("return window.attacked ?? 0") == 0
        assert not [url for url in viewer.requested() if "elsewhere" in url]


@pytest.mark.parametrize("page", ["index.html", f"docker/{HELPS}.html", f"local/{FINDS}.html"])
@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("dark", [False, True])
def test_nobody_is_shut_out_and_nothing_is_loaded_from_elsewhere(
    viewer: PageViewer, site: Path, page: str, width: int, dark: bool
):
    viewer.at_size(width, 900)
    viewer.in_the_dark(dark)
    viewer.at(site.parent / page)
    requested = viewer.requested()
    assert len(requested) >= 3
    assert [url for url in requested if not url.startswith(site.parent.as_uri())] == []
    assert viewer.complaints() == []
    assert viewer.violations() == []
    assert viewer.overflow() <= 0


def test_the_keyboard_reaches_everything(viewer: PageViewer, site: Path):
    viewer.at(site)
    assert viewer.press_tab() == "Skip to the content"
    outline = "return getComputedStyle(document.activeElement).outlineStyle"
    reached = set()
    for _ in range(25):
        reached.add(viewer.press_tab())
        assert viewer.run(outline) != "none"
    assert {"q", "target", "tag", "Show all"} <= reached


def test_without_scripts_everything_is_there(viewer: PageViewer, site: Path):
    viewer.without_scripts(True)
    try:
        viewer.at(site)
        html = viewer.driver.page_source
    finally:
        viewer.without_scripts(False)
    assert 'id="filters" hidden' in html
    assert viewer.shown(ROWS) == ALL
