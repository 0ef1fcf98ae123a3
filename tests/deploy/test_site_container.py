"""The program that root runs for the user who deploys: what it takes, and what it tells the engine."""

import os
import pwd
import threading
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from socketserver import UnixStreamServer

import pytest

from acceptance.waiting import eventually
from deploy.remote.site_container import __main__ as program
from deploy.remote.site_container import engine, verbs
from deploy.remote.site_container.engine import Refused, Site
from deploy.remote.site_container.sockets import answers, point, slot_of

COMMIT = "0123456789ab"


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ([], "'' is not done here; allowed: layers, load, has, unpack, manage, serve, since, remove"),
        (["run", "--privileged"], "'run' is not done here"),
        (["serve"], "serve takes a release"),
        (["serve", COMMIT, "--privileged"], "serve takes a release"),
        (["serve", "--privileged"], "'--privileged' is no release; allowed: 12 characters of 0-9a-f"),
        (["load", "../etc"], "is no release"),
        (["since", COMMIT], "since takes nothing"),
        (["manage", "current", ".env"], "manage takes a release, one of .env, .env.next, and a command"),
        (["manage", "current", "/etc/shadow", "check"], "manage takes a release, one of .env, .env.next"),
        (["manage", "--volume=/:/all", ".env", "check"], "is no release"),
    ],
)
def test_what_is_not_meant_for_it_is_refused(asked, says, monkeypatch, capsys):
    monkeypatch.setattr("subprocess.run", lambda *_, **__: pytest.fail("it ran something"))
    monkeypatch.setattr("os.execvpe", lambda *_: pytest.fail("it ran something"))
    assert program.main("unit", "/home", "site", *asked) == 1
    assert says in capsys.readouterr().err


@pytest.fixture
def site(tmp_path, monkeypatch):
    """A site of this very account."""
    monkeypatch.setattr("pwd.getpwnam", lambda _: pwd.getpwuid(os.getuid()))
    return Site("superlists-lists", str(tmp_path), "site-lists")


def test_settings_go_to_the_engine_by_a_file_in_memory_and_never_by_its_own_environment(site, tmp_path):
    (tmp_path / ".env").write_text("EMAIL_PASSWORD='pa$$ word=#1'\nLD_PRELOAD='/tmp/mine.so'\n")
    told = engine.as_the_site(site, ".env")
    path = told[-1].removeprefix("--env-file=")
    assert Path(path).read_text() == "EMAIL_PASSWORD=pa$$ word=#1\nLD_PRELOAD=/tmp/mine.so\n"
    assert "pa$$" not in " ".join(told)
    assert "LD_PRELOAD" not in engine.ENVIRON
    os.close(int(path.rpartition("/")[2]))


def test_a_container_has_no_privilege(site, tmp_path):
    (tmp_path / ".env").write_text("")
    told = engine.as_the_site(site, ".env")
    for flag in ("--read-only", "--cap-drop=ALL", "--security-opt=no-new-privileges"):
        assert flag in told
    assert f"--user={os.getuid()}:{os.getgid()}" in told


def test_a_file_that_is_no_env_is_neither_followed_nor_quoted(site, tmp_path):
    (tmp_path / ".env").write_text("NAME='value'\nroot:$6$secret:19000\n")
    with pytest.raises(Refused, match=r"\.env: line 2 is not NAME='value'") as refused:
        engine.as_the_site(site, ".env")
    assert "secret" not in str(refused.value)
    (tmp_path / "shadow").write_text("NAME='value'\n")
    (tmp_path / ".env.next").symlink_to(tmp_path / "shadow")
    with pytest.raises(OSError, match="Too many levels of symbolic links"):
        engine.as_the_site(site, ".env.next")


def test_what_is_no_file_of_whoever_asks_is_not_read(site, tmp_path, monkeypatch):
    (tmp_path / ".env").write_text("NAME='value'\n")
    os.mkfifo(tmp_path / ".env.next")
    with pytest.raises(Refused, match=r"\.env.next is no file of the user who asks"):
        engine.as_the_site(site, ".env.next")
    monkeypatch.setenv("SUDO_UID", str(os.getuid() + 1))
    with pytest.raises(Refused, match=r"\.env is no file of the user who asks"):
        engine.as_the_site(site, ".env")


def test_what_is_refused_is_told_though_the_engine_does_not_listen_any_more(site, monkeypatch, tmp_path):
    closed, docker = tmp_path / "closed", tmp_path / "docker"
    docker.write_text(f"#!/bin/sh\nexec <&-\ntouch {closed}\nexec sleep 60\n")
    docker.chmod(0o755)

    def refuse(_, listening, __):
        listening.write(b"not sent on yet")
        eventually(closed.exists, what="the engine to listen no more")
        raise Refused("it is another image")

    monkeypatch.setattr(verbs, "hand_on", refuse)
    monkeypatch.setitem(engine.ENVIRON, "PATH", f"{tmp_path}:/usr/bin:/bin")
    with pytest.raises(Refused, match="it is another image"):
        verbs.load(site, COMMIT)


def test_a_container_of_somebody_elses_is_left_alone(site, monkeypatch):
    asked: list[str] = []
    monkeypatch.setattr(verbs, "is_there", lambda name: name == "superlists")
    monkeypatch.setattr(verbs, "unit_of", lambda _: "")

    def docker(*given: str) -> str:
        asked.append(given[0])
        return ""

    monkeypatch.setattr(verbs, "docker", docker)
    with pytest.raises(Refused, match="there is a container superlists that is not this site's"):
        verbs.tidied(site)
    assert set(asked) == {"ps"}


def test_who_waits_too_long_for_an_earlier_request_is_told_and_nobody_else_can_hold_it_up(site, monkeypatch, tmp_path):
    monkeypatch.setattr(Site, "state", str(tmp_path))
    monkeypatch.setattr(engine, "ALONE_WITHIN_S", 0)
    with engine.alone(site):
        assert (tmp_path / "lock").stat().st_mode & 0o777 == 0o600
        with pytest.raises(Refused, match="an earlier request is still being done here"), engine.alone(site):
            pytest.fail("both are at it")
    with engine.alone(site):
        pass


def test_a_link_leads_to_one_socket_and_then_to_another(tmp_path):
    link = str(tmp_path / "current.sock")
    assert slot_of(link) == ""
    for slot in ("a", "b"):
        # As a try that was killed leaves it.
        Path(f"{link}.new").symlink_to("nowhere")
        point(link, f"/var/lib/site/sockets/{slot}.sock")
        assert slot_of(link) == slot


class _Health(BaseHTTPRequestHandler):
    status = HTTPStatus.OK

    def do_GET(self) -> None:
        self.send_response(self.status)
        self.end_headers()

    def address_string(self) -> str:
        return "a socket has none"

    def log_message(self, *_: object) -> None:
        pass


@pytest.mark.parametrize(("status", "well"), [(HTTPStatus.OK, True), (HTTPStatus.SERVICE_UNAVAILABLE, False)])
def test_a_site_is_asked_by_its_socket_whether_it_is_well(tmp_path, status, well):
    path = str(tmp_path / "a.sock")
    with UnixStreamServer(path, type("Health", (_Health,), {"status": status})) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        assert answers(path, within_s=0) is well
        server.shutdown()
    assert answers(path, within_s=0.1) is False


def test_what_is_gone_is_not_waited_for(tmp_path):
    asked = iter([True])
    assert answers(str(tmp_path / "a.sock"), within_s=60, gone=lambda: next(asked)) is False
