"""A site that calls itself staging, behind which is what is production's: nothing is sent there."""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Thread

from acceptance.browsers.chromium import Chrome
from acceptance.settings import search_path
from acceptance.waiting import eventually
from tests.runs.conftest import Scratch
from tests.runs.test_production import SERVE
from tests.runs.test_read_only import Site

SITE = """
[staging]
host = "localhost"
port = {port}
environment = "staging"
[staging.ssh]
user = "deployer"
key = "key"
"""
SENDS = """
  @smoke
  Scenario: Edith begins a list
    When Edith presses Enter in a field
"""
STEPS = """
from selenium.webdriver.common.keys import Keys
from features.pages.home_page import HomePage

@when("Edith presses Enter in a field")
def presses_enter(context):
    HomePage.visited_by(context.actors["Edith"]).browser.element("#id_text").send_keys("Buy milk", Keys.ENTER)
"""
ON_STAGING = ("-D", "target=staging", "-D", "sites=sites.toml", "-D", "wait=1")


@contextmanager
def serving(scratch: Scratch, program: str, **environ: str) -> Iterator[str]:
    """Serve the site as on a server; gives its port."""
    environ = {"DJANGO_SECRET_KEY": "only-for-this-test-" * 4, "DJANGO_ALLOWED_HOST": "localhost", **environ}
    for command in (["migrate"], ["collectstatic", "--noinput"]):
        made = scratch.python("manage.py", *command, **environ)
        assert made.returncode == 0, made.stderr
    environment, pipe = scratch.environment(**environ), subprocess.PIPE
    with subprocess.Popen(
        [sys.executable, "-c", program], cwd=scratch.root, env=environment, stdout=pipe, text=True
    ) as server:
        assert server.stdout
        yield server.stdout.readline().strip()
        server.kill()


def lists(database: Path) -> int:
    with closing(sqlite3.connect(database)) as opened:
        return int(opened.execute("SELECT count(*) FROM lists_list").fetchone()[0])


def test_a_smoke_scenario_sends_nothing_to_a_staging_site_on_productions_database(scratch: Scratch):
    database = scratch.temporary / "production"
    with serving(scratch, SERVE, SITE_ENVIRONMENT="staging", DJANGO_DB_PATH=str(database)) as port:
        (scratch.root / "sites.toml").write_text(SITE.format(port=port))
        scratch.tell(SENDS, STEPS)
        ran = scratch.behave(*ON_STAGING)
    assert lists(database) == 0, ran.stdout
    assert (ran.returncode, "The browser refused: POST http://localhost" in ran.stdout) == (1, True)


def test_within_a_site_all_is_sent_and_elsewhere_nothing_wherever_it_leads():
    with Site() as site, Site() as elsewhere:
        for server in (site, elsewhere):
            Thread(target=server.serve_forever, daemon=True).start()
        chrome = Chrome(Chrome.find(search_path(os.environ)), headless=True)
        try:
            chrome.visit(site.url, same_origin=True)
            browser = chrome.open()
            browser.enter(site.url, {})
            browser.open("/")
            browser.run("fetch('/', {method: 'POST'})")
            eventually(lambda: site.reached, lambda reached: "POST /" in reached, what="what is sent within the site")
            assert chrome.refused_requests() == ""
            # The same host, at another port.
            browser.run(f"fetch('{elsewhere.url}/', {{method: 'POST', mode: 'no-cors'}})")
            refused = eventually(chrome.refused_requests, what="a refused request")
            assert f"{site.url} leads elsewhere: nothing is sent there." in refused
            assert f"The browser refused: POST {elsewhere.url}/" in refused
            assert not any(request.startswith("POST") for request in elsewhere.reached)
        finally:
            chrome.quit()
            site.shutdown()
            elsewhere.shutdown()
