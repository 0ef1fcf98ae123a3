"""Static files with debug off: collected once, compressed, named by their content, and never missed."""

import json
import re

from tests.superlists.checkout import PRODUCTION, copied_to, python

SITE = PRODUCTION | {"DJANGO_DB_PATH": ":memory:", "DJANGO_SETTINGS_MODULE": "superlists.settings"}
PROGRAM = """
import django
django.setup()
from django.template import engines
from django.test import Client

def address(name):
    return engines["django"].from_string("{% load static %}{% static '" + name + "' %}").render()

hashed = address("superlists/site.css")
print(hashed)
for path in (hashed, "/static/superlists/site.css"):
    answer = Client().get(path, headers={"host": "lists.example.com"})
    print(answer.status_code, answer.headers.get("Cache-Control"))
address("superlists/sight.css")
"""


def test_they_are_served_for_good_under_the_name_of_their_content_alone(tmp_path):
    release = copied_to(tmp_path)
    # That they were not collected yet is no reason not to start.
    assert python(release, "-c", "import superlists.wsgi", **SITE).returncode == 0
    collected = python(release, "manage.py", "collectstatic", "--no-input", **PRODUCTION)
    assert (collected.returncode, collected.stderr) == (0, "")
    static = release / "static"
    names = json.loads((static / "staticfiles.json").read_text())["paths"]
    assert {"superlists/site.css", "superlists/forms.js", "vendor/bootstrap/bootstrap.min.css"} <= set(names)
    for plain, hashed in names.items():
        assert re.search(r"\.[0-9a-f]{12}(\.|$)", hashed)
        assert (static / hashed).read_bytes() == (static / plain).read_bytes()
    assert (static / f"{names['vendor/bootstrap/bootstrap.min.css']}.gz").exists()

    served = python(release, "-W", "error", "-c", PROGRAM, **SITE)
    path, by_hash, by_name = served.stdout.splitlines()
    assert re.fullmatch(r"/static/superlists/site\.[0-9a-f]{12}\.css", path)
    assert by_hash == "200 max-age=315360000, public, immutable"
    assert "immutable" not in by_name
    # A template that names a missing file fails.
    assert "ValueError: Missing staticfiles manifest entry for 'superlists/sight.css'" in served.stderr
