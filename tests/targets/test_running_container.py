"""A container that somebody else started: looked at, never stopped, reset only where it is stamped."""

import os
import uuid
from contextlib import ExitStack

import pytest

from acceptance.targets import any_container as container_site
from acceptance.targets import existing_container as running_target
from acceptance.targets import fixture_channel as channel
from acceptance.targets.base import FixtureError, TargetError
from acceptance.targets.container import DockerTarget
from acceptance.targets.container_address import address_of
from acceptance.waiting import eventually
from tests.targets.engine import DISPOSABLE, FOR_PRODUCTION, by_hand
from tests.targets.kinds import config

STAMP = "from acceptance.django_app.models import Stamp; Stamp(site='localhost').save()"


def run(container, *command):
    code, said = container.exec_run(list(command))
    assert code == 0, said
    return said.decode()


def test_production_is_looked_at_and_takes_no_fixtures(running):
    with by_hand(FOR_PRODUCTION) as container:
        target = running(container.name)
        assert target.identity().environment == "production"
        assert target.failure_reason() == ""
        assert "takes no fixtures" in target.fixtures_unavailable()
        assert "Unknown command: 'serve_fixtures'" in target.fixtures_unavailable()
        assert (
            f"SUPERLISTS_TESTING=1, EMAIL_FILE_PATH=/data/mail\n  and SITE_ORIGIN={target.base_url}"
            in target.fixtures_unavailable()
        )
        assert f"docker exec -it {container.name} python manage.py stamp_site" in target.fixtures_unavailable()
        with pytest.raises(TargetError, match="takes no fixtures"):
            target.manage("reset_site", "--site", "localhost")
        target.stop()
        container.reload()
        assert container.status == "running"


def test_a_disposable_site_takes_fixtures_once_a_person_has_stamped_it(running):
    with by_hand(DISPOSABLE) as container:
        unstamped = running(container.name)
        assert "the database is not stamped" in unstamped.fixtures_unavailable()
        run(container, "python", "manage.py", "shell", "--command", STAMP)
        stamped = running(container.name)
        assert stamped.fixtures_unavailable() == ""
        path = stamped.manage("create_list", "Buy milk")
        stamped.stop()
        # Nothing was emptied by the end of one run or the beginning of another.
        with pytest.raises(FixtureError, match="has no owner"):
            running(container.name).manage("share_list", path, "edith@example.com")
        container.reload()
        assert container.status == "running"


def test_mail_of_a_site_that_runs_already_is_read_only_if_asked_for(running):
    with by_hand(DISPOSABLE) as container:
        run(container, "python", "manage.py", "shell", "--command", STAMP)
        unread = running(container.name)
        assert unread.mailbox.unavailable.startswith("mailbox=none reads no mail")
        unread.stop()
        target = running(container.name, mailbox="server")
        before = target.mailbox.now()
        sends = "from django.core.mail import send_mail; send_mail('Hello', 'Hi', None, ['edith@example.com'])"
        run(container, "python", "manage.py", "shell", "--command", sends)
        assert target.mailbox.wait_for("edith@example.com", "Hello", before).body == "Hi"


def test_who_comes_second_is_told_who_is_at_work_and_since_when(running):
    with by_hand(DISPOSABLE) as container:
        run(container, "python", "manage.py", "shell", "--command", STAMP)
        first = running(container.name)
        second = running(container.name)
        assert f"process {os.getpid()} since 20" in second.fixtures_unavailable()
        assert "-D lock.wait=SECONDS" in second.fixtures_unavailable()
        assert "stamp" not in second.fixtures_unavailable()
        first.stop()
        assert running(container.name, lock_wait="10").fixtures_unavailable() == ""


def test_the_one_container_of_the_image_is_found(running):
    name = f"superlists-by-hand-{uuid.uuid4().hex[:6]}"
    own = DockerTarget(config(target="docker"))
    with by_hand(FOR_PRODUCTION, name=name) as container, ExitStack() as undo:
        # The container of another run is not somebody's to look at.
        undo.callback(own.stop)
        own.start()
        target = running("running")
        assert target.container
        assert target.container.name == container.name
        with by_hand(FOR_PRODUCTION), pytest.raises(TargetError, match=r"needs one running container of superlists"):
            running("running")


def test_a_container_on_another_interface_is_not_mistaken_for_its_neighbour(running):
    with by_hand(FOR_PRODUCTION | {"DJANGO_ALLOWED_HOST": "127.0.0.1"}) as neighbour:
        port = (neighbour.ports["8888/tcp"] or [{}])[0]["HostPort"]
        with (
            by_hand(FOR_PRODUCTION | {"DJANGO_ALLOWED_HOST": "127.0.0.1"}, at=("127.0.0.2", int(port))) as container,
            pytest.raises(TargetError, match=r"publishes its port at 127\.0\.0\.2:\d+ only"),
        ):
            running(container.name)


def test_an_address_that_leads_elsewhere_is_noticed(running, monkeypatch):
    monkeypatch.setattr(container_site, "LOGGED_WITHIN_S", 0.5)
    with by_hand(FOR_PRODUCTION) as neighbour, by_hand(FOR_PRODUCTION) as container:
        monkeypatch.setattr(running_target, "address_of", lambda _: address_of(neighbour))
        with pytest.raises(TargetError, match=f"does not reach the container {container.name}"):
            running(container.name)


def test_fixtures_of_another_site_than_the_one_in_the_browser_are_refused(running, monkeypatch):
    another = {"healthy": True, "site": "another", "environment": "docker", "release": "1"}
    monkeypatch.setattr(container_site, "health", lambda _: another)
    with by_hand(DISPOSABLE) as container:
        run(container, "python", "manage.py", "shell", "--command", STAMP)
        target = running(container.name)
        assert "is the site another, but in the container it is localhost" in target.fixtures_unavailable()
        assert target.channel is None


def test_a_wait_for_the_database_that_is_interrupted_leaves_nobody_waiting(running, monkeypatch):
    with by_hand(DISPOSABLE) as container:
        run(container, "python", "manage.py", "shell", "--command", STAMP)
        running(container.name)
        monkeypatch.setattr(channel, "OPENING_LIMIT_S", -599.0)
        assert "no answer within 1 s" in running(container.name, lock_wait="600").fixtures_unavailable()
        eventually(lambda: channels(container), lambda left: left == 1, what="one channel only", within_s=5)


def channels(container):
    _, said = container.exec_run(["sh", "-c", "grep -s -l -a '[s]erve_fixtures' /proc/[0-9]*/cmdline | wc -l"])
    return int(said)
