"""No secret is in any artefact of a run, wherever it stands."""

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

@given("all the secrets are everywhere")
def everywhere(context):
    import os, logging
    key = context.fixtures.create_session("edith@example.com")
    browser = context.actors["Edith"].browser
    browser.set_cookie("sessionid", key)
    HomePage.visited_by(context.actors["Edith"])
    told = f"{{os.environ['MAILBOX_PASSWORD']}} {{key}} sessionid={TOKEN}"
    browser.run("document.title = arguments[0]; document.body.append(arguments[0]); console.error(arguments[0])", told)
    print(told)
    logging.getLogger("superlists").warning("[%s] %s", context.scenario_id, told)
    with open("key", "w") as file:
        file.write(key)
    assert False, told
"""
PASSWORD = 'correct "horse" & <b>'
FAILURES = (
    "all the secrets are everywhere",
    "an awaited page does not come",
    "a step quotes a link",
    "the browser quotes a link",
    "another error quotes a link",
)
FORMATS = ("--format=pretty", "--outfile=pretty.txt", "--format=json", "--outfile=json.txt")


def test_no_artefact_holds_a_password_a_session_key_or_a_token(scratch: Scratch):
    scratch.tell("\n".join(f"  Scenario: s{n}\n    Given {failure}\n" for n, failure in enumerate(FAILURES)), STEPS)
    ran = scratch.behave(
        *("-D", "evidence=always", "-D", "wait=0.3", "-D", "seed=off", "--junit"),
        *(*FORMATS, "--format=ci", "--format=github"),
        MAILBOX_PASSWORD=PASSWORD,
    )
    assert ran.returncode == 1
    key = (scratch.root / "key").read_text()
    files = [path for path in (scratch.root / "reports").rglob("*.*") if path.is_file() and path.suffix != ".png"]
    files += [scratch.root / "pretty.txt", scratch.root / "json.txt"]
    texts = {path: path.read_text() for path in files} | {scratch.root / "stdout": ran.stdout + ran.stderr}
    for path, text in texts.items():
        for secret in (key, TOKEN, "horse"):
            assert secret not in text, f"{path}: {secret}"
    hidden = {path.name for path, text in texts.items() if "[redacted]" in text}
    assert hidden >= {
        "results.jsonl", "s0.html", "edith.html", "edith-source.txt", "console.log", "site.log", "TESTS-told.xml",
        "pretty.txt", "json.txt", "stdout",
    }  # fmt: skip
