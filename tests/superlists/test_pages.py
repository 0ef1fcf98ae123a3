"""What every page of the site promises to browsers and to people."""

import re
from pathlib import Path

import pytest
from django.template import engines
from django.test.signals import template_rendered

from tests.superlists.every_page import PAGES
from tests.superlists.pages import parsed, text

pytestmark = pytest.mark.django_db


@pytest.fixture(params=PAGES)
def page(request):
    return PAGES[request.param](request)


def test_title_and_heading_speak_of_to_do_lists(page):
    assert "To-Do" in text(page, "title")
    assert "To-Do" in text(page, "h1")


def test_every_field_says_what_it_is_for(page):
    shown = parsed(page)
    for box in shown.select("input:not([type=hidden]), textarea, select"):
        labels = shown.select(f"label[for='{box.get('id')}']")
        assert box.get("aria-label") or any(label.get_text(strip=True) for label in labels), box


def test_every_reference_within_the_page_leads_somewhere(page):
    shown = parsed(page)
    ids = [found["id"] for found in shown.select("[id]")]
    assert len(ids) == len(set(ids))
    referring = ("for", "aria-describedby", "aria-labelledby")
    assert {named[name] for name in referring for named in shown.select(f"[{name}]")} <= set(ids)
    assert {link["href"][1:] for link in shown.select("a[href^='#']")} <= set(ids)


def test_nothing_on_it_is_inline(page):
    shown = parsed(page)
    assert not shown.select("style, [style], script:not([src])")
    assert not any(script.get_text() for script in shown.select("script"))
    assert not [found for found in shown.find_all() if any(name.startswith("on") for name in found.attrs)]


def test_everything_on_it_comes_from_the_site_itself(page):
    loaded = [found.get("src") or found["href"] for found in parsed(page).select("[src], link")]
    assert all(re.match(r"/static/|data:,$", address) for address in loaded), loaded


def test_its_content_security_policy_lets_nothing_else_in(page):
    policy = page["Content-Security-Policy"]
    directives = dict(directive.strip().split(" ", 1) for directive in policy.split(";"))
    assert directives["default-src"] == "'self'"
    assert directives["form-action"] == "'self'"
    assert directives["frame-ancestors"] == directives["object-src"] == directives["base-uri"] == "'none'"
    assert not re.search("unsafe|\\*|http", policy)


def test_it_says_its_language_and_fits_a_phone(page):
    assert parsed(page).html["lang"] == "en"
    assert parsed(page).select("meta[name=viewport][content^='width=device-width']")


def test_these_are_all_the_pages_there_are(request):
    rendered = set()

    def note(template, **_):
        rendered.add(template.name)

    template_rendered.connect(note)
    for show in PAGES.values():
        show(request)
    template_rendered.disconnect(note)
    (folder,) = map(Path, engines["django"].dirs)
    assert {str(file.relative_to(folder)) for file in folder.rglob("*.html")} <= rendered
