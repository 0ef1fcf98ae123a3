"""A site that entered its data in SQLite has it in PostgreSQL, and who else is on the machine has nothing of it."""

import pytest

from acceptance.sites import SitesError
from acceptance.ssh import ServerError
from acceptance.waiting import eventually
from deploy import site_data as data
from deploy.database_move import move_to_postgres
from deploy.doctor import BrokenError, examine
from deploy.provision import provision
from deploy.smoke import is_well
from deploy.status import status
from tests.box.conftest import said, ssh
from tests.box.shared_postgresql import PASSWORD


def test_every_row_is_there_and_the_file_stays_as_it_was_and_takes_no_more(contained):
    entered = ["Entered in SQLite", "Entered after a try"]
    assert {"lists_item: 2 rows on both sides", *entered} <= set(contained.moved)
    assert any(line.startswith("database:     postgresql, answers, migrated") for line in status(contained.site))
    file = str(contained.layout.database)
    assert contained.sql("SELECT text FROM lists_item", file) == entered
    with pytest.raises(ServerError, match="this data has moved to PostgreSQL"):
        contained.sql("DELETE FROM lists_item", file)
    # The copy that a way back would begin with takes rows again.
    copy = next(line.rpartition(" ")[2] for line in contained.moved if "a copy is" in line)
    contained.sql("UPDATE lists_item SET text = text", copy)


def test_a_database_that_holds_rows_is_not_moved_to(contained):
    """As somebody would who leads the site back to its file by hand, and moves again."""
    before, env = contained.rows(), str(contained.layout.environment)
    contained.run("cp", env, f"{env}.kept")
    lead = f"s|^DATABASE_URL=.*|DJANGO_DB_PATH='{contained.layout.database}'|"
    contained.run("sed", "--in-place", lead, env)
    try:
        with pytest.raises(ServerError, match=r"PostgreSQL holds rows already, in .*lists_item"):
            move_to_postgres(contained.site, lambda _: None)
        # The file takes rows again: the site would go on with it.
        contained.sql("UPDATE lists_item SET text = text", str(contained.layout.database))
    finally:
        contained.run("mv", f"{env}.kept", env)
    assert contained.rows() == before


def test_a_second_site_on_the_machine_reads_nothing_of_the_first_and_takes_no_role_that_is_there(production):
    other = production.site.model_copy(update={"host": "localhost"})
    as_postgres = ("sudo", "--user=postgres", "psql", "--command")
    said(production.box, *as_postgres, "'CREATE ROLE \"site-localhost\"'")
    with pytest.raises(SitesError, match="has a role site-localhost that provisioning did not make"):
        provision(other)
    said(production.box, *as_postgres, "'DROP ROLE \"site-localhost\"'")
    assert "made the database site-localhost" in provision(other)
    # As a restore leaves it that was killed.
    said(production.box, *as_postgres, "'ALTER DATABASE \"site-localhost\" CONNECTION LIMIT 0'")
    assert provision(other) == []
    ask = ("sudo", "--user=site-localhost", "psql", "--command='SELECT 1'")
    assert said(production.box, *ask)
    account = production.layout.account
    for options in ("", f"?options=-crole%3D{account}", "?user=deployer"):
        url = f"postgresql://%2Frun%2Fpostgresql/{account}{options}"
        asked = ssh(production.box, "sudo", "--user=site-localhost", "psql", "--command=TABLE lists_item", f"'{url}'")
        assert asked.returncode
        assert "permission denied" in asked.stderr or "Peer authentication failed" in asked.stderr


def test_a_database_elsewhere_is_named_once(production, database, monkeypatch, capfd):
    other, url = production.site.model_copy(update={"host": "elsewhere.localhost"}), database.make("elsewhere")
    monkeypatch.setenv("DATABASE_URL", url)
    assert "made the database" not in "\n".join(provision(other))
    monkeypatch.setenv("DATABASE_URL", f"{url}_2")
    with pytest.raises(ServerError, match="has another DATABASE_URL than you") as refused:
        provision(other)
    monkeypatch.delenv("DATABASE_URL")
    assert provision(other) == []
    assert data.query(other, "SELECT current_database()").split() == ["current_database", "elsewhere"]
    assert PASSWORD not in str(refused.value) + "".join(capfd.readouterr())


def test_the_doctor_finds_a_postgresql_that_does_not_run(production):
    release = production.release
    said(production.box, "sudo", "systemctl", "stop", "postgresql")
    try:
        with pytest.raises(BrokenError, match=r"broken: the database answers\. .* sudo systemctl restart postgresql"):
            list(examine(production.site))
    finally:
        said(production.box, "sudo", "systemctl", "start", "postgresql")
    eventually(lambda: is_well(production.site, release), what="the site, well again", within_s=30)
