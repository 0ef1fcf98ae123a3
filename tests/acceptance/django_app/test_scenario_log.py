"""Lines of the site's log name the scenario they belong to."""

import logging

import pytest
from django.http import HttpResponse

from acceptance.django_app import scenario_log
from acceptance.django_app.scenario_log import ScenarioFormatter, ScenarioMiddleware

REFUSED_LINK = "/accounts/login/made-up/"
pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", [REFUSED_LINK, "/no/such/page"])
def test_all_that_is_logged_of_a_request_is_under_its_scenario_and_nothing_of_the_next(client, site_log, path):
    client.cookies["scenario"] = "sharing.feature-12_a"
    client.get(path)
    lines = site_log.getvalue().splitlines()
    # Django logs its refusal once the middleware is done.
    assert [line for line in lines if "django.request" in line]
    assert all(line.startswith("[sharing.feature-12_a] ") for line in lines)
    del client.cookies["scenario"]
    client.get(path)
    assert not [line for line in site_log.getvalue().splitlines()[len(lines) :] if line.startswith("[sharing")]


def seen_by_the_site(rf, cookie):
    request = rf.get("/")
    request.COOKIES["scenario"] = cookie
    return ScenarioMiddleware(lambda _: HttpResponse(scenario_log.current.get()))(request).content.decode()


def test_a_request_that_breaks_leaves_no_id_behind(rf):
    def breaks(_):
        raise RuntimeError

    request = rf.get("/")
    request.COOKIES["scenario"] = "sharing.12"
    with pytest.raises(RuntimeError):
        ScenarioMiddleware(breaks)(request)
    assert scenario_log.current.get() == ""


@pytest.mark.parametrize(
    "forged",
    ["x" * 65, "", "two words", "a\nb", "sharing.12\n", "a] b", "[a", "é", "a;b", "a/b", "\x1b[31m", "\u0661"],
)
def test_an_id_that_could_forge_a_line_is_left_out(rf, forged):
    assert seen_by_the_site(rf, forged) == ""
    assert seen_by_the_site(rf, "x" * 64) == "x" * 64


@pytest.mark.parametrize(("scenario", "mark"), [("sharing.12", "[sharing.12] "), ("", "")])
def test_every_physical_line_names_the_scenario_after_what_is_secret_was_left_out(scenario, mark):
    error = ValueError("open sesame\nis a made-up link")
    record = logging.LogRecord("x", logging.ERROR, __file__, 1, "Oh\r\n\ndear", (), (type(error), error, None))
    token = scenario_log.current.set(scenario)
    lines = ScenarioFormatter("%(message)s", redact=lambda text: text.replace("sesame", "…")).format(record)
    scenario_log.current.reset(token)
    assert lines.splitlines() == [
        f"{mark}{line}" for line in ("Oh", "", "dear", "ValueError: open …", "is a made-up link")
    ]
