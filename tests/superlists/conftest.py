"""Edith, Francis, their browsers and their lists."""

import logging
from io import StringIO

import pytest
from django.core.management import call_command
from django.db.utils import ConnectionHandler
from django.test import Client

from superlists.accounts.models import User
from superlists.lists.models import Item, List, Share


@pytest.fixture
def edith(db):
    return User.objects.create(email="edith@example.com")


@pytest.fixture
def francis(db):
    return User.objects.create(email="francis@example.com")


@pytest.fixture
def as_edith(edith):
    return logged_in(edith)


@pytest.fixture
def as_francis(francis):
    return logged_in(francis)


@pytest.fixture
def start_list(db):
    def start(*texts, owner=None, shared_with=()):
        started = List.objects.create(owner=owner)
        for text in texts:
            Item.objects.create(list=started, text=text)
        for email in shared_with:
            Share.objects.create(list=started, email=email)
        return started

    return start


@pytest.fixture
def open_list(start_list):
    return start_list("Buy peacock feathers")


@pytest.fixture
def ediths_list(start_list, edith):
    return start_list("Hang the bunting", owner=edith)


@pytest.fixture
def shared_list(ediths_list, francis):
    ediths_list.shares.create(email=francis.email)
    return ediths_list.get_absolute_url()


@pytest.fixture
def broken_home(monkeypatch):
    def fail(*_, **__):
        raise RuntimeError("a secret detail")

    monkeypatch.setattr("superlists.lists.views.ItemForm", fail)
    return Client(raise_request_exception=False).get("/")


@pytest.fixture
def no_database(db, tmp_path):
    """A connection to a database that does not answer."""
    nowhere = tmp_path / "no such folder" / "lists.sqlite3"
    return ConnectionHandler({"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": str(nowhere)}})["default"]


@pytest.fixture
def run(capsys):
    """Run a command; return what it printed."""

    def call(*command):
        call_command(*command)
        return capsys.readouterr().out.strip()

    return call


@pytest.fixture
def site_log():
    """What the site writes to its console, as its own formatter writes it."""
    (console,) = (handler for handler in logging.getLogger("django").handlers if type(handler) is logging.StreamHandler)
    written = StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(console.formatter)
    loggers = [logging.getLogger(name) for name in ("superlists", "acceptance", "django")]
    for logger in loggers:
        logger.addHandler(handler)
    yield written
    for logger in loggers:
        logger.removeHandler(handler)


def logged_in(user):
    client = Client()
    client.force_login(user)
    return client
