"""A list that is not yours looks exactly like one that does not exist."""

from uuid import uuid4

import pytest

from tests.superlists.pages import field, parsed, rows, without_csrf_tokens

pytestmark = pytest.mark.django_db
REQUESTS = {
    "opening": lambda client, path: client.get(path),
    "asking for its headers": lambda client, path: client.head(path),
    "adding an item": lambda client, path: client.post(path, {"text": "Boo"}),
    "adding nothing": lambda client, path: client.post(path),
    "sharing": lambda client, path: client.post(f"{path}share", {"sharee": "boris@example.com"}),
    "sharing with nobody": lambda client, path: client.post(f"{path}share"),
}


@pytest.fixture(params=["anonymous", "logged in"])
def stranger(request, client):
    return client if request.param == "anonymous" else request.getfixturevalue("as_francis")


def answer(response, path):
    headers = {name: value for name, value in response.items() if name != "Expires"}
    return response.status_code, headers, without_csrf_tokens(response).replace(path.encode(), b"")


@pytest.mark.parametrize("debug", [False, True])
@pytest.mark.parametrize("request_for", REQUESTS.values(), ids=REQUESTS)
def test_a_stranger_cannot_tell_a_list_from_none_and_changes_nothing(
    stranger, ediths_list, request_for, debug, settings
):
    settings.DEBUG = debug
    theirs, nowhere = ediths_list.get_absolute_url(), f"/lists/{uuid4()}/"
    refused = answer(request_for(stranger, theirs), theirs)
    assert refused == answer(request_for(stranger, nowhere), nowhere)
    assert refused[0] == 404
    assert b"bunting" not in refused[2]
    assert [item.text for item in ediths_list.items.all()] == ["Hang the bunting"]
    assert not ediths_list.shares.exists()


def test_owner_and_sharees_open_it_and_add_to_it_and_to_no_other(as_edith, as_francis, edith, start_list, ediths_list):
    shared = start_list("Bake a cake", owner=edith, shared_with=["francis@example.com", "boris@example.com"])
    as_francis.post(shared.get_absolute_url(), {"text": "Buy flour"})
    for browser in (as_edith, as_francis):
        assert rows(browser.get(shared.get_absolute_url())) == ["1: Bake a cake", "2: Buy flour"]
    assert as_francis.get(ediths_list.get_absolute_url()).status_code == 404


def test_a_logged_out_visitor_is_offered_to_log_in_and_come_back(client, ediths_list):
    path = ediths_list.get_absolute_url()
    # What posts alone is no page to come back to.
    for page in (client.get(path), client.post(f"{path}share"), client.post(f"{path}leave")):
        form = parsed(page).select_one("main form[action='/accounts/send_login_email']")
        assert form is not None
        assert form.select_one("[name=next]")["value"] == path
        assert form.select_one("[name=email]")["type"] == "email"


def test_a_logged_in_visitor_reads_which_address_it_is_not_shared_with(as_francis, ediths_list):
    page = as_francis.get(ediths_list.get_absolute_url())
    assert "francis@example.com" in field(page, "#id_not_found").get_text()
    assert not parsed(page).select("main form")


def test_a_lists_page_is_never_kept_by_a_cache_and_closes_with_the_session(as_edith, ediths_list):
    # Else whoever goes back, after somebody has logged out, sees it in a browser that keeps pages for that.
    for path in (ediths_list.get_absolute_url(), "/lists/mine/"):
        assert "no-store" in as_edith.get(path)["Cache-Control"], path
    as_edith.post("/accounts/logout")
    assert as_edith.get(ediths_list.get_absolute_url()).status_code == 404
