"""What a person may send a server by mistake: a form under @smoke, and one where a staging server leads elsewhere."""

from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest

from tests.box.conftest import said
from tests.box.deployed_site import DeployedSite
from tests.runs.conftest import Scratch, copied
from tests.runs.test_request_filter import Site

SENDS = """
@when("Edith sends the form of the page that opens")
def sends(context):
    browser = context.actors["Edith"].browser
    browser.open("/")
    browser.driver.execute_script("document.forms[0].submit()")
"""


@pytest.fixture
def scratch(tmp_path: Path) -> Iterator[Scratch]:
    yield from copied(tmp_path / "copy")


def test_where_a_staging_server_leads_to_nothing_is_sent(staging: DeployedSite, scratch: Scratch):
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
