"""What is told of a container that somebody else started and that cannot be looked at."""

import pytest

from acceptance.images import SITE, image
from acceptance.targets.base import TargetError
from tests.targets.engine import FOR_PRODUCTION, by_hand, engine
from tests.targets.test_running_container import run


def test_a_container_that_is_not_there(running):
    with pytest.raises(TargetError, match=r"There is no container 'superlists-nowhere'\. Running: "):
        running("superlists-nowhere")


def test_a_container_that_has_ended(running):
    with by_hand(FOR_PRODUCTION) as container:
        container.kill()
        with pytest.raises(TargetError, match=r"ended with exit code 137\. Start it first: docker start"):
            running(container.name)


def test_a_container_that_is_paused(running):
    with by_hand(FOR_PRODUCTION) as container:
        container.pause()
        with pytest.raises(TargetError, match=rf"is paused: docker unpause {container.name}$"):
            running(container.name)


def test_a_site_of_another_name_is_not_gone_to(running):
    answers = (
        r"answers only to the host 'lists\.example\.com'\. Allowed for DJANGO_ALLOWED_HOST: 127\.0\.0\.1 or localhost"
    )
    elsewhere = FOR_PRODUCTION | {"DJANGO_ALLOWED_HOST": "lists.example.com"}
    with by_hand(elsewhere) as container, pytest.raises(TargetError, match=answers):
        running(container.name)


FORGET = """
import sqlite3
with sqlite3.connect("/data/db.sqlite3") as database:
    database.execute("DELETE FROM django_migrations WHERE app = 'lists'")
"""


def test_a_site_that_is_not_migrated(running):
    with by_hand(FOR_PRODUCTION) as container:
        run(container, "python", "-c", FORGET)
        with pytest.raises(TargetError, match=r"is not healthy: .*'migrations_applied': False"):
            running(container.name)


def test_a_port_that_is_not_published(running):
    with engine() as client:
        container = client.containers.run(image(client, SITE), detach=True, environment=FOR_PRODUCTION)
        try:
            with pytest.raises(TargetError, match="does not publish its port 8888/tcp: docker run -p 8888:8888"):
                running(container.name)
        finally:
            container.remove(force=True, v=True)
