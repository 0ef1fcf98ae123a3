"""What `fab status` tells of a site: one that is well, and one that is not as the sites file says."""

import pytest

from acceptance.remote_command import Command
from acceptance.ssh import Server
from deploy.doctor import BrokenError, examine
from deploy.remote_files import switch_link
from deploy.status import status
from tests.box.shared_postgresql import behind


def told(site):
    lines = (line.split(":", 1) for line in status(site))
    return {name: text.strip() for name, text in lines}


def test_the_status_tells_how_the_site_is(either):
    lines = told(either.site)
    assert lines["release"] == either.release
    assert lines["environment"] == "staging"
    assert lines["health"] == "well"
    assert "free" in lines["disk"]
    assert lines["backups"].endswith("; a timer makes daily ones")
    assert lines["lock"] == "free"


def test_which_database_it_is_and_whether_it_answers(staging, database):
    assert told(staging.site)["database"] == "sqlite, answers, migrated"
    with behind(staging, database.make("status")):
        said = told(staging.site)
        assert said["database"].startswith("postgresql, answers, NOT migrated; ")
        assert ".env leads to the one of DATABASE_URL" in said["database"]
        database.container.stop(timeout=5)
        said = told(staging.site)
        assert said["database"].startswith("postgresql, does not answer; ")
        assert '"healthy": false' in said["health"]
        with pytest.raises(BrokenError, match=r"broken: the database answers\. fab status tells which"):
            list(examine(staging.site))


def test_a_site_that_does_not_answer(staging):
    release = staging.release
    with Server(staging.site, user=staging.site.ssh.admin) as server:

        def systemctl(verb):
            server.run(Command(("systemctl", verb, "nginx.service"), step=f"{verb} nginx", sudo=True))

        systemctl("stop")
        try:
            said = told(staging.site)
        finally:
            systemctl("start")
    assert said["database"] == "unknown: the site does not answer"
    assert "does not answer" in said["health"]
    assert said["release"] == release
    assert said["environment"] == "staging by the sites file; the site does not answer"


def test_a_release_that_was_switched_to_by_hand_and_does_not_serve(staging):
    layout, serves = staging.layout, staging.release
    with Server(staging.site) as server:
        server.run(Command(("mkdir", str(layout.releases / "abc")), step="Making a folder"))
        server.run(switch_link(layout.current, layout.releases / "abc"))
        try:
            assert told(staging.site)["release"] == f"abc, but {serves} serves"
        finally:
            server.run(switch_link(layout.current, layout.releases / serves))
            server.run(Command(("rmdir", str(layout.releases / "abc")), step="Removing it"))
