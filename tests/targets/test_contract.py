"""What a Given may rely on, whatever the target."""

import json
import time
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from acceptance.targets.base import FixtureError, Target, TargetError
from acceptance.targets.site_log import OTHERS
from tests.targets.visitor import Visitor


@pytest.fixture(autouse=True)
def _empty(target: Target) -> None:
    target.manage("reset_site", "--site", target.identity().name)


def get(target: Target, path: str, **cookies: str) -> str:
    """Return what the site answers over HTTP, as a browser would have it."""
    sent = "; ".join(f"{name}={value}" for name, value in cookies.items())
    with urlopen(Request(target.base_url + path, headers={"Cookie": sent}), timeout=10) as answer:
        return str(answer.read().decode())


def test_the_site_says_which_one_it_is(target):
    said = json.loads(get(target, "/health/"))
    assert (said["site"], said["environment"], said["release"]) == (
        target.identity().name,
        target.identity().environment,
        target.identity().release,
    )
    assert said["healthy"] is True


def test_a_session_logs_its_owner_in(target):
    key = target.manage("create_session", "Edith@Example.com")
    assert "edith@example.com" in get(target, "/", sessionid=key)


def test_a_list_is_where_its_path_says(target):
    path = target.manage("create_list", "--", "Buy peacock feathers", "--odd", "Köp 🦚")
    answer = get(target, path)
    assert "1: Buy peacock feathers" in answer
    assert "2: --odd" in answer
    assert "3: Köp 🦚" in answer


def test_reset_empties_the_site(target):
    key = target.manage("create_session", "edith@example.com")
    path = target.manage("create_list", "Buy milk")
    target.manage("reset_site", "--site", target.identity().name)
    assert "edith@example.com" not in get(target, "/", sessionid=key)
    with pytest.raises(HTTPError, match="404"):
        get(target, path)


@pytest.mark.parametrize(
    ("command", "says"),
    [
        (["reset_site", "--site", "lists.example.com"], "you mean the site 'lists.example.com', but this is"),
        (["create_session", "nobody"], "'nobody' is not an email address"),
        (["create_login_link", "edith@example.com", "--age", "soon"], "invalid int value: 'soon'"),
        (["drop_everything"], "Unknown command: 'drop_everything'"),
    ],
)
def test_a_refused_command_says_why_and_names_itself(target, command, says):
    path = target.manage("create_list", "Still here")
    with pytest.raises(FixtureError) as refused:
        target.manage(*command)
    assert says in str(refused.value)
    assert command[0] in str(refused.value)
    assert "Still here" in get(target, path)


def test_a_site_that_lives_is_not_gone(target):
    assert target.failure_reason() == ""
    assert target.fixtures_unavailable() == ""


def test_the_log_of_a_scenario_has_its_own_lines_first(target):
    began = time.time()
    with pytest.raises(HTTPError):
        get(target, "/accounts/login/s3cret-of-one/", scenario="sharing.1")
    with pytest.raises(HTTPError):
        get(target, "/accounts/login/s3cret-of-two/", scenario="sharing.2")
    with pytest.raises(HTTPError):
        get(target, "/nowhere/")
    own, _, unclaimed = target.log("sharing.1", began).partition(OTHERS)
    assert own.count("Refused a login link: This login link is not one of ours.") == 1
    assert "/nowhere/" in unclaimed
    assert "Refused" not in unclaimed
    assert "s3cret" not in own + unclaimed


def test_the_log_begins_where_the_scenario_began(target):
    with pytest.raises(HTTPError):
        get(target, "/nowhere/", scenario="sharing.3")
    assert target.log("sharing.3", time.time() + 1) == ""


def test_mail_is_read_for_whom_it_is_and_no_older_than_asked(target):
    visitor = Visitor(target.base_url)
    before = target.mailbox.now()
    for email in ("edith@example.com", "boris@example.com"):
        assert "Check your email" in visitor.send("/accounts/send_login_email", email=email)
    wanted = ("edith@example.com", "Your login link for Superlists")
    mail = target.mailbox.wait_for(*wanted, before, site=target.base_url)
    assert mail.to == "edith@example.com"
    assert mail.body.strip().splitlines()[-1] == mail.links_to(target.base_url)[-1]
    assert mail.links[0].startswith(f"{target.base_url}/accounts/login/")
    with pytest.raises(AssertionError, match="a mail to edith"):
        target.mailbox.wait_for(*wanted, target.mailbox.now() + 1)
    with pytest.raises(AssertionError, match=f"its link leads to {target.base_url}"):
        target.mailbox.wait_for(*wanted, before, site="https://elsewhere.example.com")


def test_a_site_that_is_not_up_takes_no_fixtures(unstarted):
    with pytest.raises(TargetError, match=r"not up|not open"):
        unstarted().manage("create_session", "edith@example.com")


def test_stopping_twice_is_as_good_as_once(unstarted):
    other = unstarted()
    other.stop()
    other.stop()
