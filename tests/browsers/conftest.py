"""Each browser there is, started once, and a clean window of it for each test."""

import os
from collections.abc import Iterator

import pytest

from acceptance.browsers import BROWSERS
from acceptance.browsers.base import Browser, Browsers
from acceptance.settings import search_path
from acceptance.waiting import limit, set_limit
from tests.browsers.little_site import LittleSite


@pytest.fixture(scope="session")
def site() -> Iterator[LittleSite]:
    with LittleSite() as site:
        yield site


@pytest.fixture(scope="module", params=BROWSERS)
def browsers(request: pytest.FixtureRequest, site: LittleSite) -> Iterator[Browsers]:
    kind = BROWSERS[request.param]
    browsers = kind(kind.find(search_path(os.environ)), headless=True)
    before = limit()
    set_limit(2)
    try:
        browsers.visit(site.url)
        yield browsers
    finally:
        browsers.quit()
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
