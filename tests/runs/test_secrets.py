import pytest

from tests.runs.conftest import Scratch

TOKEN = "ryDNivClcpi-bcIohJ1RJ6Z-NFXk64hzBWh5GJ7AQOc"
STEPS = f"""
from selenium.common.exceptions import WebDriverException
from features.pages.home_page import HomePage
from features.waiting import eventually

LINK = "http://localhost/accounts/login/{TOKEN}/"

@given("an awaited page does not come")
def awaits(context):
    context.actors["Edith"].browser.open("/accounts/login/{TOKEN}/")
    HomePage.seen_by(context.actors["Edith"])

@given("a step quotes a link")
def quotes(context):
    assert False, LINK

@given("the browser quotes a link")
def breaks(context):
    raise WebDriverException("cannot click <a href='" + LINK + "'>")

@given("another error quotes a link")
def raises(context):
    raise KeyError(LINK)
"""
FAILURES = [
    "an awaited page does not come",
    "a step quotes a link",
    "the browser quotes a link",
    "another error quotes a link",
]


@pytest.mark.parametrize("form", ["pretty", "json"])
def test_no_report_tells_a_login_token(scratch: Scratch, form: str):
    scratch.tell("\n".join(f"  Scenario: s{n}\n    Given {failure}\n" for n, failure in enumerate(FAILURES)), STEPS)
    ran = scratch.behave("-D", "wait=0.3", "--junit", f"--format={form}")
    reports = [path for path in (scratch.root / "reports").rglob("*") if path.is_file() and path.suffix != ".png"]
    told = ran.stdout + ran.stderr + "".join(path.read_text() for path in reports)
    assert "/accounts/login/[redacted]/" in told
    assert TOKEN not in told, [line for line in told.splitlines() if TOKEN in line]
