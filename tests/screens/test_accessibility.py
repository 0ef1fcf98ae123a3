"""Every page of the site, in each of its states, as somebody meets it who sees, hears or points otherwise."""

from pathlib import Path

import pytest

from tests.screens.page_viewer import PageViewer
from tests.superlists.conftest import *  # noqa: F403 - the people and lists that the pages are about
from tests.superlists.every_page import PAGES

pytestmark = pytest.mark.django_db
STATIC = Path("superlists/static").absolute().as_uri()


def test_who_is_shut_out_is_noticed(viewer: PageViewer, tmp_path: Path):
    (tmp_path / "page.html").write_text("<html lang=en><title>To-Do</title><main><h1>To-Do</h1><img src=x.png></main>")
    viewer.at(tmp_path / "page.html")
    (found,) = viewer.violations()
    assert "[image-alt]: img (" in found


def test_colours_that_change_are_judged_once_they_have(viewer: PageViewer, tmp_path: Path):
    style = "#words { color: #eee; transition: color 2s } .more { animation: indent 1s infinite }"
    style += "@keyframes indent { to { text-indent: 1px } }"
    words = f"<style>{style}</style><main><h1 id=words>Words</h1><p class=more>More</p></main>"
    (tmp_path / "page.html").write_text(f"<html lang=en><title>To-Do</title>{words}")
    viewer.at(tmp_path / "page.html")
    assert "[color-contrast]: #words (" in "".join(viewer.violations())
    viewer.run("document.querySelector('#words').style.color = '#000'")
    assert viewer.violations() == []


@pytest.mark.parametrize("name", PAGES)
def test_nobody_is_shut_out(viewer: PageViewer, name: str, request, tmp_path: Path):
    shown = PAGES[name](request).content.decode()
    # As it is sent; what sends a form by itself would leave the page.
    still = shown.replace("/static/superlists/complete_login.js", "/static/none.js")
    (tmp_path / "page.html").write_text(still.replace("/static/", f"{STATIC}/"))
    viewer.at(tmp_path / "page.html")
    assert viewer.violations() == []
