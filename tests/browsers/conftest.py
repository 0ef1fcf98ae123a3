"""Each browser there is, started once, and a clean window of it for each test."""

import os
from collections.abc import Iterator

import pytest

from acceptance.browsers import BROWSERS, REMOTE_BROWSERS
from acceptance.browsers.base import Browser, Browsers, Installed
from acceptance.settings import search_path
from acceptance.waiting import limit, set_limit
from scripts import grid
from tests.browsers.little_site import LittleSite

REMOTE = " on a grid"
KINDS = (*BROWSERS, *(f"{name}{REMOTE}" for name in REMOTE_BROWSERS))


@pytest.fixture(scope="session")
def running_grid() -> Iterator[grid.Grid]:
    with grid.running() as running:
        yield running


@pytest.fixture(scope="session")
def site() -> Iterator[LittleSite]:
    with LittleSite() as site:
        yield site


@pytest.fixture(scope="module", params=KINDS)
def browsers(request: pytest.FixtureRequest, site: LittleSite) -> Iterator[Browsers]:
    if request.param in BROWSERS:
        kind = BROWSERS[request.param]
        browsers = kind(kind.find(search_path(os.environ)), headless=True)
    else:
        installed = Installed(grid=request.getfixturevalue("running_grid").url)
        browsers = REMOTE_BROWSERS[request.param.removesuffix(REMOTE)](installed, headless=True)
    before = limit()
    set_limit(2)
    try:
        browsers.visit(site.url)
        yield browsers
    finally:
        browsers.kill()
        set_limit(before)


@pytest.fixture
def edith(browsers: Browsers, site: LittleSite) -> Iterator[Browser]:
    """Edith's browser, before the form."""
    edith = entered(browsers, site)
    edith.open("/")
    yield edith
    browsers.clean()


def entered(browsers: Browsers, site: LittleSite, **cookies: str) -> Browser:
    browser = browsers.open()
    browser.enter(site.url, cookies)
    return browser
