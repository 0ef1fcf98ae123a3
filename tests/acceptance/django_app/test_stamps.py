"""Who stamps a database as disposable, and which: `migrate`, `migrate_disposable`, and a person by `stamp_site`."""

import io

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import connection, connections

from acceptance.django_app.guard import refuse_stamped_production, stamped_sites
from acceptance.django_app.models import Stamp
from tests.acceptance.django_app.conftest import SITE
from tests.sqlite_statements import sql
from tests.superlists.checkout import PRODUCTION, copied_to, python

SERVER = PRODUCTION | {"SITE_ENVIRONMENT": "docker", "SUPERLISTS_TESTING": "1"}
BROKEN = """
from django.db import migrations

def fail(*_):
    raise RuntimeError("oh dear")

class Migration(migrations.Migration):
    # After the stamp's own table, and thus as late as can be.
    dependencies = [("acceptance", "0001_initial"), ("lists", "0001_initial")]
    operations = [migrations.RunPython(fail)]
"""


@pytest.fixture
def database(tmp_path, django_db_blocker):
    """The name of a database that is not there yet; it differs, for the app remembers names."""
    name = tmp_path.name
    connections.settings[name] = connections["default"].settings_dict | {"NAME": tmp_path / "new.sqlite3"}
    with django_db_blocker.unblock():
        yield name
        connections[name].close()
    del connections[name], connections.settings[name]


@pytest.fixture
def migrate(database):
    """Run migrate on it; return its stamps."""

    def run(*arguments):
        call_command("migrate", *arguments, database=database, verbosity=0)
        made = Stamp._meta.db_table in connections[database].introspection.table_names()
        return [stamp.site for stamp in Stamp.objects.using(database)] if made else []

    return run


def test_migrate_stamps_a_new_local_database_once(migrate):
    assert migrate() == migrate() == [SITE]


@pytest.mark.parametrize("environment", ["docker", "staging", "production"])
def test_elsewhere_migrate_stamps_nothing(migrate, acceptance, environment):
    acceptance(environment=environment)
    assert migrate() == []


def test_a_database_on_a_server_is_stamped_by_a_person_only(migrate, database, monkeypatch):
    monkeypatch.setattr(type(connections[database]), "vendor", "postgresql")
    assert migrate() == []


def test_a_database_made_in_two_runs_was_not_empty_at_the_second(migrate):
    assert migrate("accounts") == migrate("acceptance") == []


def test_a_stamp_that_was_taken_away_does_not_come_back(migrate, database):
    migrate()
    Stamp.objects.using(database).all().delete()
    assert migrate() == []


@pytest.fixture
def path(tmp_path):
    return tmp_path / "new.sqlite3"


@pytest.fixture
def run_on(checkout, path):
    """Run a command of a server's site on the database at `path`."""
    server = SERVER | {"DJANGO_DB_PATH": str(path)}
    return lambda *command, **environ: python(checkout, "manage.py", *command, **server | environ)


def test_an_empty_database_is_migrated_and_stamped_once(run_on, path):
    made = run_on("migrate_disposable")
    assert (made.returncode, made.stderr) == (0, "")
    # Each migration is named, so that one that fails is known.
    assert "Applying lists.0001_initial... OK" in made.stdout
    assert made.stdout.endswith("The database is made, and disposable for lists.example.com.\n")
    assert sql(path, "SELECT site FROM acceptance_stamp") == [("lists.example.com",)]
    assert run_on("migrate_disposable").returncode == 1


def test_a_database_with_a_table_of_anyones_is_refused_and_left_as_it_is(run_on, path):
    sql(path, "CREATE TABLE worth_keeping (id INTEGER)")
    refused = run_on("migrate_disposable")
    assert refused.returncode == 1
    assert refused.stderr == (
        "CommandError: Refused: the database is not empty, it has 1 tables. "
        "To keep it, run manage.py migrate; if nothing in it is worth keeping, manage.py stamp_site\n"
    )
    assert sql(path, "SELECT name FROM sqlite_master WHERE type = 'table'") == [("worth_keeping",)]


def test_a_migration_that_fails_leaves_no_stamp(tmp_path, path):
    folder = copied_to(tmp_path / "site")
    (folder / "superlists" / "lists" / "migrations" / "0002_broken.py").write_text(BROKEN)
    failed = python(folder, "manage.py", "migrate_disposable", **SERVER, DJANGO_DB_PATH=str(path))
    assert failed.returncode == 1
    assert failed.stderr.endswith("RuntimeError: oh dear\n")
    assert sql(path, "SELECT * FROM acceptance_stamp") == []


class Keyboard(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture
def typed(monkeypatch, stamp):
    """Have a person type this at a terminal; the database bears another site's stamp."""
    Stamp.objects.update(site="lists.example.com")
    return lambda text, terminal=Keyboard: monkeypatch.setattr("sys.stdin", terminal(text))


def test_the_right_name_stamps_the_database_for_this_site_alone(typed, run, settings):
    for _ in range(2):
        typed(f" {SITE} \n")
        output = run("stamp_site")
        assert f"Scenarios will then EMPTY the database of {SITE} ({settings.DATABASES['default']['NAME']})." in output
        assert output.endswith(f"The database is disposable for {SITE}.")
        assert stamped_sites() == [SITE]


@pytest.mark.parametrize("name", ["lists.example.com", "y", SITE.upper(), ""])
def test_another_name_changes_nothing(typed, name):
    typed(name)
    with pytest.raises(CommandError, match=f"Refused: {name!r} is not {SITE!r}. Nothing was changed."):
        call_command("stamp_site")
    assert stamped_sites() == ["lists.example.com"]


def test_without_a_terminal_it_is_refused(typed):
    typed(f"{SITE}\n", io.StringIO)
    with pytest.raises(CommandError, match="Refused: a person has to type the site's name at a terminal"):
        call_command("stamp_site")
    assert stamped_sites() == ["lists.example.com"]


@pytest.fixture
def in_production(stamp, acceptance):
    acceptance(environment="production")
    stamp.delete()


def test_production_alone_does_not_start_on_a_database_of_any_sites(in_production, acceptance):
    refuse_stamped_production()
    for site in ("staging.example.com", "docker"):
        Stamp.objects.create(site=site)
    with pytest.raises(ImproperlyConfigured, match=r"disposable for docker, staging\.example\.com\. It belongs to"):
        refuse_stamped_production()
    acceptance(environment="staging")
    refuse_stamped_production()
    acceptance(environment="production")
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE acceptance_stamp")
    refuse_stamped_production()


def test_a_database_that_does_not_answer_is_logged_and_not_minded(in_production, no_database, monkeypatch, site_log):
    monkeypatch.setattr("acceptance.django_app.guard.connection", no_database)
    refuse_stamped_production()
    assert "ERROR acceptance.django_app.guard: The database did not answer when" in site_log.getvalue()
    assert "OperationalError: unable to open database file" in site_log.getvalue()
