"""Deploys that fail leave what served before, say at which step, and stand in nobody's way."""

import pytest

from deploy import box_certificate, site_data
from deploy import site_env as env
from deploy.deployment import DeployError, roll_back
from tests.box.conftest import said, ssh
from tests.box.deploy_failures import BACKUP, MIGRATION, deploying, make, refused, settings
from tests.box.manual_changes import set_by_hand
from tests.runs.conftest import until

COUNTING = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000000) SELECT count(*) FROM n"


@pytest.fixture(autouse=True)
def _entered(staging):
    """Something to lose."""
    if not staging.rows():
        staging.manage("create_list", "Still here")


def test_a_migration_that_fails_is_told_with_the_backup(staging):
    names = ["0001_initial", "0002_one", "0003_two", "0004_three"]
    sql = ["CREATE TABLE one (id int)", "CREATE TABLE two (id int)", "CREATE NONSENSE"]
    folder = "superlists/lists/migrations"
    files = {
        f"{folder}/{name}.py": MIGRATION.format(before=before, sql=statement)
        for before, name, statement in zip(names[:-1], names[1:], sql, strict=True)
    }
    files["superlists/static/superlists/in_vain.css"] = "body { color: red; }"
    told = refused(staging, staging.checkout.commit(files))
    assert "Running manage.py migrate failed with exit code 1" in told
    assert 'near "NONSENSE": syntax error' in told
    well = f"{staging.release} serves on, and is well on the database as the migration left it"
    assert f"staging was not switched: {well}" in told
    backup = BACKUP.search(told)
    assert backup
    staging.run("test", "-s", backup[1])


def test_requirements_that_cannot_be_had(staging):
    told = refused(staging, staging.checkout.replaced("superlists/requirements.txt", "asgiref==", "nosuchthing==9."))
    assert "needs: The wheels could not be downloaded here. pip said: " in told
    assert "nosuchthing" in told
    assert "serves on" in told


@pytest.mark.smoke_run
def test_a_page_that_is_broken_leads_back(staging, monkeypatch):
    before, previous = settings(staging), staging.previous
    monkeypatch.setenv("EMAIL_HOST_USER", "edith@example.com")
    broken = staging.checkout.replaced("superlists/templates/lists/home.html", "<h1>Start", "<h1 hidden>Start")
    told = refused(staging, broken)
    assert "The smoke run failed with exit code 1" in told
    assert "The start is there and inviting" in told
    assert f"{staging.release} serves again, and passes; the data entered since stays" in told
    assert BACKUP.search(told)
    assert settings(staging) == before
    # A rollback does not lead to what failed.
    assert staging.previous == previous


def test_settings_that_the_release_that_serves_fails_with_do_not_stay(staging, monkeypatch):
    before = settings(staging)
    follow = env.settings_of
    elsewhere = {"DJANGO_ALLOWED_HOST": "elsewhere.example", "SITE_ORIGIN": "http://elsewhere.example"}
    monkeypatch.setattr(env, "settings_of", lambda layout: follow(layout) | elsewhere)
    monkeypatch.setattr("deploy.smoke.HEALTHY_WITHIN_S", 2)
    told = refused(staging, None)
    assert f"{staging.release} serves again, and passes" in told
    assert settings(staging) == before


def test_a_site_that_does_not_start_leads_back_to_what_served_and_not_to_where_a_deploy_was_cut_off(staging):
    before = staging.release
    broken = staging.checkout.replaced("superlists/wsgi.py", '"""Where', 'raise SystemExit(1)\n"""Where')
    # A deploy that is cut off in its switch, before the restart, leaves this.
    make(staging, broken)
    for link, release in (("previous", before), ("current", broken.commit)):
        staging.run("ln", "-sfn", str(staging.layout.releases / release), str(staging.layout.home / link))
    told = refused(staging, broken)
    assert f"Running systemctl restart {staging.layout.unit}.service failed" in told
    assert f"{before} serves again, and passes" in told


def test_a_site_that_is_down_already_is_mended_by_a_deploy(staging):
    broken = f"{staging.layout.releases / staging.release}/superlists/wsgi.py"
    staging.run("sed", "--in-place", "1i raise SystemExit(1)", broken)
    unit = f"{staging.layout.unit}.service"
    assert ssh(staging.box, "sudo", "systemctl", "restart", unit).returncode == 1
    mended = staging.checkout.commit({"superlists/marked.py": '"""Mended."""\n'})
    staging.deploy(mended)
    assert staging.release == mended.commit
    # It is the way back now, and no deploy makes it anew.
    staging.run("sed", "--in-place", "1d", broken)


def test_a_rollback_that_fails_leads_back_to_what_served(staging):
    if not staging.previous:
        staging.deploy(staging.checkout.commit({"superlists/marked.py": '"""Newer."""\n'}))
    serving, before = staging.release, staging.previous
    page = f"{staging.layout.releases / before}/superlists/templates/lists/home.html"
    staging.run("sed", "--in-place", "s/<h1>Start/<h1>{% nonsense %}Start/", page)
    with pytest.raises(DeployError) as failure:
        roll_back(staging.site, sites=staging.sites, say=staging.said.append)
    told = str(failure.value)
    assert "The start page: " in told
    assert f"staging was not rolled back to {before}: {serving} serves again, and passes" in told
    assert (staging.release, staging.previous) == (serving, before)
    staging.run("sed", "--in-place", "s/<h1>{% nonsense %}Start/<h1>Start/", page)


def test_settings_come_and_go_with_their_release_until_somebody_changes_them_by_hand(staging, monkeypatch, tmp_path):
    box_certificate.write(tmp_path, "127.0.0.1")
    before, newer = settings(staging), staging.checkout.commit({"superlists/marked.py": '"""No mail."""\n'})
    nobody = {"EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": "9", "EMAIL_CA_FILE": str(tmp_path / box_certificate.AUTHORITY)}
    for name, value in nobody.items():
        monkeypatch.setenv(name, value)
    assert "Running manage.py check_mail failed" in refused(staging, newer)
    assert "The mail server is not asked" in staging.deploy(newer, mail_check=False)
    with_mail = settings(staging)
    assert "EMAIL_HOST='127.0.0.1'" in with_mail
    roll_back(staging.site, sites=staging.sites, say=staging.said.append)
    assert settings(staging) == before
    mail = str(staging.layout.home / "mail")
    for name in nobody:
        monkeypatch.delenv(name)
    set_by_hand(staging, "EMAIL_FILE_PATH", f"{mail}/by-hand")
    by_hand, staging.said[:] = settings(staging), []
    roll_back(staging.site, sites=staging.sites, say=staging.said.append)
    assert f"The settings stay as they are: they were changed since {staging.previous} was switched to" in staging.said
    assert settings(staging) == by_hand
    set_by_hand(staging, "EMAIL_FILE_PATH", mail)
    assert settings(staging) == before


def test_a_connection_that_ends_amid_a_migration_and_the_deploy_after_it(staging, monkeypatch):
    before = staging.release
    migration = MIGRATION.format(before="0001_initial", sql=COUNTING)
    files = {"superlists/lists/migrations/0002_counting.py": migration}
    process = deploying(staging, staging.checkout.commit(files))
    until(process, "Running manage.py migrate")
    ssh(staging.box, "sudo", "pkill", "--full", "'sshd: deployer'")
    _, told = process.communicate(timeout=30)
    assert process.returncode == 1
    assert f"was not switched: {before} serves on" in told
    assert "is gone" in told
    assert "The migration may still be running there; the next deploy or restore waits until it is over" in told
    named = BACKUP.search(told)
    assert named
    assert staging.release == before
    # Nor does any of all these stand in the way of the next one, which makes neither the way back anew nor removes the
    # backup that somebody was told of.
    way_back = staging.previous or before
    kept = str(staging.layout.releases / way_back / "kept")
    staging.run("touch", kept)
    monkeypatch.setattr(site_data, "KEPT", 1)
    said_last = staging.deploy(staging.checkout.at(way_back)).rpartition("/")[2]
    assert (staging.release, staging.run("ls", kept)) == (way_back, kept)
    assert staging.run("ls", "-1", str(staging.layout.backups)).split() == [named[1].rpartition("/")[2], said_last]
    assert said(staging.box, "systemctl", "list-units", "--failed", "--plain", "--no-legend") == ""
