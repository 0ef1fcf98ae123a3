import pytest

from tests.runs.conftest import Scratch

TOKEN = "ryDNivClcpi-bcIohJ1RJ6Z-NFXk64hzBWh5GJ7AQOc"
STEPS = f"""
from selenium.common.exceptions import WebDriverException
from features.pages.home_page import HomePage
from acceptance.waiting import eventually

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

@given("all the secrets are everywhere, as {{words}}")
def everywhere(context, words):
    import os, logging
    key = context.fixtures.create_session("edith@example.com")
    browser = context.actors["Edith"].browser
    browser.set_cookie("sessionid", key)
    HomePage.visited_by(context.actors["Edith"])
    told = f"{{os.environ['MAILBOX_PASSWORD']}} {{key}} {{words}}"
    browser.run("document.title = arguments[0]; document.body.append(arguments[0]); console.error(arguments[0])", told)
    print(told)
    logging.getLogger("superlists").warning("[%s] %s", context.scenario_id, told)
    with open("key", "w") as file:
        file.write(key)
    assert False, told
"""
FAILURES = [
    "an awaited page does not come",
    "a step quotes a link",
    "the browser quotes a link",
    "another error quotes a link",
]


PASSWORD = 'correct "horse" & <b>'


def test_no_artefact_tells_a_password_a_session_key_or_a_token(scratch: Scratch):
    scratch.tell(f"  Scenario: s\n    Given all the secrets are everywhere, as sessionid={TOKEN}\n", STEPS)
    ran = scratch.behave(
        "-D", "evidence=always", "--junit", "--format=ci", "--format=github", MAILBOX_PASSWORD=PASSWORD
    )
    assert ran.returncode == 1
    key = (scratch.root / "key").read_text()
    told = {path: path.read_text() for path in (scratch.root / "reports").rglob("*.*") if path.suffix != ".png"}
    names = {path.name for path in told}
    everywhere = {"results.jsonl", "s.html", "edith.html", "console.log", "site.log", "TESTS-told.xml"}
    assert everywhere | {"edith-source.txt"} <= names
    told[scratch.root / "stdout"] = ran.stdout + ran.stderr
    for path, text in told.items():
        for secret in (key, TOKEN, "horse"):
            assert secret not in text, f"{path}: {secret}"
    hidden = {path.name for path, text in told.items() if "[redacted]" in text}
    assert everywhere | {"stdout"} <= hidden


@pytest.mark.parametrize("form", ["pretty", "json"])
def test_no_report_tells_a_login_token(scratch: Scratch, form: str):
    scratch.tell("\n".join(f"  Scenario: s{n}\n    Given {failure}\n" for n, failure in enumerate(FAILURES)), STEPS)
    ran = scratch.behave("-D", "wait=0.3", "--junit", f"--format={form}")
    reports = [path for path in (scratch.root / "reports").rglob("*") if path.is_file() and path.suffix != ".png"]
    told = ran.stdout + ran.stderr + "".join(path.read_text() for path in reports)
    assert "/accounts/login/[redacted]/" in told
    assert TOKEN not in told, [line for line in told.splitlines() if TOKEN in line]
