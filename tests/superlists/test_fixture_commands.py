"""`create_list`, `share_list` and `create_login_link` make what people would have made."""

import pytest
from django.core.management import CommandError, call_command

from acceptance.django_app.models import Stamp
from superlists.accounts.models import LoginLink, User
from superlists.lists.models import Item, List, Share
from tests.superlists.pages import rows, text, texts

pytestmark = pytest.mark.django_db
NOWHERE = "5c1a7d0e-0000-4000-8000-000000000000"


@pytest.fixture(autouse=True)
def stamped(db):
    Stamp.objects.get_or_create(site="localhost")


def test_create_list_prints_the_path_of_a_new_list_of_nobodys(run, client, edith):
    paths = {run("create_list", "Tea", "Milk", "Tea") for _ in range(2)}
    assert len(paths) == List.objects.count() == 2
    path = paths.pop()
    assert rows(client.get(path)) == ["1: Tea", "2: Milk"]
    # As if somebody had typed it.
    assert text(client.post(path, {"text": "Tea"}), ".invalid-feedback") == "You've already got this in your list"
    assert not List.objects.exclude(owner=None).exists()


def test_an_owner_gets_it_among_her_lists_and_is_known_from_then_on(run, as_edith):
    run("create_list", "Hang the bunting", "--owner", "EDITH@example.com")
    assert texts(as_edith.get("/lists/mine/"), "#id_own_lists li") == ["Hang the bunting"]
    run("create_list", "Tea", "--owner", "newcomer@example.com")
    assert User.objects.get(email="newcomer@example.com").lists.count() == 1


@pytest.mark.parametrize("form", ["{0.pk}", "/lists/{0.pk}/", "http://localhost:8000/lists/{0.pk}/"])
def test_share_list_shares_this_list_once_by_id_path_or_address(run, start_list, ediths_list, edith, form):
    start_list("Another of hers", owner=edith)
    for email in ("Francis@Example.com", "francis@example.com"):
        assert run("share_list", form.format(ediths_list), email) == "francis@example.com"
    (share,) = Share.objects.all()
    assert (share.email, share.list) == ("francis@example.com", ediths_list)


def test_the_path_of_create_login_link_logs_in(run, client, mailoutbox):
    client.post(run("create_login_link", "Edith@Example.com"))
    assert text(client.get("/"), ".navbar .navbar-text") == "edith@example.com"
    assert not mailoutbox


@pytest.mark.parametrize(("age", "status"), [("0", 200), ("14", 200), ("15", 403), ("525600", 403)])
def test_that_link_can_have_been_made_a_while_ago_and_leaves_others_as_they_are(run, client, age, status):
    young = run("create_login_link", "edith@example.com")
    assert client.get(run("create_login_link", "edith@example.com", "--age", age)).status_code == status
    assert client.get(young).status_code == 200


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        (["create_list"], "required: ITEM"),
        (["create_list", ""], "An ITEM is empty"),
        (["create_list", "  "], "An ITEM is empty"),
        (["create_list", "Tea", "--owner", ""], "'' is not an email address"),
        (["create_list", "Tea", "--owner", "edith"], "'edith' is not an email address"),
        *(
            (["share_list", named, "francis@example.com"], f"^There is no list {named!r}$")
            for named in (NOWHERE, f"/lists/{NOWHERE}/", "street party", "")
        ),
        (["share_list", "{open}", "francis@example.com"], "has no owner who could share it"),
        (["share_list", "{ediths}", "francis"], "'francis' is not an email address"),
        (["share_list", "{ediths}", "EDITH@example.com"], r"edith@example\.com owns the list"),
        (["create_login_link", "edith"], "'edith' is not an email address"),
        (["create_login_link", "edith@example.com", "--age=-1"], "^--age is -1; allowed: 0 to 525600 minutes$"),
        (["create_login_link", "edith@example.com", "--age=525601"], "^--age is 525601; allowed: 0 to 525600"),
    ],
)
def test_what_nobody_could_have_made_is_refused_and_nothing_is_made(open_list, ediths_list, command, reason):
    with pytest.raises(CommandError, match=reason):
        call_command(*(argument.format(open=open_list.pk, ediths=ediths_list.pk) for argument in command))
    assert List.objects.count() == Item.objects.count() == 2
    assert not Share.objects.exists()
    assert not LoginLink.objects.exists()
