"""The ways in which a container becomes of no use, and what is said of each."""

import time
from types import SimpleNamespace
from typing import Any

import pytest
from docker.errors import APIError

from acceptance.targets import fixture_channel as channel
from acceptance.targets.any_container import run_manage
from acceptance.targets.base import FixtureError, TargetError
from acceptance.targets.container import DockerTarget
from acceptance.targets.run_resources import LABEL, Owned
from acceptance.waiting import eventually
from tests.targets.engine import engine
from tests.targets.gateway import gateway
from tests.targets.kinds import config


def test_a_container_that_is_paused(monkeypatch, started):
    monkeypatch.setattr(channel, "ANSWER_LIMIT_S", 1.0)
    started.container.pause()
    paused = f"The container {started.container.name} is paused: docker unpause {started.container.name}"
    assert started.failure_reason() == paused
    with pytest.raises(TargetError, match=f"^{paused} The fixture channel is gone: no answer within 1 s"):
        started.manage("create_session", "edith@example.com")


def test_why_the_container_ended_stands_where_a_fixture_failed(started):
    started.container.kill()
    with pytest.raises(TargetError, match=r"ended with exit code 137\. The fixture channel is gone"):
        started.manage("create_session", "edith@example.com")


@pytest.mark.parametrize("started", ["postgres"], indirect=True)
def test_a_database_that_dies(started):
    (database,) = started.beside
    database.kill()
    gone = eventually(started.failure_reason, what="word of its end", within_s=5)
    assert gone == f"The container {database.name} ended with exit code 137."


def test_an_engine_that_goes_away(monkeypatch, tmp_path, capfd):
    with gateway(tmp_path / "engine.sock") as way:
        monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/engine.sock")
        target = DockerTarget(config(target="docker"))
        target.start()
        assert target._owned
        assert target.container
        run = target._owned.run
        way.cut()
        monkeypatch.delenv("DOCKER_HOST")
        try:
            assert target.failure_reason().startswith("The engine no longer answers: ")
            assert "The engine no longer answers" in target.log("any.1", time.time())
            with pytest.raises(TargetError, match="The engine no longer answers"):
                target.manage("create_session", "edith@example.com")
            with pytest.raises(TargetError, match="The engine no longer answers"):
                run_manage(target.container, "reset_site")
            target.stop()
            said = capfd.readouterr().err
            assert f"What bears the label {LABEL}={run} stays: the engine no longer answers: " in said
            assert "The next run removes it." in said
        finally:
            with engine() as client:
                left = Owned(client)
                left.run = run
                left.remove()


def test_a_command_that_a_dying_container_took_along():
    ended: Any = SimpleNamespace(
        name="superlists-1",
        reload=lambda: None,
        attrs={"State": {"Running": False, "ExitCode": 137, "OOMKilled": True}},
        exec_run=lambda *_, **__: (137, (None, None)),
    )
    with pytest.raises(FixtureError, match=r"migrate_disposable: The container .* exit code 137, out of memory\."):
        run_manage(ended, "migrate_disposable")


def test_what_cannot_be_removed_is_told(monkeypatch, capfd):
    def refuse(**_):
        raise APIError("volume is in use")

    with engine() as client:
        made = Owned(client)
        stuck: Any = SimpleNamespace(name=made.name, remove=refuse)
        monkeypatch.setattr(type(client), "volumes", SimpleNamespace(list=lambda **_: [stuck]))
        made.remove()
    said = capfd.readouterr().err
    assert f"The volume {made.name} could not be removed (volume is in use)" in said
    assert f"by hand: docker volume rm {made.name}" in said
