"""The report as people use it."""

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


def test_it_says_at_once_what_went_wrong_and_where(looking: Looking, site: Path, failing: Path):
    looking.at(site)
    assert looking.shown("h1") == ["✗ 1 of 4 scenarios fails on docker"]
    looking.click(".failures a")
    assert looking.run("return location.href") == failing.as_uri()
    assert looking.shown("h1") == ["✗ The friend helps"]
    assert looking.shown(".person h3") == ["Edith", "Onesiphorus"]
    edith, onesiphorus = looking.run(
        "return [...document.querySelectorAll('.person img')].map(e => [e.getBoundingClientRect().y, e.naturalWidth])"
    )
    assert edith == onesiphorus
    assert edith[1] == 1


@pytest.mark.parametrize(
    ("field", "value", "rows"),
    [
        ("#status", "failed", ALL[1:2]),
        ("#status", "older", ALL[2:3]),
        ("#target", "staging", ALL),
        ("#tag", "smoke", ALL[2:]),
        ("#status", "skipped", []),
    ],
)
def test_it_is_filtered(looking: Looking, site: Path, field: str, value: str, rows: list[str]):
    looking.at(site)
    looking.choose(field, value)
    looking.until_shown(ROWS, rows)
    assert looking.shown("#shown") == [f"{len(rows)} of 4 scenarios" if rows != ALL else "4 scenarios"]
    assert bool(looking.shown("#nothing")) == (not rows)
    looking.click("button[type=reset]")
    looking.until_shown(ROWS, ALL)


def test_what_came_of_it_is_asked_about_the_target_that_is_chosen(looking: Looking, site: Path):
    looking.at(site)
    looking.choose("#status", "not-run")
    looking.until_shown(ROWS, ALL[:2])
    looking.choose("#target", "docker")
    looking.until_shown(ROWS, [])
    looking.choose("#status", "passed")
    looking.until_shown(ROWS, [ALL[0], *ALL[2:]])
    assert looking.shown("th.target") == ["docker"]


def test_it_is_searched_for_words_of_features_scenarios_and_steps(looking: Looking, site: Path):
    looking.at(site)
    looking.type("#q", "LADDER")
    looking.until_shown(ROWS, [])
    assert looking.shown("tr.feature, tr.rule") == []
    looking.click("button[type=reset]")
    looking.type("#q", "friend onesiphorus adds")
    looking.until_shown(ROWS, ALL[1:2])
    assert looking.shown("tr.rule") == ["A friend can help"]


def test_what_was_asked_for_can_be_handed_on(looking: Looking, site: Path):
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


def test_an_older_result_is_faded_and_tells_its_age(looking: Looking, site: Path):
    looking.at(site)
    assert looking.shown(".pill.older time") == ["now"]
    assert looking.run("return age(49 * 3600, true)") == "2 d"
    assert looking.run("return [age(3600, false), age(150, false), age(5, false)]") == [
        "1 hour ago", "2 minutes ago", "just now",
    ]  # fmt: skip
    style = "return getComputedStyle(document.querySelector(arguments[0])).backgroundColor"
    assert looking.run(style, "a.pill.passed.older") == "rgba(0, 0, 0, 0)"
    assert looking.run(style, "a.pill.passed:not(.older)") != "rgba(0, 0, 0, 0)"


def test_the_evidence_opens_and_none_of_it_runs(looking: Looking, failing: Path):
    looking.at(failing)
    links = looking.run("return [...document.querySelectorAll('main a')].map(link => link.href)")
    kinds = {link.rpartition(".")[2] for link in links}
    assert {"png", "txt", "log"} <= kinds
    for link in links:
        looking.driver.get(link)
        assert looking.run("return window.attacked ?? 0") == 0
        assert not [url for url in looking.requested() if "elsewhere" in url]


@pytest.mark.parametrize("page", ["index.html", f"docker/{HELPS}.html", f"local/{FINDS}.html"])
def test_nothing_is_loaded_from_elsewhere(looking: Looking, site: Path, page: str):
    looking.at(site.parent / page)
    requested = looking.requested()
    assert len(requested) >= 3
    assert [url for url in requested if not url.startswith(site.parent.as_uri())] == []
    assert looking.complaints() == []


def test_what_looks_like_code_is_shown_and_does_not_run(looking: Looking, site: Path, failing: Path):
    for page in (site, failing):
        looking.at(page)
        assert looking.run("return window.attacked ?? 0") == 0
    assert "<script>alert(1)</script>" in looking.shown(".steps")[0]
    assert looking.shown(".log")[0] == "ERROR <script>window.attacked = 3</script>"
    assert "onerror" in looking.shown("#console ~ .log")[0]


@pytest.mark.parametrize("page", ["index.html", f"docker/{HELPS}.html", f"local/{FINDS}.html"])
@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("dark", [False, True])
def test_nobody_is_shut_out(looking: Looking, site: Path, page: str, width: int, dark: bool):
    looking.at_size(width, 900)
    looking.in_the_dark(dark)
    looking.at(site.parent / page)
    assert looking.violations() == []
    assert looking.overflow() <= 0


def test_it_is_used_by_keyboard(looking: Looking, site: Path):
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
