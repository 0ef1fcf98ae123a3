"""What a release engineer reads at midnight: each way in which a container cannot be had, or goes."""

import os
import time
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from acceptance.targets.any_container import run_manage
from acceptance.targets.base import FixtureError, TargetError
from acceptance.targets.container import DockerTarget
from tests.targets.kinds import config
from tests.targets.visitor import Visitor

AS_USER_WITHOUT_POWERS = ["setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-all"]


def test_a_container_that_is_killed(started):
    assert started.container
    began = time.time()
    started.container.kill()
    with pytest.raises(TargetError, match="The fixture channel is gone"):
        started.manage("create_session", "edith@example.com")
    ended = f"The container {started.container.name} ended with exit code 137."
    assert started.failure_reason() == ended
    assert started.log("any.1", began - 5).endswith(ended)


def test_a_container_that_is_removed(started):
    assert started.container
    started.container.remove(force=True)
    assert started.failure_reason() == f"The container {started.container.name} is gone: it was removed."
    assert "is gone: it was removed." in started.log("any.1", time.time())


def test_a_channel_that_is_killed_between_two_calls(started):
    assert started.container
    started.manage("create_session", "edith@example.com")
    kill = "import os, glob\n" + (
        "for p in glob.glob('/proc/[0-9]*'):\n"
        "    if b'serve_fixtures' in open(p + '/cmdline', 'rb').read() and p != f'/proc/{os.getpid()}':\n"
        "        os.kill(int(p[6:]), 9)\n"
    )
    code, said = started.container.exec_run(["python", "-c", kill])
    assert code == 0, said
    for _ in range(2):
        with pytest.raises(TargetError, match=r"(?s)The fixture channel is gone: .*exit code 137"):
            started.manage("create_session", "edith@example.com")
    assert "The fixture channel is gone" in started.failure_reason()


def test_a_database_that_cannot_be_written(started):
    assert started.container
    code, said = started.container.exec_run(["sh", "-c", "chmod a-w /data/db.sqlite3* /data"])
    assert code == 0, said
    began = time.time()
    with pytest.raises(HTTPError, match="500"):
        Visitor(started.base_url).send("/", text="Buy milk")
    log = started.log("any.1", began)
    assert "Traceback (most recent call last):" in log
    assert "attempt to write a readonly database" in log


@pytest.mark.parametrize("started", ["sqlite", "postgres"], indirect=True)
def test_a_person_at_a_shell_is_told_who_uses_the_database(started):
    assert started.container
    with pytest.raises(FixtureError) as refusal:
        run_manage(started.container, "reset_site", "--site", started.identity().name)
    assert "Refused: the database is in use by" in str(refusal.value)
    assert f"process {os.getpid()} since 20" in str(refusal.value)
    assert run_manage(started.container, "create_session", "edith@example.com")


@pytest.mark.parametrize("started", ["postgres"], indirect=True)
def test_a_lock_that_was_lost_is_noticed(started):
    end_all_but_this_one = (
        "from django.db import connection\n"
        "connection.cursor().execute('SELECT pg_terminate_backend(pid) FROM pg_locks "
        "WHERE locktype = $$advisory$$')\n"
    )
    assert started.container
    code, said = started.container.exec_run(["python", "manage.py", "shell", "--command", end_all_but_this_one])
    assert code == 0, said
    with pytest.raises(FixtureError, match="Refused: the lock on the database was lost"):
        started.manage("reset_site", "--site", started.identity().name)


def test_two_targets_at_once_do_not_meet(started):
    other = DockerTarget(config(target="docker"))
    other.start()
    try:
        path = started.manage("create_list", "Buy milk")
        other.manage("reset_site", "--site", other.identity().name)
        assert b"Buy milk" in urlopen(started.base_url + path, timeout=10).read()
        with pytest.raises(FixtureError, match="you mean the site"):
            other.manage("reset_site", "--site", started.identity().name)
        with pytest.raises(HTTPError, match="404"):
            urlopen(other.base_url + path, timeout=10)
    finally:
        other.stop()
    assert started.failure_reason() == ""
