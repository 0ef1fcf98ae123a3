"""The site's image: what is in it, what is not, and how it serves and ends."""

import gzip
import json
import os
import re
import shutil
import socket
import time
import uuid
from dataclasses import replace
from io import BytesIO
from urllib.request import Request, urlopen

import pytest

from acceptance.images import ROOT, SITE, base_image, digest, image, inputs, python_of
from acceptance.targets import existing_container as running_target
from acceptance.waiting import eventually
from acceptance.wheels import gather
from tests.targets.engine import FOR_PRODUCTION, by_hand, engine

# gunicorn would bear an idle connection for three times as long.
STOPPED_WITHIN_S = 10


@pytest.fixture(scope="module")
def container():
    with by_hand(FOR_PRODUCTION) as running:
        yield running


@pytest.fixture
def address(container):
    return f"http://localhost:{port_of(container)}"


def port_of(container):
    return container.ports["8888/tcp"][0]["HostPort"]


def run(container, *command):
    code, said = container.exec_run(list(command))
    assert code == 0, said
    return said.decode()


def fetched(url, **headers):
    with urlopen(Request(url, headers=headers), timeout=10) as answer:
        return answer.headers, answer.read()


def test_it_runs_as_nobody_in_particular(container):
    assert run(container, "id", "--user", "--name").strip() == "nonroot"
    assert container.exec_run(["sh", "-c", "echo x > /src/manage.py"])[0] != 0


def test_it_holds_what_the_site_needs_and_no_test_tools(container):
    packages = run(container, "sh", "-c", "ls /venv/lib/python*/site-packages").lower()
    assert all(name in packages for name in ("django", "gunicorn", "whitenoise", "psycopg"))
    assert not re.search(r"behave|selenium|pytest|mypy|docker|^pip$", packages, re.MULTILINE)
    assert sorted(run(container, "ls", "/src").split()) == [
        "RELEASE", "__pycache__", "gunicorn.conf.py", "manage.py", "static", "superlists",
    ]  # fmt: skip
    assert container.exec_run(["ls", "/src/db.sqlite3"])[0] != 0


def test_there_is_no_secret_in_any_layer(container):
    history = json.dumps(container.image.history())
    assert 'SECRET_KEY=\\"$(' in history, "made while it was used"
    assert not re.search(r"(SECRET_KEY|PASSWORD)=[A-Za-z0-9+/]{8}", history)
    assert [entry for entry in container.image.attrs["Config"]["Env"] if "SECRET" in entry or "PASSWORD" in entry] == []


def test_static_files_are_compressed_and_for_good(address):
    _, page = fetched(address)
    style = re.search(rb'href="(/static/superlists/site\.[0-9a-f]{12}\.css)"', page)
    assert style, page
    headers, body = fetched(address + style[1].decode(), **{"Accept-Encoding": "gzip"})
    assert headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(body) == (ROOT / "superlists/static/superlists/site.css").read_bytes()
    assert "immutable" in headers["Cache-Control"]
    assert "max-age=315360000" in headers["Cache-Control"]


def test_the_engine_can_ask_it_for_its_health(container):
    asked = container.image.attrs["Config"]["Healthcheck"]["Test"]
    assert asked[0] == "CMD"
    # An engine may be set to give every container a proxy, which leads nowhere from within.
    code, said = container.exec_run(asked[1:], environment={"http_proxy": "http://127.0.0.1:9"})
    assert code == 0, said
    sick = [word.replace("/health/", "/nowhere/") for word in asked[1:]]
    assert container.exec_run(sick)[0] != 0


def test_its_log_goes_to_the_engine_and_tells_no_login_token(container, address):
    with pytest.raises(OSError, match="403"):
        fetched(f"{address}/accounts/login/s3cret-token/")
    # The engine hands on what was written a moment later.
    log = eventually(lambda: container.logs().decode(), lambda log: "Refused a login link" in log, what="the refusal")
    assert "s3cret-token" not in log


def test_it_ends_at_once_and_finishes_what_it_was_asked():
    with by_hand(FOR_PRODUCTION) as stopping:
        port = int(port_of(stopping))
        # A browser keeps a connection open ahead of need; nobody waits for that one.
        with socket.create_connection(("localhost", port)), socket.create_connection(("localhost", port)) as asking:
            asking.sendall(b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\nConnection: close\r\n\r\ntext=")
            time.sleep(0.2)
            stopping.kill("SIGTERM")
            time.sleep(0.5)
            asking.sendall(b"Milk")
            answer = b"".join(iter(lambda: asking.recv(65536), b""))
            assert stopping.wait(timeout=STOPPED_WITHIN_S)["StatusCode"] == 0
        assert answer.startswith(b"HTTP/1.1 403"), "answered to the end, though without a CSRF token"
        assert answer.rstrip().endswith(b"</html>")


def test_a_folder_of_ones_own_holds_the_database(tmp_path):
    os.chown(tmp_path, 8888, -1)
    with by_hand(FOR_PRODUCTION, folder=str(tmp_path)):
        assert (tmp_path / "db.sqlite3").exists()


def test_it_is_built_anew_when_an_input_changed_and_not_when_only_its_time_did(tmp_path):
    copy = replace(SITE, context=tmp_path)
    for name in [".dockerignore", *inputs(SITE)]:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    before = digest(copy, "base")
    assert before == digest(SITE, "base")
    os.utime(tmp_path / "manage.py", (0, 0))
    (tmp_path / "README.md").write_text("no input")
    assert digest(copy, "base") == before
    assert digest(copy, "another base") != before
    (tmp_path / "superlists" / "new.py").write_text("")
    added = digest(copy, "base")
    (tmp_path / "superlists" / "new.py").chmod(0o755)
    executable = digest(copy, "base")
    (tmp_path / "superlists" / "new.py").rename(tmp_path / "superlists" / "newer.py")
    assert len({before, added, executable, digest(copy, "base")}) == 4


def test_it_is_built_without_a_network_of_the_wheels_that_were_handed_in():
    with engine() as client:
        base = base_image(client)
        gather(python_of(client, base))
        built, _ = client.images.build(
            path=str(ROOT), dockerfile=SITE.dockerfile, buildargs={"BASE_IMAGE": base}, network_mode="none",
            nocache=True, rm=True, forcerm=True,
        )  # fmt: skip
        client.images.remove(str(built.id), force=True)


def test_its_release_is_what_git_says(address):
    with engine() as client:
        assert image(client, SITE).startswith("superlists:")
    _, said = fetched(f"{address}/health/")
    assert re.fullmatch(r"[0-9a-f]{7,}(-dirty)?", json.loads(said)["release"])


def test_another_commit_is_another_image(monkeypatch):
    before = digest(SITE, "base")
    monkeypatch.setattr("acceptance.images.release", lambda: "0123456")
    assert digest(SITE, "base") != before


def test_every_input_is_the_sites():
    names = inputs(SITE)
    assert {name for name in names if not name.startswith("superlists/")} == {
        "deploy/Dockerfile", "deploy/gunicorn.conf.py", "manage.py", ".dockerignore",
    }  # fmt: skip
    assert [name for name in names if "pycache" in name or name.endswith((".pyc", ".sqlite3"))] == []


def test_an_image_made_from_the_sites_is_not_the_sites():
    with engine() as client:
        site, other = image(client, SITE), f"superlists-of-a-test-{uuid.uuid4().hex[:6]}"
        client.images.build(fileobj=BytesIO(f"FROM {site}\nENV ANOTHER=1\n".encode()), tag=other, rm=True)
        try:
            with by_hand(FOR_PRODUCTION, of=other) as container:
                assert not running_target._is_of_the_site(container)
            with by_hand(FOR_PRODUCTION, of=site) as container:
                assert running_target._is_of_the_site(container)
        finally:
            client.images.remove(other, force=True)
