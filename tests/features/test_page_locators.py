"""Each locator still exists in a page as the site renders it."""

import importlib
import pkgutil
import re
from collections.abc import Iterator

from bs4 import BeautifulSoup

from acceptance.page import Page
from features import pages
from tests.superlists.conftest import *  # noqa: F403 - the people and lists that the pages are about
from tests.superlists.every_page import PAGES

PROSE = {"NAME", "PATH"}
# What a browser adds to an element as people use it, and no template holds.
STATE = re.compile(r":user-invalid")


def locators() -> Iterator[tuple[str, str]]:
    for module in pkgutil.iter_modules(pages.__path__):
        importlib.import_module(f"features.pages.{module.name}")
    kinds = [Page]
    while kinds:
        kind = kinds.pop()
        kinds += kind.__subclasses__()
        for name, value in vars(kind).items():
            if name.isupper() and name not in PROSE and isinstance(value, str):
                yield f"{kind.__name__}.{name}", value


def test_each_locator_is_in_a_rendered_page(db, request):
    rendered = [BeautifulSoup(render(request).content, "html.parser") for render in PAGES.values()]
    found = {css: any(page.select_one(STATE.sub("", css)) for page in rendered) for _, css in locators()}
    assert [f"{name} = {css}" for name, css in locators() if not found[css]] == []
    assert len(found) > 15
