"""Lines of the site's log name the scenario they belong to."""

import logging

import pytest
from django.http import HttpResponse

from acceptance.django_app import scenario_log as scenario
from acceptance.django_app.scenario_log import ScenarioFormatter, ScenarioMiddleware

REFUSED_LINK = "/accounts/login/made-up/"
pytestmark = pytest.mark.django_db


def record(message, exc_info=None):
    return logging.LogRecord("superlists", logging.ERROR, __file__, 1, message, (), exc_info)


def about_the_link(site_log):
    return [line for line in site_log.getvalue().splitlines() if "Refused a login link" in line]


@pytest.fixture
def in_scenario():
    token = scenario.current.set("sharing.12")
    yield
    scenario.current.reset(token)


def test_a_request_of_a_scenario_is_logged_under_its_id(client, site_log):
    client.cookies["scenario"] = "sharing.feature-12_a"
    client.get(REFUSED_LINK)
    (line,) = about_the_link(site_log)
    assert line.startswith("[sharing.feature-12_a] ")


@pytest.mark.parametrize("path", [REFUSED_LINK, "/no/such/page"])
def test_what_django_logs_of_a_refusal_belongs_to_the_scenario_too(client, site_log, path):
    client.cookies["scenario"] = "sharing.12"
    client.get(path)
    lines = site_log.getvalue().splitlines()
    assert [line for line in lines if "django.request" in line]
    assert all(line.startswith("[sharing.12] ") for line in lines)


def test_the_next_request_is_not_logged_under_it(client, site_log):
    client.cookies["scenario"] = "sharing.12"
    client.get(REFUSED_LINK)
    del client.cookies["scenario"]
    client.get(REFUSED_LINK)
    assert [line.startswith("[sharing.12] ") for line in about_the_link(site_log)] == [True, False]


def test_a_request_that_breaks_leaves_no_id_behind(rf):
    def breaks(_):
        raise RuntimeError

    request = rf.get("/")
    request.COOKIES["scenario"] = "sharing.12"
    with pytest.raises(RuntimeError):
        ScenarioMiddleware(breaks)(request)
    assert scenario.current.get() == ""


@pytest.mark.parametrize("longest", ["x", "x" * 64])
def test_an_id_is_at_hand_while_the_request_is_answered(rf, longest):
    request = rf.get("/")
    request.COOKIES["scenario"] = longest
    answer = ScenarioMiddleware(lambda _: HttpResponse(scenario.current.get()))(request)
    assert answer.content.decode() == longest


@pytest.mark.parametrize(
    "forged",
    ["x" * 65, "", "two words", "a\nb", "sharing.12\n", "a] b", "[a", "é", "a;b", "a/b", "\x1b[31m", "\u0661"],
)
def test_an_id_that_could_forge_a_line_is_left_out(rf, forged):
    request = rf.get("/")
    request.COOKIES["scenario"] = forged
    answer = ScenarioMiddleware(lambda _: HttpResponse(scenario.current.get()))(request)
    assert answer.content == b""


def test_every_physical_line_names_the_scenario(in_scenario):
    assert ScenarioFormatter("%(message)s").format(record("one\ntwo\r\n\nthree")) == (
        "[sharing.12] one\n[sharing.12] two\n[sharing.12] \n[sharing.12] three"
    )


def test_the_lines_of_a_traceback_name_it_too(in_scenario):
    error = ValueError("/accounts/login/c2VjcmV0/\nis a made-up link")
    lines = ScenarioFormatter().format(record("Oh dear", (type(error), error, None))).splitlines()
    assert lines == [
        "[sharing.12] Oh dear",
        "[sharing.12] ValueError: /accounts/login/[token]/",
        "[sharing.12] is a made-up link",
    ]


def test_outside_a_scenario_lines_are_left_as_they_are():
    assert ScenarioFormatter("%(message)s").format(record("one\n/accounts/login/c2VjcmV0/\n")) == (
        "one\n/accounts/login/[token]/\n"
    )
