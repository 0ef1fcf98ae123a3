"""A site that holds people's data is looked at, and nothing is sent to it."""

import json
import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from acceptance.report.report_folder import slug
from tests.runs.conftest import Scratch

SITE = """
[live]
host = "localhost"
port = {port}
environment = "{environment}"
[live.ssh]
user = "deployer"
key = "key"
"""
# The site as on a server; it notes the method of each request that reaches it.
SERVE = """
import sys
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server
from superlists.wsgi import application

class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True

class Quiet(WSGIRequestHandler):
    def log_message(self, *_):
        pass

def noting(environ, start_response):
    with open("reached", "a") as reached:
        reached.write(environ["REQUEST_METHOD"] + "\\n")
    return application(environ, start_response)

server = make_server("127.0.0.1", 0, noting, Server, Quiet)
print(server.server_port, flush=True)
server.serve_forever()
"""
FORM = "const form = document.querySelector('#id_text').form; form.elements.text.value = 'Buy milk';"
# What a script does on the home page; what is clicked on then, if anything.
WAYS = {
    "a click on a span in a button": (
        f"{FORM} form.insertAdjacentHTML('beforeend', '<button><span id=id_span>Go</span></button>')",
        "#id_span",
    ),
    "a script": (f"{FORM} form.submit()", ""),
    "a form in another window": (f"{FORM} form.target = '_blank'; form.submit()", ""),
    "fetch": ("fetch('/', {method: 'DELETE'})", ""),
    "leaving the page": ("addEventListener('pagehide', () => fetch('/', {method: 'POST', keepalive: true}))", ""),
}
STEPS = f"""
from selenium.webdriver.common.keys import Keys
from features.pages.home_page import HomePage

WAYS = {WAYS!r}

@when("Edith presses Enter in a field")
def presses_enter(context):
    HomePage.visited_by(context.actors["Edith"]).browser.press("Buy milk" + Keys.ENTER, "#id_text")

@when("Edith sends something by {{way}}")
def sends(context, way):
    browser = HomePage.visited_by(context.actors["Edith"]).browser
    script, clicked = WAYS[way]
    browser.run(script)
    if clicked:
        browser.click(clicked)
"""
SENDING = [
    "Edith asks for a login link",
    "Edith presses Enter in a field",
    *(f"Edith sends something by {way}" for way in WAYS),
]


@contextmanager
def serving(scratch: Scratch, environment: str, database: Path) -> Iterator[Path]:
    """Serve the site as on a server, with an entry in a sites file; gives the file of what reached it."""
    environ = {
        "SITE_ENVIRONMENT": environment,
        "DJANGO_SECRET_KEY": "only-for-this-test-" * 4,
        "DJANGO_ALLOWED_HOST": "localhost",
        "DJANGO_DB_PATH": str(database),
    }
    for command in (["migrate"], ["collectstatic", "--noinput"]):
        made = scratch.python("manage.py", *command, **environ)
        assert made.returncode == 0, made.stderr
    serve = [sys.executable, "-c", SERVE]
    variables = scratch.environment(**environ)
    with subprocess.Popen(serve, cwd=scratch.root, env=variables, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout
        site = SITE.format(port=server.stdout.readline().strip(), environment=environment)
        (scratch.root / "sites.toml").write_text(site)
        yield scratch.root / "reached"
        server.kill()


@pytest.fixture
def live(scratch: Scratch) -> Iterator[Path]:
    """A production site on this machine; gives the file of what reached it."""
    with serving(scratch, "production", scratch.temporary / "live") as reached:
        yield reached


# That its filter refuses each way is proven elsewhere: here, that a run in Firefox has it, to its end.
IN_FIREFOX = ["Edith presses Enter in a field", "Edith sends something by leaving the page"]


@pytest.mark.parametrize(
    ("browser", "results", "sending"), [("chrome", "live", SENDING), ("firefox", "live+firefox", IN_FIREFOX)]
)
def test_nothing_that_a_scenario_sends_to_production_reaches_it(scratch, live: Path, browser, results, sending):
    told = "".join(f"  @smoke\n  Scenario: {slug(step)}\n    When {step}\n\n" for step in sending)
    scratch.tell(f"{told}  @smoke\n  Scenario: looks\n    When Edith visits Superlists\n", STEPS)
    ran = scratch.behave("-D", "target=live", "-D", "sites=sites.toml", "-D", "wait=1", "-D", f"browser={browser}")
    assert set(live.read_text().split()) == {"GET"}
    assert ran.returncode == 1
    written = (scratch.root / f"reports/{results}/results.jsonl").read_text()
    lines = [json.loads(line) for line in written.splitlines()]
    silent = [step for step in sending if not names_the_request(failure_of(slug(step), lines))]
    assert silent == [], ran.stdout
    assert "1 scenario passed" in ran.stdout


def failure_of(scenario: str, results: list[dict[str, Any]]) -> str:
    begun = next(number for number, line in enumerate(results) if line.get("name") == scenario)
    end = next(number for number, line in enumerate(results) if number > begun and line["event"] == "done")
    return "\n".join(str(line["error"]) for line in results[begun : end + 1] if line.get("error"))


def names_the_request(failure: str) -> bool:
    return bool(re.search(r"The browser refused: (POST|DELETE) http://localhost:\d+/", failure))


def test_a_production_site_of_the_sites_file_is_for_smoke_alone_and_no_browser_opens(scratch: Scratch):
    (scratch.root / "sites.toml").write_text(
        '[live]\nhost = "nowhere.invalid"\nenvironment = "production"\n[live.ssh]\nuser = "deployer"\nkey = "key"\n'
    )
    path = scratch.tell_tale()
    ran = scratch.behave("-D", "target=live", "-D", "sites=sites.toml", PATH=path)
    assert ran.returncode == 4
    assert "live is a production site: only @smoke scenarios run on it, and touch no data." in ran.stderr
    assert re.search(r"Selected here: \d+, such as", ran.stderr)
    assert not (scratch.temporary / "opened").exists()
    smoke = scratch.behave("-D", "target=live", "-D", "sites=sites.toml", "--tags=@smoke", PATH=path)
    told = "The site live does not answer at http://nowhere.invalid: Failed to resolve 'nowhere.invalid' "
    assert told in smoke.stderr
    assert "`fab doctor live` finds what is broken." in smoke.stderr
    assert (scratch.temporary / "opened").exists()
    # One that is to wait asks nothing before.
    waiting = scratch.behave("-D", "target=live", "-D", "sites=sites.toml", "--tags=@smoke", "-D", "await.input=yes")
    assert (waiting.returncode, "so the site was not visited" in waiting.stderr) == (4, True)


def test_a_smoke_scenario_sends_nothing_to_a_staging_site_on_productions_database(scratch: Scratch):
    database = scratch.temporary / "production"
    scratch.tell("  @smoke\n  Scenario: Edith begins a list\n    When Edith presses Enter in a field\n", STEPS)
    with serving(scratch, "staging", database):
        ran = scratch.behave("-D", "target=live", "-D", "sites=sites.toml", "-D", "wait=1")
    with closing(sqlite3.connect(database)) as opened:
        assert opened.execute("SELECT count(*) FROM lists_list").fetchone() == (0,), ran.stdout
    assert (ran.returncode, "The browser refused: POST http://localhost" in ran.stdout) == (1, True)
