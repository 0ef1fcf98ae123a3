"""No address of the site takes a form of another site: each that is there, and each that will be."""

from uuid import uuid4

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver


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
