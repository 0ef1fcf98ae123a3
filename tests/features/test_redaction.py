from types import SimpleNamespace
from typing import Any

import pytest
from behave.capture import Captured, ManyCaptured
from selenium.common.exceptions import WebDriverException

from features.redaction import Redaction, redacted

TOKEN = "ryDNivClcpi-bcIohJ1RJ6Z-NFXk64hzBWh5GJ7AQOc"


@pytest.mark.parametrize(
    ("said", "instead"),
    [
        (f'<a href="/accounts/login/{TOKEN}/">', '<a href="/accounts/login/[redacted]/">'),
        ('<input name="csrfmiddlewaretoken" value="abc">', '<input name="csrfmiddlewaretoken" value="[redacted]">'),
        ("Cookie: sessionid=abc; csrftoken=def", "Cookie: sessionid=[redacted]; csrftoken=[redacted]"),
        ("/lists/abc/", "/lists/abc/"),
    ],
)
def test_secrets_are_left_out(said, instead):
    assert redacted(said) == instead


@pytest.mark.parametrize(
    "error", [WebDriverException(f"/accounts/login/{TOKEN}/"), KeyError(f"/accounts/login/{TOKEN}/")]
)
def test_a_failed_step_tells_no_secret(error):
    said = f"ERROR: /accounts/login/{TOKEN}/"
    step: Any = SimpleNamespace(error_message=said, exception=error, captured=ManyCaptured([Captured(said, said)]))
    Redaction().result(step)
    assert TOKEN not in step.error_message + str(step.exception) + step.captured.make_report()


def test_a_step_that_passed_is_left_alone():
    Redaction().result(SimpleNamespace(error_message=None))
