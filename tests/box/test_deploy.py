"""Deploys that succeed: nobody who visits notices, and nothing that was entered is lost."""

from urllib.request import urlopen

from acceptance.waiting import eventually
from benchmarks.downtime_probe import visitors
from deploy.deployment import prune, roll_back
from deploy.smoke import is_well
from tests.box.conftest import reboot, said
from tests.targets.visitor import Visitor

TITLE = ("superlists/templates/lists/home.html", "Start a new To-Do list", "Begin a new To-Do list")
MIGRATION = """from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("lists", "0001_initial")]
    operations = [migrations.AddField("item", "note", models.TextField(default="", db_default=""))]
"""
# What people have in a site, and what says that it is disposable: by the names that every later release has to know.
TABLES = ("lists_item", "lists_list", "lists_share", "accounts_user", "acceptance_stamp")


def page(there):
    return Visitor(there.site.base_url).get("/")


def rows(there):
    """Return how many rows each table has."""
    return {table: there.rows(table=table) for table in TABLES}


def test_from_the_release_before_and_back_and_forward_while_people_visit(either):
    before_it = either.checkout.before()
    either.deploy(before_it)
    style = either.run("sh", "-c", f"cd {either.layout.home}/static/superlists && ls -t site.*.css").split()[0]
    assert "Start a new To-Do list" in page(either)
    path = either.manage("create_list", "Buy milk")
    owned = either.manage("create_list", "Hang the bunting", "--owner=edith@example.com")
    either.manage("share_list", owned, "francis@example.com")
    before = rows(either)
    assert 0 not in before.values()
    title, old, new = TITLE
    either.checkout.restore()
    template = (either.checkout.root / title).read_text()
    assert old in template
    added = {title: template.replace(old, new), "superlists/lists/migrations/0002_note.py": MIGRATION}
    second = either.checkout.commit(added | {"superlists/static/superlists/site.css": "body { color: black; }"})
    visitor = Visitor(either.site.base_url)
    with visitors(either.site.base_url) as visits:
        told = either.deploy(second)
        assert either.release == second.commit
        assert "Begin a new To-Do list" in page(either)
        assert "Buy milk" in visitor.get(path)
        assert rows(either) == before
        later = either.manage("create_list", "Make tea")
        roll_back(either.site, sites=either.sites, say=either.said.append)
    assert (visits.tried > 50, visits.refused) == (True, [])
    prune(either.site, either.said.append)
    # An older page keeps its style, and a rollback what it leads to; older releases go.
    with urlopen(f"{either.site.base_url}/static/superlists/{style}", timeout=5) as answer:
        assert answer.status == 200
        assert "immutable" in answer.headers["Cache-Control"]
    releases = either.run("ls", "-1", str(either.layout.releases)).split()
    assert set(releases) == {before_it.commit, second.commit}
    assert either.release == before_it.commit
    assert "Start a new To-Do list" in page(either)
    assert "Buy milk" in visitor.get(path)
    assert "Make tea" in visitor.get(later)
    since = rows(either)
    assert since == before | {"lists_list": before["lists_list"] + 1, "lists_item": before["lists_item"] + 1}
    # A rollback of a rollback leads forward again.
    roll_back(either.site, sites=either.sites, say=either.said.append)
    assert either.release == second.commit
    assert rows(either) == since
    backup = told.rpartition("the database before is ")[2]
    kept = either.sql("SELECT text FROM lists_item", backup)
    assert ("Buy milk" in kept, "Make tea" in kept) == (True, False)


def test_the_site_is_back_by_itself_after_a_reboot(staging):
    release = staging.release
    reboot(staging.box)
    eventually(lambda: is_well(staging.site, release), what="the site after a reboot", within_s=30)
    assert said(staging.box, "systemctl", "list-units", "--failed", "--plain", "--no-legend") == ""
