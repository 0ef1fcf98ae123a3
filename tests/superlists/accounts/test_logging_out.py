"""Logging out is a button, not a link that anything could follow."""

from django.test import Client

from tests.superlists.accounts.conftest import logged_in_address
from tests.superlists.pages import field, parsed


def test_the_button_logs_out(as_edith, edith):
    button = field(as_edith.get("/"), ".navbar form[method=post] button#id_logout")
    assert button.get_text(strip=True) == "Log out"
    response = as_edith.post(button.find_parent("form")["action"])
    assert (response.status_code, response["Location"]) == (302, "/")
    assert logged_in_address(as_edith) is None
    assert parsed(as_edith.get("/")).select(".navbar input[name=email]")


def test_a_link_to_it_does_nothing(as_edith):
    assert as_edith.get("/accounts/logout").status_code == 405
    assert logged_in_address(as_edith) == "edith@example.com"


def test_another_site_cannot_log_someone_out(edith):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(edith)
    assert browser.post("/accounts/logout").status_code == 403
    assert logged_in_address(browser) == "edith@example.com"


def test_the_old_session_is_worth_nothing_afterwards(as_edith):
    stolen = Client()
    stolen.cookies["sessionid"] = as_edith.cookies["sessionid"].value
    as_edith.post("/accounts/logout")
    assert parsed(stolen.get("/")).select(".navbar input[name=email]")
