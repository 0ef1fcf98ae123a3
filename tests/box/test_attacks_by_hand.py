"""What a person may send a server by hand: lines into the channel that are no fixtures, and a form under @smoke."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread

import pytest

from acceptance.ssh import Server
from acceptance.targets.fixture_channel import serve_fixtures
from tests.box.conftest import said
from tests.box.serving import Serving
from tests.runs.conftest import Scratch, copied
from tests.runs.test_read_only import Site

NOT_FIXTURES = [
    ["flush", "--no-input"],
    ["migrate", "lists", "zero"],
    ["shell", "--command", "from superlists.lists.models import Item; Item.objects.all().delete()"],
    ["dbshell"],
    ["loaddata", "/tmp/anything.json"],
    ["stamp_site"],
    ["migrate_disposable"],
    ["serve_fixtures"],
]
NOT_REQUESTS = [
    "DROP TABLE lists_item;",
    "rm --recursive ~/sites",
    '["reset_site", "--site", "127.0.0.1"]',
    '{"command": "reset_site"}',
    '{"command": "reset_site", "args": "--site 127.0.0.1"}',
    '{"command": "reset_site", "args": ["--site", "127.0.0.1"], "user": "root"}',
    '{"alive": 1}',
]
SENDS = """
@when("Edith sends the form of the page that opens")
def sends(context):
    browser = context.actors["Edith"].browser
    browser.open("/")
    browser.driver.execute_script("document.forms[0].submit()")
"""


def asked(command: list[str]) -> str:
    return json.dumps({"command": command[0], "args": command[1:]})


@pytest.fixture
def say(staging: Serving) -> Iterator[Callable[[str], dict[str, str]]]:
    """Say a line to the site's end of the channel, and hear the next one."""
    with Server(staging.site) as server:
        process = server.open(staging.layout.manage(*serve_fixtures()))
        assert json.loads(process.read(30)) == {"ready": "127.0.0.1"}

        def line(text: str) -> dict[str, str]:
            process.write(f"{text}\n".encode())
            answer: dict[str, str] = json.loads(process.read(30))
            return answer

        yield line
        process.close()


def test_what_is_no_fixture_is_refused_and_the_channel_goes_on(staging, say):
    say(asked(["create_list", "Precious"]))
    rows = staging.rows()
    for command in NOT_FIXTURES:
        assert say(asked(command))["refused"].startswith(f"Unknown command: '{command[0]}'. Allowed: "), command
    for line in NOT_REQUESTS:
        assert say(line)["refused"].startswith(("The request is not a line of JSON", "A request is {")), line
    elsewhere = say(asked(["reset_site", "--site", "lists.example.com"]))["refused"]
    assert "you mean the site 'lists.example.com', but this is '127.0.0.1'" in elsewhere
    assert staging.rows() == rows
    assert "printed" in say(asked(["create_list", "Precious too"]))
    assert staging.rows() == rows + 1


@pytest.fixture
def scratch(tmp_path: Path) -> Iterator[Scratch]:
    yield from copied(tmp_path / "copy")


@pytest.mark.parametrize("step", ['Edith starts a list with "Buy milk"', "Edith asks for a login link"])
def test_a_smoke_scenario_that_sends_a_form_to_a_production_server_is_stopped(production, scratch, step):
    before = {table: production.rows(table=table) for table in ("lists_list", "accounts_loginlink")}
    scratch.tell(f"  @smoke\n  Scenario: Somebody tagged this by mistake\n    When {step}\n")
    ran = scratch.behave("-D", "target=production", "-D", f"sites={production.sites}", "--tags=@smoke")
    assert ran.returncode == 1
    assert "is a production site, or may be: a scenario looks at it, and sends nothing" in ran.stdout
    assert {table: production.rows(table=table) for table in before} == before


def test_where_a_staging_server_leads_to_nothing_is_sent(staging: Serving, scratch: Scratch):
    """As a proxy does that sends people on to production's name, and lets only what looks after it pass."""
    nginx = f"/etc/nginx/sites-available/{staging.layout.unit}"
    scratch.tell("  Scenario: Edith sends a form\n    When Edith sends the form of the page that opens\n", SENDS)
    with Site() as production:
        Thread(target=production.serve_forever, daemon=True).start()
        leading = f"s|location / {{|location = / {{ return 302 {production.url}/; }}\\n    location / {{|"
        said(staging.box, "sudo", "sed", "--in-place=.kept", f"'{leading}'", nginx)
        try:
            said(staging.box, "sudo", "systemctl", "reload", "nginx")
            ran = scratch.behave("-D", "target=staging", "-D", f"sites={staging.sites}", "-D", "wait=1")
        finally:
            said(staging.box, "sudo", "mv", f"{nginx}.kept", nginx)
            said(staging.box, "sudo", "systemctl", "reload", "nginx")
            production.shutdown()
    assert {request.split()[0] for request in production.reached} == {"GET"}, ran.stdout
    assert f"{staging.site.base_url} leads elsewhere: nothing is sent there." in ran.stdout
    assert f"The browser refused: POST {production.url}/" in ran.stdout
    assert ran.returncode == 1
