"""The owner shares a list with an address."""

import re

import pytest
from django.db import IntegrityError, transaction

from superlists.lists.forms import ShareForm
from superlists.lists.models import List, Share
from tests.superlists.pages import field, parsed, rows, text, texts

pytestmark = pytest.mark.django_db
BAD_ADDRESS = "Enter an email address, such as your-friend@example.com."


def share(browser, shared, sharee):
    return browser.post(f"{shared.get_absolute_url()}share", {"sharee": sharee})


def test_the_owner_shares_and_all_see_with_whom(as_edith, as_francis, ediths_list, edith, start_list):
    # A friend may have another list already.
    start_list("Bake a cake", owner=edith, shared_with=["francis@example.com"])
    path = ediths_list.get_absolute_url()
    for sharee in ("FRANCIS@Example.com", "boris@example.com"):
        response = share(as_edith, ediths_list, sharee)
        assert (response.status_code, response["Location"]) == (302, path)
    for browser in (as_edith, as_francis):
        assert texts(browser.get(path), ".list-sharee") == ["francis@example.com", "boris@example.com"]
    assert text(as_francis.get(path), "#id_list_owner") == "edith@example.com"


@pytest.mark.parametrize(
    ("sharee", "reason"),
    [
        *((sharee, BAD_ADDRESS) for sharee in ("", "francis", "francis@example.com, boris@example.com")),
        # A log would obey it.
        ('"\x1b[31m"@example.com', BAD_ADDRESS),
        ("edith@example.com", "This is your own address: the list is yours already."),
        (" EDITH@Example.com", "This is your own address: the list is yours already."),
        ("taken@example.com", "This list is already shared with them."),
        ("Taken@EXAMPLE.com ", "This list is already shared with them."),
    ],
)
def test_an_address_that_makes_no_sense_is_refused_marked_and_tied_to_its_reason(as_edith, ediths_list, sharee, reason):
    ediths_list.shares.create(email="taken@example.com")
    response = share(as_edith, ediths_list, sharee)
    assert (response.status_code, text(response, ".invalid-feedback")) == (200, reason)
    assert [str(kept) for kept in ediths_list.shares.all()] == ["taken@example.com"]
    assert rows(response) == ["1: Hang the bunting"]
    box = field(response, "input[name=sharee]")
    assert (box.get("value", ""), box["aria-invalid"]) == (sharee, "true")
    assert "is-invalid" in box["class"]
    assert "invalid-feedback" in parsed(response).find(id=box["aria-describedby"])["class"]
    assert "is-invalid" not in field(response, "#id_text")["class"]


def test_sharing_twice_at_once_is_as_good_as_once(ediths_list):
    form = ShareForm({"sharee": "francis@example.com"}, for_list=ediths_list)
    assert form.is_valid()
    ediths_list.shares.create(email="francis@example.com")
    form.save()
    with pytest.raises(IntegrityError), transaction.atomic():
        ediths_list.shares.create(email="FRANCIS@example.com")
    assert Share.objects.count() == 1


def test_a_sharee_may_not_share_on_and_is_not_offered_to(as_francis, ediths_list, francis, caplog):
    ediths_list.shares.create(email=francis.email)
    path = ediths_list.get_absolute_url()
    assert not parsed(as_francis.get(path)).select("[name=sharee], form[action$=share]")
    response = share(as_francis, ediths_list, "boris@example.com")
    assert (response.status_code, text(response, "h1")) == (403, "Only the owner can share a To-Do list")
    assert field(response, "main a")["href"] == path
    assert texts(as_francis.get(path), ".list-sharee") == ["francis@example.com"]
    # Neither page nor log says more than the visitor knows.
    assert not re.search("edith|boris|bunting", text(response, "main"))
    refusal = "Refused to share a list of edith@example.com: it was asked for by someone who does not own it"
    assert refusal in caplog.messages


@pytest.mark.parametrize("visitor", ["client", "as_francis"])
def test_an_ownerless_list_cannot_be_shared(request, visitor, open_list):
    browser = request.getfixturevalue(visitor)
    assert share(browser, open_list, "boris@example.com").status_code == 403
    assert not Share.objects.exists()
    assert not parsed(browser.get(open_list.get_absolute_url())).select("[name=sharee], .list-sharee, #id_list_owner")


def test_a_sharee_leaves_a_list_and_it_stays_for_the_others(as_edith, as_francis, edith, francis, start_list):
    # Another person, whose address begins like hers who leaves.
    both = [francis.email, f"{francis.email}.au"]
    left, kept = (start_list(name, owner=edith, shared_with=both) for name in ("Hang the bunting", "Bake a cake"))
    button = field(as_francis.get(left.get_absolute_url()), "form[method=post] button#id_leave")
    page = as_francis.post(button.find_parent("form")["action"], follow=True)
    assert page.redirect_chain == [("/lists/mine/", 302)]
    assert texts(page, "#id_shared_lists a") == ["Bake a cake"]
    assert as_francis.get(left.get_absolute_url()).status_code == 404
    assert texts(as_edith.get(left.get_absolute_url()), ".list-sharee") == both[1:]
    assert texts(as_edith.get(kept.get_absolute_url()), ".list-sharee") == both


@pytest.mark.parametrize(("visitor", "status"), [("as_edith", 302), ("client", 404), ("as_francis", 404)])
def test_only_a_sharee_can_leave_a_list(request, visitor, status, ediths_list):
    ediths_list.shares.create(email="boris@example.com")
    browser = request.getfixturevalue(visitor)
    path = ediths_list.get_absolute_url()
    assert not parsed(browser.get(path)).select("#id_leave")
    answer = browser.post(f"{path}leave")
    assert (answer.status_code, answer.get("Location", path)) == (status, path)
    assert (List.objects.count(), Share.objects.count()) == (1, 1)


@pytest.mark.parametrize("action", ["share", "leave"])
def test_sharing_and_leaving_post_only(as_edith, ediths_list, action):
    assert as_edith.get(f"{ediths_list.get_absolute_url()}{action}").status_code == 405
