"""What proves a release: a machine may have the headless shell alone, or no browser."""

import json
from pathlib import Path

import pytest

from deploy.smoke import SmokeError, proof, smoke_browser
from tests.answering_server import answering, http
from tests.deploy.this_machine import site

WELL = {"healthy": True, "site": "127.0.0.1", "environment": "staging", "release": "0123456789ab"}
HOME = '<link rel="stylesheet" href="/static/site.0123.css">'


@pytest.mark.parametrize(
    ("binary", "browser"), [("chromium", "chrome-full"), ("chromium-headless-shell", "chrome"), ("lynx", "")]
)
def test_a_release_is_proven_in_the_full_browser_where_it_is_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, binary: str, browser: str
):
    for name in (binary, "chromedriver"):
        (tmp_path / name).touch(mode=0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("sys.executable", str(tmp_path / "python"))
    assert smoke_browser() == browser


@pytest.mark.parametrize(
    ("pages", "failure"),
    [
        ({"/": HOME, "/static/site.0123.css": "body {}"}, ""),
        ({"/": HOME}, "An HTTP check failed: 404"),
        ({"/": "<h1>Welcome to nginx</h1>"}, "names no stylesheet"),
        ({}, "An HTTP check failed: 404"),
    ],
)
def test_without_a_browser_a_rollback_is_proven_by_plain_requests_and_says_so(
    monkeypatch: pytest.MonkeyPatch, pages: dict[str, str], failure: str
):
    told: list[str] = []
    monkeypatch.setattr("deploy.smoke.smoke_browser", lambda: "")
    pages = {"/health/": json.dumps(WELL)} | pages

    def answer(path: str) -> bytes:
        return http(pages[path].encode()) if path in pages else http(status="404 Not Found")

    with answering(answer) as address:
        there = site(host="127.0.0.1", port=int(address.rpartition(":")[2]))
        with proof(there, Path("sites.toml"), told.append, again=True) as prove:
            if failure:
                with pytest.raises(SmokeError, match=failure):
                    prove("0123456789ab")
                assert told == []
            else:
                prove("0123456789ab")
                assert "No browser is installed here" in told[-1]
