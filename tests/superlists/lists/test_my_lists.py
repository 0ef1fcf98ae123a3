"""A person finds her lists again, and those that others share with her."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.superlists.pages import field, parsed, text, texts

pytestmark = pytest.mark.django_db


def made_days_ago(one, days):
    one.created_at = timezone.now() - timedelta(days=days)
    one.save()
    return one


def test_own_lists_stand_newest_first_named_by_their_first_item(as_edith, edith, start_list):
    lists = {
        name: made_days_ago(start_list(name, "Another thing", owner=edith), days)
        for days, name in ((2, "Oldest"), (0, "Newest"), (1, "Middle"))
    }
    start_list("Of nobody's")
    page = as_edith.get("/lists/mine/")
    assert texts(page, "#id_own_lists li") == ["Newest", "Middle", "Oldest"]
    links = [link["href"] for link in parsed(page).select("#id_own_lists a")]
    assert links == [lists[name].get_absolute_url() for name in ("Newest", "Middle", "Oldest")]


def test_shared_lists_stand_below_newest_first_with_their_owner(as_francis, edith, francis, start_list):
    start_list("Mow the lawn", owner=francis)
    start_list("Hers alone", owner=edith)
    for days, name in ((1, "Hang the bunting"), (0, "Bake a cake")):
        made_days_ago(start_list(name, owner=edith, shared_with=[francis.email]), days)
    page = as_francis.get("/lists/mine/")
    assert texts(page, "#id_shared_lists li") == [
        "Bake a cake kept by edith@example.com",
        "Hang the bunting kept by edith@example.com",
    ]
    assert texts(page, "#id_own_lists li") == ["Mow the lawn"]
    assert texts(page, "ul[id]") == [text(page, "#id_own_lists"), text(page, "#id_shared_lists")]


def test_a_long_name_is_shortened(as_edith, edith, start_list):
    start_list("x" * 10_000, owner=edith)
    assert text(as_edith.get("/lists/mine/"), "#id_own_lists a") == "x" * 79 + "…"


def test_who_is_not_logged_in_is_asked_to_and_then_comes_back(client):
    response = client.get("/lists/mine/", follow=True)
    assert response.redirect_chain == [("/accounts/login/?next=/lists/mine/", 302)]
    assert field(response, "main input[name=next]")["value"] == "/lists/mine/"


def test_one_query_each_reads_own_and_shared_lists_however_many_and_no_item_but_the_first(
    as_edith, edith, francis, start_list
):
    for number in range(5):
        start_list(f"List {number}", "More", owner=edith)
        start_list(f"List {number}", "More", owner=francis, shared_with=[edith.email])
    with CaptureQueriesContext(connection) as queries:
        page = as_edith.get("/lists/mine/")
    assert len(parsed(page).select("#id_own_lists li, #id_shared_lists li")) == 10
    asked = [query["sql"] for query in queries if re.search("lists_(list|item)", query["sql"])]
    # Items are read by a subquery only, and of each list one.
    assert [sql.count("LIMIT 1)") for sql in asked] == [1, 1]
