"""What every page of the site promises to browsers, to people, and to other tools."""

import re
from pathlib import Path
from uuid import uuid4

import pytest
from django.template import engines
from django.test import Client
from django.test.signals import template_rendered
from django.urls import URLPattern, URLResolver, get_resolver

from features.project import PROJECT
from superlists.accounts.models import LoginLink, login_path
from tests.superlists.every_page import PAGES
from tests.superlists.pages import parsed, text, texts

pytestmark = pytest.mark.django_db


@pytest.fixture(params=PAGES)
def page(request):
    return PAGES[request.param](request)


def test_a_page_is_headed_as_promised_and_leads_to_places_that_it_has(page):
    # tests/screens/test_accessibility.py looks at labels, language and headings.
    assert "To-Do" in text(page, "title")
    assert "To-Do" in text(page, "h1")
    assert all(parsed(page).select(link["href"]) for link in parsed(page).select("a[href^='#']"))


def test_nothing_on_it_is_inline_or_from_elsewhere_nor_let_in(page):
    shown = parsed(page)
    assert not shown.select("style, [style], script:not([src])")
    assert not any(script.get_text() for script in shown.select("script"))
    assert not [found for found in shown.find_all() if any(name.startswith("on") for name in found.attrs)]
    loaded = [found.get("src") or found["href"] for found in shown.select("[src], link")]
    assert all(re.match(r"/static/|data:,$", address) for address in loaded), loaded
    directives = dict(directive.strip().split(" ", 1) for directive in page["Content-Security-Policy"].split(";"))
    assert directives["default-src"] == directives["form-action"] == "'self'"
    assert directives["frame-ancestors"] == directives["object-src"] == directives["base-uri"] == "'none'"
    assert not re.search("unsafe|\\*|http", page["Content-Security-Policy"])


def test_these_are_all_the_pages_there_are_each_with_a_title_of_its_own(request):
    rendered: set[str] = set()
    of_page: list[str] = []
    titles: dict[str, str] = {}

    def note(template, **_):
        of_page.append(template.name)

    template_rendered.connect(note)
    for show in PAGES.values():
        of_page.clear()
        page = show(request)
        titles.setdefault(text(page, "title"), of_page[0])
        assert titles[text(page, "title")] == of_page[0]
        rendered |= set(of_page)
    template_rendered.disconnect(note)
    (folder,) = map(Path, engines["django"].dirs)
    assert {str(file.relative_to(folder)) for file in folder.rglob("*.html")} <= rendered


def test_the_item_box_is_as_promised_and_has_a_button():
    for shown in (Client().get("/"), Client().post("/", {"text": "Tea"}, follow=True)):
        (box,) = parsed(shown).select("form[method=post] #id_text")
        assert (box["name"], box["placeholder"]) == ("text", "Enter a to-do item")
        assert box.has_attr("required")
        assert [button.get_text() for button in box.find_parent("form").select("button[type=submit]")] == ["Add"]


def test_title_and_heading_name_the_list_to_whoever_may_open_it(as_edith, ediths_list):
    for browser, named in ((as_edith, True), (Client(), False)):
        page = browser.get(ediths_list.get_absolute_url())
        assert ["Hang the bunting" in text(page, where) for where in ("title", "h1")] == [named, named]


def test_logged_out_the_navigation_bar_asks_for_an_address():
    shown = parsed(Client().get("/"))
    (box,) = shown.select(".navbar input[name=email]")
    form = box.find_parent("form")
    assert (box["type"], form["action"], form["method"]) == ("email", "/accounts/send_login_email", "post")
    assert not shown.select("#id_logout, a[href='/lists/mine/']")


def test_logged_in_the_navigation_bar_shows_who_and_leads_to_her_lists(as_edith, ediths_list):
    shown = as_edith.get("/")
    assert "edith@example.com" in text(shown, ".navbar")
    assert texts(shown, ".navbar a[href='/lists/mine/']") == ["My lists"]
    assert texts(shown, "button#id_logout[type=submit]") == ["Log out"]
    assert not parsed(shown).select("input[name=email]")
    (box,) = parsed(as_edith.get(ediths_list.get_absolute_url())).select("input[name=sharee]")
    assert (box["type"], box["placeholder"]) == ("email", "your-friend@example.com")


def test_a_page_that_breaks_says_sorry_and_the_log_says_why(site_log, broken_home):
    assert broken_home.status_code == 500
    assert "Sorry, something went wrong" in text(broken_home, "h1")
    assert "secret detail" not in broken_home.content.decode()
    assert "ERROR django.request: Internal Server Error: /" in site_log.getvalue()
    assert "RuntimeError: a secret detail" in site_log.getvalue()


def test_cookies_are_out_of_reach_of_scripts(client):
    _, token = LoginLink.objects.make("edith@example.com")
    client.post(login_path(token))
    assert all(client.cookies[name]["httponly"] for name in ("csrftoken", "sessionid"))


def test_answers_that_are_no_pages_have_a_policy_too(client, settings):
    answers = [client.get("/lists/mine/"), client.put("/")]
    settings.ALLOWED_HOSTS = ["lists.example.com"]
    answers.append(client.get("/", HTTP_HOST="evil.example.com"))
    settings.SECURE_SSL_REDIRECT = True
    redirecting = Client(HTTP_HOST="lists.example.com")
    answers += [redirecting.get("/"), redirecting.get("/health/")]
    assert [answer.status_code for answer in answers] == [302, 405, 400, 301, 200]
    assert all("default-src 'self'" in answer["Content-Security-Policy"] for answer in answers)


def test_browsers_rest_on_an_empty_page_with_the_opener_policy_of_the_others(client):
    resting = client.get(PROJECT.resting_path)
    assert (resting.status_code, resting.content) == (200, b"")
    # Where it changes, a browser begins a new frame, which takes 10 ms.
    assert resting["Cross-Origin-Opener-Policy"] == client.get("/")["Cross-Origin-Opener-Policy"]


def patterns(resolver, prefix=""):
    for each in resolver.url_patterns:
        route = f"{prefix}{each.pattern}"
        if isinstance(each, URLResolver):
            yield from patterns(each, route)
        elif isinstance(each, URLPattern):
            yield each.name, route


ROUTES = dict(patterns(get_resolver()))


@pytest.mark.parametrize("name", ROUTES)
def test_a_form_of_another_site_is_refused_everywhere(name, ediths_list, edith):
    path = f"/{ROUTES[name]}".replace("<uuid:list_id>", str(ediths_list.pk)).replace("<str:token>", uuid4().hex)
    assert "<" not in path
    edith_abroad = Client(enforce_csrf_checks=True)
    edith_abroad.force_login(edith)
    typed = {"text": "Boo", "sharee": "boris@example.com", "email": "boris@example.com"}
    refused = edith_abroad.post(path, typed)
    assert (refused.status_code, "form had grown old" in refused.content.decode()) == (403, True)
