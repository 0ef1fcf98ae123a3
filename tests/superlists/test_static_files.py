"""Static files with debug off: collected once, compressed, named by their content, and never missed."""

import json
import re

import pytest

from tests.superlists.checkout import PRODUCTION, copied_to, python

DATABASE = {"DJANGO_DB_PATH": ":memory:"}
ASK = """
import sys, django
django.setup()
from django.test import Client
answer = Client().get(sys.argv[1], headers={"host": "lists.example.com"})
print(answer.status_code, answer.headers.get("Cache-Control"), answer.headers.get("Content-Encoding"))
"""
RENDER = """
import sys, django
django.setup()
from django.template import engines
print(engines["django"].from_string("{% load static %}{% static '" + sys.argv[1] + "' %}").render())
"""


@pytest.fixture(scope="module")
def release(tmp_path_factory):
    """A release whose static files were collected."""
    folder = copied_to(tmp_path_factory.mktemp("release"))
    collected = python(folder, "manage.py", "collectstatic", "--no-input", **PRODUCTION)
    assert (collected.returncode, collected.stderr) == (0, "")
    return folder


@pytest.fixture
def run(release):
    def call(code, *arguments, **environ):
        environ = PRODUCTION | DATABASE | {"DJANGO_SETTINGS_MODULE": "superlists.settings"} | environ
        return python(release, "-W", "error", "-c", code, *arguments, **environ)

    return call


def test_each_file_is_there_under_the_name_of_its_content_and_compressed(release):
    static = release / "static"
    named = json.loads((static / "staticfiles.json").read_text())["paths"]
    assert {"superlists/site.css", "superlists/forms.js", "vendor/bootstrap/bootstrap.min.css"} <= set(named)
    for plain, hashed in named.items():
        assert re.search(r"\.[0-9a-f]{12}(\.|$)", hashed)
        assert (static / hashed).read_bytes() == (static / plain).read_bytes()
    for plain in ("superlists/site.css", "vendor/bootstrap/bootstrap.min.css"):
        assert (static / f"{named[plain]}.gz").exists()


def test_a_template_names_the_file_by_its_content(run):
    said = run(RENDER, "superlists/site.css").stdout
    assert re.fullmatch(r"/static/superlists/site\.[0-9a-f]{12}\.css\n", said)


def test_a_template_that_names_a_missing_file_fails(run):
    failed = run(RENDER, "superlists/sight.css")
    assert failed.returncode == 1
    assert "ValueError: Missing staticfiles manifest entry for 'superlists/sight.css'" in failed.stderr


def test_the_site_serves_it_for_good_and_under_its_plain_name_not(run):
    hashed = run(RENDER, "superlists/site.css").stdout.strip()
    assert run(ASK, hashed).stdout == "200 max-age=315360000, public, immutable None\n"
    assert "immutable" not in run(ASK, "/static/superlists/site.css").stdout


def test_files_that_were_not_collected_are_no_reason_not_to_start(tmp_path):
    folder = copied_to(tmp_path)
    checked = python(folder, "-c", "import superlists.wsgi", **PRODUCTION, **DATABASE)
    assert checked.returncode == 0
