from pathlib import Path
from typing import Any, ClassVar

import pytest
from selenium.common.exceptions import WebDriverException

from features import evidence
from features.waiting import NotSeenError

TOKEN = "ryDNivClcpi-bcIohJ1RJ6Z-NFXk64hzBWh5GJ7AQOc"


class OpenBrowser:
    address = f"http://localhost:1/accounts/login/{TOKEN}/"
    source = f'<input name="csrfmiddlewaretoken" value="s3cret"><a href="/accounts/login/{TOKEN}/">'

    def screenshot(self) -> bytes:
        return b"\x89PNG"

    def console(self, since: float) -> list[str]:
        return [f"SEVERE since {since:g}: /accounts/login/{TOKEN}/ - 500"]


class BadBrowser:
    """Each piece fails in a way of its own; nobody asks for the console of a page that does not answer."""

    @property
    def address(self) -> str:
        raise WebDriverException(f"no such window: /accounts/login/{TOKEN}/")

    @property
    def source(self) -> str:
        raise NotSeenError("the page is still loading")

    def screenshot(self) -> bytes:
        raise ConnectionRefusedError("the browser is gone")


class Person:
    def __init__(self, name: str, browser: Any = None) -> None:
        self.name = name
        self.browser = browser
        self.has_browser = browser is not None


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "local" / "a-feature" / "a-scenario"


def files(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_everything_is_kept_of_every_open_browser(folder):
    people: Any = [Person("Edith", OpenBrowser()), Person("Boris"), Person("Francis", OpenBrowser())]
    printed = evidence.keep(folder, people, "ERROR oh dear", 7)
    of_each = {f"{who}.{kind}" for who in ("edith", "francis") for kind in ("html", "png", "url")}
    assert files(folder) == of_each | {"console.log", "site.log"}
    assert (folder / "edith.png").read_bytes() == b"\x89PNG"
    assert "since 7" in (folder / "console.log").read_text()
    assert (folder / "site.log").read_text() == "ERROR oh dear"
    assert "ERROR oh dear" in printed
    assert str(folder / "francis.html") in printed


def test_a_browser_in_a_bad_state_keeps_nothing_else_from_being_kept(folder):
    people: Any = [Person("Edith", BadBrowser()), Person("Francis", OpenBrowser())]
    assert "oh dear" in evidence.keep(folder, people, "oh dear", 0)
    assert "no such window" in (folder / "edith.url").read_text()
    assert (folder / "edith.html").read_text() == "not to be had: the page is still loading"
    assert (folder / "edith.png.txt").read_text() == "not to be had: the browser is gone"
    assert not (folder / "edith.png").exists()
    assert (folder / "francis.png").read_bytes() == b"\x89PNG"
    assert (folder / "console.log").read_text().startswith("SEVERE")


def test_the_console_is_read_once_for_it_is_emptied_by_that(folder):
    class Emptied(OpenBrowser):
        said: ClassVar = ["SEVERE oh dear"]

        def console(self, since: float) -> list[str]:
            return [self.said.pop()] if self.said else []

    people: Any = [Person("Edith", Emptied()), Person("Francis", Emptied())]
    evidence.keep(folder, people, "", 0)
    assert (folder / "console.log").read_text() == "SEVERE oh dear"


def test_no_token_is_kept_or_printed(folder):
    people: Any = [Person("Edith", OpenBrowser()), Person("Boris", BadBrowser())]
    printed = evidence.keep(folder, people, f"GET /accounts/login/{TOKEN}/", 0)
    kept = "".join(path.read_text() for path in folder.iterdir() if path.suffix != ".png") + printed
    assert TOKEN not in kept
    assert "s3cret" not in kept
    assert "/accounts/login/[redacted]/" in (folder / "edith.url").read_text()


def test_an_empty_log_is_said_to_be_empty(folder):
    assert "(empty)" in evidence.keep(folder, [], "", 0)


def test_the_evidence_of_an_earlier_run_does_not_stay(monkeypatch, tmp_path):
    monkeypatch.setattr(evidence, "REPORTS", tmp_path)
    evidence.keep(evidence.folder_of("local", "A feature", "One", 3), [], "", 0)
    (tmp_path / "docker").mkdir()
    evidence.clear("local")
    evidence.clear("local")
    assert [path.name for path in tmp_path.iterdir()] == ["docker"]


def test_a_folder_bears_the_names_of_the_prose():
    folder = evidence.folder_of("local", "Sharing a list", "Édith's friend -- @1.2 <b>", 3)
    assert folder == Path("reports/local/sharing-a-list/édith-s-friend-1-2-b")
    assert evidence.folder_of("local", "???", "…", 3).parts[-2:] == ("unnamed", "unnamed")


def test_scenarios_of_the_same_name_do_not_share_a_folder(monkeypatch, tmp_path):
    monkeypatch.setattr(evidence, "REPORTS", tmp_path)
    for line in (3, 9):
        evidence.keep(evidence.folder_of("local", "A feature", "One", line), [], f"at line {line}", 0)
    assert files(tmp_path / "local" / "a-feature") == {"one", "one-9"}


def test_a_title_of_any_length_gives_a_name_that_can_be_written(tmp_path):
    titles = [f"{letter * 300} {end}" for letter in "aé孔" for end in (1, 2)]
    folders = {evidence.folder_of("local", "A feature", title, 3).name for title in titles}
    assert len(folders) == len(titles)
    for name in folders:
        (tmp_path / name).mkdir()


def test_an_id_is_plain_and_short():
    assert evidence.scenario_id("features/sharing.feature", 12) == "sharing.12"
    assert evidence.scenario_id("features/é à.feature", 3) == "----.3".replace("----", "---")
    assert len(evidence.scenario_id("x" * 300, 12345)) <= 64
