"""Each locator still exists in a page as the site renders it."""

import importlib
import pkgutil
import re
from collections.abc import Iterator
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from acceptance.page import Page
from features import pages
from superlists.accounts.models import LoginLink, User, login_path
from superlists.lists.models import Item, List, Share

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


@pytest.fixture
def rendered(client: Client, db: None, settings: Any) -> list[BeautifulSoup]:
    """Every page that people meet, in the states in which it shows most."""
    edith = User.objects.create(email="edith@example.com")
    mine = List.objects.create(owner=edith)
    Item.objects.create(list=mine, text="Hang the bunting")
    Share.objects.create(list=mine, email="onesiphorus@example.com")
    theirs = List.objects.create(owner=User.objects.create(email="francis@example.com"))
    Item.objects.create(list=theirs, text="Plan the surprise")
    Share.objects.create(list=theirs, email=edith.email)
    ask = {"email": "boris@example.com"}
    answers = [
        client.get("/"),
        client.post("/accounts/send_login_email", ask, follow=True),
        client.get(mine.get_absolute_url()),
        client.get("/accounts/login/made-up/"),
        client.post("/accounts/send_login_email", {"email": "boris@example"}),
    ]
    link = login_path(LoginLink.objects.make("boris@example.com")[1])
    for _ in range(4):
        LoginLink.objects.make("boris@example.com")
    answers.append(client.post("/accounts/send_login_email", ask))
    settings.EMAIL_BACKEND = "superlists.accounts.mail.UnsetBackend"
    answers.append(client.post("/accounts/send_login_email", {"email": "francis@example.com"}))
    client.force_login(User.objects.create(email="onesiphorus@example.org"))
    answers.append(client.get("/lists/mine/"))
    client.force_login(edith)
    answers += [
        client.get(link),
        client.get(theirs.get_absolute_url()),
        client.get("/lists/mine/"),
        client.post(mine.get_absolute_url(), {"text": "Hang the bunting"}),
    ]
    return [BeautifulSoup(answer.content, "html.parser") for answer in answers]


def test_there_are_locators():
    assert len(list(locators())) > 15


def test_each_locator_is_in_a_rendered_page(rendered):
    missing = [
        f"{name} = {css}"
        for name, css in locators()
        if not any(page.select_one(STATE.sub("", css)) for page in rendered)
    ]
    assert missing == []
