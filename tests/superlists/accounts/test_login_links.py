"""A login link logs its holder in: once, in time, and only when the page is completed; and out again by a button."""

from datetime import timedelta

import pytest
from django.core.signing import get_cookie_signer
from django.test import Client
from django.utils import timezone

from superlists.accounts.models import LinkRefusedError, LoginLink, LoginLinkManager, User
from superlists.lists.models import List
from tests.superlists.accounts.conftest import logged_in_address
from tests.superlists.pages import field, parsed, text, texts

pytestmark = pytest.mark.django_db
REASONS = {
    "used": "This login link has already been used.",
    "expired": "This login link has expired.",
    "made up": "This login link is not one of ours.",
}


def scripts(page):
    return [script["src"].rpartition("/")[2] for script in parsed(page).select("script")]


def test_only_the_browser_that_asked_for_a_link_completes_it_by_itself(ask, mailed_path, client, as_francis):
    ask("edith@example.com")
    assert scripts(client.get(mailed_path())) == ["complete_login.js"]
    assert client.cookies["asked_for"]["httponly"]
    # Whoever is led to it elsewhere, a scanner that runs scripts included, reads whose it is, and decides.
    for browser, logged_in in ((Client(), []), (as_francis, ["francis@example.com"])):
        page = browser.get(mailed_path())
        assert (scripts(page), text(page, "#id_link_owner")) == ([], "edith@example.com")
        assert texts(page, "#id_logged_in") == logged_in
    client.post(mailed_path())
    assert not client.cookies["asked_for"].value


@pytest.mark.parametrize("email", ["edith@例え.jp", "edith@köping.example", "50%25@example.com"])
def test_the_cookie_of_whoever_asked_can_be_sent_whatever_the_address(ask, mailed_path, client, email):
    ask(email)
    # A header that has other letters ends in an error of the server, which the test's client does not have.
    client.cookies["asked_for"].OutputString().encode("ascii")
    assert scripts(client.get(mailed_path())) == ["complete_login.js"]


@pytest.mark.parametrize("kind", ["another's", "forged", "signed for something else", "old"])
def test_no_other_cookie_makes_a_link_complete_by_itself(ask, client, link_for, monkeypatch, kind):
    ask("boris@example.com")
    path = link_for("edith@example.com")
    signed = {
        "another's": client.cookies["asked_for"].value,
        "forged": f"edith@example.com{client.cookies['asked_for'].value.removeprefix('boris@example.com')}",
        "signed for something else": get_cookie_signer(salt="other").sign("edith@example.com"),
    }
    with monkeypatch.context() as earlier:
        earlier.setattr("time.time", lambda: timezone.now().timestamp() - 15 * 60 - 1)
        signed["old"] = get_cookie_signer(salt="asked_for").sign("edith@example.com")
    client.cookies["asked_for"] = signed[kind]
    assert scripts(client.get(path)) == []
    # The same with a good one: the cookie is what tells.
    client.cookies["asked_for"] = get_cookie_signer(salt="asked_for").sign("edith@example.com")
    assert scripts(client.get(path)) == ["complete_login.js"]


def test_looking_at_a_link_does_not_use_it_up(client, link_for):
    path = link_for("edith@example.com", created_at=timezone.now() - timedelta(minutes=14, seconds=50))
    for look in (client.get, client.head, client.get):
        assert (look(path).status_code, logged_in_address(client)) == (200, None)
    client.post(path)
    assert logged_in_address(client) == "edith@example.com"


def test_a_post_from_another_site_neither_logs_in_nor_uses_up_the_link_nor_logs_its_token(client, link_for, site_log):
    path = link_for("edith@example.com")
    forged = Client(enforce_csrf_checks=True)
    assert forged.post(path).status_code == 403
    assert logged_in_address(forged) is None
    assert "Forbidden (CSRF cookie not set.): /accounts/login/[token]/" in site_log.getvalue()
    assert path.split("/")[-2] not in site_log.getvalue()
    assert client.put(path).status_code == 405
    assert client.post(path).status_code == 302


def test_a_link_logs_in_its_own_address_whoever_was_logged_in_and_makes_it_known_once(as_francis, link_for, caplog):
    for email in ("boris@example.com", "edith@example.com", "edith+party@example.com", "edith@example.com"):
        path = link_for(email)
        link_for("harriet@example.com")
        as_francis.post(path)
        assert logged_in_address(as_francis) == text(as_francis.get("/"), ".navbar .navbar-text") == email
    assert User.objects.filter(email__startswith="edith@").count() == 1
    assert [line for line in caplog.messages if line.startswith("edith@example.com logged in")] == [
        "edith@example.com logged in by a link, for the first time",
        "edith@example.com logged in by a link",
    ]


def test_an_address_is_the_same_whatever_its_case(ask, mailed_path, mailoutbox, client, ediths_list):
    ask(" EDITH@Example.COM ")
    assert mailoutbox[0].to == ["edith@example.com"]
    client.post(mailed_path())
    assert logged_in_address(client) == "edith@example.com"
    # Also where code looks for it, or makes it.
    assert User.objects.get_or_create(email="EDITH@Example.com") == (ediths_list.owner, False)
    assert List.objects.filter(owner="EDITH@Example.COM").get() == ediths_list
    assert User.objects.create(email=" BORIS@Example.com ").email == "boris@example.com"


def test_of_two_requests_at_once_only_one_wins(monkeypatch):
    _, token = LoginLink.objects.make("edith@example.com")
    usable = LoginLinkManager.usable

    def usable_until_the_other_request(manager, looked_for):
        link = usable(manager, looked_for)
        manager.filter(pk=link.pk).update(used_at=timezone.now())
        return link

    monkeypatch.setattr(LoginLinkManager, "usable", usable_until_the_other_request)
    with pytest.raises(LinkRefusedError, match="already been used"):
        LoginLink.objects.use(token)


def test_a_links_page_is_never_kept_and_what_it_loads_is_not_told_its_address(client, link_for):
    path = link_for("edith@example.com")
    page = client.get(path)
    assert "no-store" in page["Cache-Control"]
    # Nor is it by the pages that refuse it.
    for answer in (page, client.get("/accounts/login/made-up/"), Client(enforce_csrf_checks=True).post(path)):
        assert answer["Referrer-Policy"] == "strict-origin"


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("kind", REASONS)
def test_a_link_that_cannot_be_used_says_why_offers_a_new_one_and_gives_nothing_away(
    client, link_for, site_log, kind, method
):
    now = timezone.now()
    fields = {"used": {"used_at": now}, "expired": {"created_at": now - timedelta(minutes=15)}}
    path = link_for("edith@example.com", **fields[kind]) if kind in fields else "/accounts/login/Zm9yZ2VkLXRva2Vu/"
    response = getattr(client, method)(path)
    assert response.status_code == 403
    assert "new link" in text(response, "h1")
    assert text(response, "#id_refusal[role=alert]").startswith(f"{REASONS[kind]} A link works once, for 15 minutes.")
    assert logged_in_address(client) is None
    assert f"Refused a login link: {REASONS[kind]}" in site_log.getvalue()
    assert "/accounts/login/[token]/" in site_log.getvalue()
    assert path.split("/")[-2] not in site_log.getvalue()
    form = field(response, "main form")
    assert (form["action"], form["method"]) == ("/accounts/send_login_email", "post")
    typed = {"email": "edith@example.com", "next": form.select_one("[name=next]").get("value", "")}
    assert client.post(form["action"], typed).status_code == 302


def test_a_session_of_someone_who_is_gone_is_nobodys(as_edith, as_francis, edith):
    edith.delete()
    assert parsed(as_edith.get("/")).select(".navbar input[name=email]")


def test_the_button_logs_out_and_the_old_session_is_worth_nothing(as_edith):
    stolen = Client()
    stolen.cookies["sessionid"] = as_edith.cookies["sessionid"].value
    button = field(as_edith.get("/"), ".navbar form[method=post] button#id_logout")
    response = as_edith.post(button.find_parent("form")["action"])
    assert (response.status_code, response["Location"]) == (302, "/")
    for browser in (as_edith, stolen):
        assert parsed(browser.get("/")).select(".navbar input[name=email]")


def test_no_link_logs_anyone_out(as_edith):
    assert as_edith.get("/accounts/logout").status_code == 405
    assert logged_in_address(as_edith) == "edith@example.com"


def test_logging_in_starts_another_session(client, link_for):
    session = client.session
    session["something"] = "before"
    session.save()
    client.cookies["sessionid"] = session.session_key
    client.post(link_for("edith@example.com"))
    assert client.session.session_key != session.session_key
