"""A site's settings: what they are to be, how .env is written on the server, and the way back; on real files."""

import json
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from acceptance.sites import Tls
from acceptance.ssh import ServerError
from deploy import box_certificate, site_env
from deploy.remote.update_env import POSTGRES
from deploy.remote_programs import source
from deploy.site_database import named
from tests.deploy.this_machine import ThisMachine, layout, layout_in

KEY = "DJANGO_SECRET_KEY"


def test_production_has_no_fixtures_and_no_mail_in_files():
    staging, production = layout(), layout(environment="production")
    assert [site_env.settings_of(each)["SUPERLISTS_TESTING"] for each in (staging, production)] == ["1", "0"]
    assert [bool(site_env.at_first(each)) for each in (staging, production)] == [True, False]


def test_what_browsers_remember_of_https_is_left_alone_unless_the_sites_file_says_it():
    asked = [layout(tls=Tls.model_construct(hsts_days=days)) for days in (None, 0, 365)]
    told = [site_env.settings_of(each).get("DJANGO_HSTS_SECONDS") for each in asked]
    assert told == [None, "0", "31536000"]


def test_the_callers_mail_settings_go_along_and_nothing_else():
    environ = {"EMAIL_PASSWORD": "s3cret", "EMAIL_PORT": "", "HOME": "/root", "DATABASE_URL": "postgres://x"}
    assert site_env.mail_of(environ) == {"EMAIL_PASSWORD": "s3cret"}
    # Who names a mail server wants no files, unless both are named.
    server = {"EMAIL_HOST": "smtp.example.com"}
    assert site_env.mail_of(server) == server | {"EMAIL_FILE_PATH": ""}
    assert site_env.mail_of(server | {"EMAIL_FILE_PATH": "/mail"}) == server | {"EMAIL_FILE_PATH": "/mail"}


@pytest.mark.parametrize("value", ["a'b", "a\\b", "a\nb", "a\0b", "a\u2028b"])
def test_a_value_that_no_env_can_hold_is_refused_and_not_told(value):
    with pytest.raises(ServerError, match="EMAIL_PASSWORD: holds a quote") as refused:
        site_env.mail_of({"EMAIL_PASSWORD": value})
    assert value not in str(refused.value)


def test_accounts_are_short_enough_for_linux_and_tell_sites_apart():
    long = "a-very-long-name-for-a-site-of-lists.example.com"
    names = {layout(host=host).account for host in (long, f"x{long}", "lists.example.com", "127.0.0.1")}
    assert len(names) == 4
    assert all(len(name) <= 32 for name in names)


@pytest.fixture
def certificate(tmp_path):
    box_certificate.write(tmp_path, "127.0.0.1")
    return tmp_path / box_certificate.AUTHORITY


def sent(folder, **environ):
    return site_env.send_mail_authority(ThisMachine(), layout_in(folder), environ)


def test_the_authority_that_the_caller_names_is_put_where_the_site_finds_it(certificate, tmp_path):
    path = sent(tmp_path, EMAIL_HOST="mail.example.com", EMAIL_CA_FILE=str(certificate))["SSL_CERT_FILE"]
    assert Path(path).read_text() == certificate.read_text()
    box_certificate.write(tmp_path, "127.0.0.1")
    assert sent(tmp_path, EMAIL_CA_FILE=str(certificate))["SSL_CERT_FILE"] != path
    # Who names another server needs the authority before no longer; what others trust here does not matter.
    assert sent(tmp_path, EMAIL_HOST="smtp.example.com") == {"SSL_CERT_FILE": ""}
    assert sent(tmp_path, SSL_CERT_FILE="/etc/ssl/certs/ca-certificates.crt") == {}


def test_what_is_no_certificate_or_holds_a_private_key_is_not_sent(certificate, tmp_path):
    both = certificate.read_text() + certificate.with_name(box_certificate.KEY).read_text()
    no_file = f"EMAIL_CA_FILE: {tmp_path}/own.pem is no file of certificates, in PEM: "
    for content, told in (
        (None, no_file),
        ("", no_file),
        ("not a certificate", no_file),
        (both, "holds a private key"),
    ):
        if content is not None:
            (tmp_path / "own.pem").write_text(content)
        with pytest.raises(ServerError, match=told) as refused:
            sent(tmp_path, EMAIL_CA_FILE=str(tmp_path / "own.pem"))
        assert "BEGIN" not in str(refused.value)


def update(path, given, at_first=None, into=None, own=None):
    """Update it as the server would: by Python, with nothing of the project beside it."""
    command = [sys.executable, "-c", source("update_env"), str(path), str(path if into is None else into)]
    settings = json.dumps([given, at_first or {}, given.get("DJANGO_DB_PATH", "") if own is None else own])
    return subprocess.run(command, input=settings, capture_output=True, text=True, check=False, timeout=20)


def settings(path):
    return dict(line.split("=", 1) for line in path.read_text().splitlines())


@pytest.fixture
def env(tmp_path):
    """The .env of a staging site."""
    path = tmp_path / ".env"
    done = update(path, {"SITE_ENVIRONMENT": "staging", "DJANGO_DB_PATH": "/site/db"}, {"EMAIL_FILE_PATH": "/mail"})
    assert done.stdout.split() == ["DJANGO_DB_PATH", KEY, "EMAIL_FILE_PATH", "SITE_ENVIRONMENT"]
    return path


def test_a_new_env_has_a_secret_key_and_one_that_is_updated_keeps_what_is_not_named(env):
    before = settings(env)
    assert (len(before[KEY]) > 50, env.stat().st_mode & 0o777) == (True, 0o640)
    env.chmod(0o600)
    done = update(env, {"EMAIL_HOST": "smtp.example.com", "EMAIL_FILE_PATH": ""}, {"EMAIL_FILE_PATH": "/other"})
    assert (done.stdout.split(), done.stderr) == (["EMAIL_FILE_PATH", "EMAIL_HOST"], "")
    del before["EMAIL_FILE_PATH"]
    assert settings(env) == before | {"EMAIL_HOST": "'smtp.example.com'"}
    assert env.stat().st_mode & 0o777 == 0o640


def test_what_is_to_hold_later_is_written_beside_and_what_is_looked_at_is_not_written(env):
    before, later = env.read_text(), env.with_name(".env.next")
    assert update(env, {"SITE_ORIGIN": "http://other"}, into="").returncode == 0
    assert list(env.parent.iterdir()) == [env]
    assert update(env, {"EMAIL_HOST": "smtp.example.com"}, into=later).stdout.split() == ["EMAIL_HOST"]
    assert env.read_text() == before
    assert settings(later) == settings(env) | {"EMAIL_HOST": "'smtp.example.com'"}


@pytest.mark.parametrize(
    ("content", "code", "told"),
    [
        ("SITE_ENVIRONMENT='production'", 76, "provisioned as 'production', not 'staging'; that never changes"),
        (f"{KEY}='x'", 76, "provisioned as 'none', not 'staging'"),
        ("SITE_ENVIRONMENT='staging'\nDJANGO_DB_PATH='/volume/db'", 77, "leads to /volume/db, not to /site/db. "),
        ("SITE_ENVIRONMENT='staging'\nDATABASE_URL='postgres://x:s3cret@h/x'", 77, "to the one of DATABASE_URL"),
        ("SITE_ENVIRONMENT='staging'", 77, "leads to none"),
        ("export EMAIL_PASSWORD=s3cret", 1, "has a line that is not NAME='value': export EMAIL_PASSWORD"),
    ],
)
@pytest.mark.parametrize("into", ["", ".env", ".env.next"])
def test_an_env_that_somebody_made_another_is_left_alone(tmp_path, content, code, told, into):
    path = tmp_path / ".env"
    path.write_text(f"{content}\n")
    given = {"SITE_ENVIRONMENT": "staging", "DJANGO_DB_PATH": "/site/db"}
    done = update(path, given, into=into and tmp_path / into)
    assert done.returncode == code
    assert told in done.stdout + done.stderr
    assert "s3cret" not in done.stdout + done.stderr
    assert (path.read_text(), list(tmp_path.iterdir())) == (f"{content}\n", [path])


@pytest.mark.parametrize(
    "url",
    ["mysql://x:s3cret@h/x", "postgres://x:s3cret/4@h/x", "postgres://x:s3cr'et@h/x", "postgres://x:a@s3cret@h/x"],
)
def test_a_database_url_that_is_none_is_told_without_it(monkeypatch, url):
    monkeypatch.setenv("DATABASE_URL", url)
    with pytest.raises(ServerError, match="DATABASE_URL has to be such as") as refused:
        named()
    assert "s3cr" not in str(refused.value)


URL = "postgres://x:s3cret@h/x"


@pytest.mark.parametrize(
    ("content", "own", "told"),
    [
        # What a deploy asks for, of a site that did not move yet,
        ("DJANGO_DB_PATH='/site/db'", POSTGRES, "leads to /site/db, not to the one of DATABASE_URL. "),
        # and what provisioning asks for, where the caller's own environment names another.
        (f"DATABASE_URL='{URL}'", "postgres://x:s3cret@other/x", "has another DATABASE_URL than you"),
        (f"DATABASE_URL='{URL}'", URL, ""),
        (f"DATABASE_URL='{URL}'", POSTGRES, ""),
        ("DJANGO_DB_PATH='/site/db'", URL, ""),
    ],
)
def test_a_database_url_is_given_once(tmp_path, content, own, told):
    path = tmp_path / ".env"
    path.write_text(f"SITE_ENVIRONMENT='staging'\n{content}\n")
    done = update(path, {}, {"DATABASE_URL": "postgres://first"}, own=own)
    assert (done.returncode, done.stderr) == (77 if told else 0, "")
    assert told in done.stdout
    assert "s3cret" not in done.stdout
    assert path.read_text() == f"SITE_ENVIRONMENT='staging'\n{content}\n" or not told
    assert "first" not in path.read_text()


def test_settings_that_cannot_be_looked_at_are_not_taken_for_none(tmp_path):
    """Else a new secret key, and no mail server, would take the place of what the site has."""
    (tmp_path / "file").touch()
    done = update(tmp_path / "file" / ".env", {"A": "1"}, into=tmp_path / ".env.next")
    assert done.returncode
    assert "Not a directory" in done.stderr
    assert not (tmp_path / ".env.next").exists()


@pytest.mark.parametrize("broken", ["", "ulimit -f 0", "kill -9 $$"])
def test_the_way_back_leads_to_whole_settings_of_just_before(tmp_path, broken):
    for name, text in ((".env.0123456789ab", "older"), (".env", "before"), (".env.next", "next")):
        (tmp_path / name).write_text(text)
    layout = layout_in(tmp_path)
    with suppress(ServerError):
        site_env.switch(ThisMachine(before=broken), layout, "0123456789ab", layout.next_environment)
    site_env.go_back(ThisMachine(), layout, "0123456789ab", layout.next_environment)
    assert [(tmp_path / name).read_text() for name in (".env", ".env.next")] == ["before", "next"]


@pytest.mark.parametrize(
    ("changed", "content", "why"),
    [
        (None, "", ""),
        (".env", "{known}EMAIL_HOST='by.hand'\n", "they were changed since two was switched to"),
        # Those of now would lead to the data of then.
        (".env.one", "SITE_ENVIRONMENT='staging'\nDJANGO_DB_PATH='/before/the/move'\n", "do not fit any more"),
        (".env.one", "", "not known"),
    ],
)
def test_a_rollback_keeps_settings_that_were_changed_by_hand_or_would_lead_to_other_data(
    tmp_path, changed, content, why
):
    layout = layout_in(tmp_path)
    known = f"SITE_ENVIRONMENT='staging'\nDJANGO_DB_PATH='{layout.database}'\n"
    for name in (".env", ".env.one"):
        (tmp_path / name).write_text(known)
    # What the file system calls the same moment.
    time.sleep(0.02)
    (tmp_path / "current").symlink_to("releases/two")
    if changed:
        time.sleep(0.02)
        (tmp_path / changed).unlink()
        if content:
            (tmp_path / changed).write_text(content.format(known=known))
    told = site_env.why_kept(ThisMachine(), layout, "two", "one")
    assert why in told
    assert bool(told) == bool(why)


@pytest.mark.parametrize("failing", ["kill -9 $$", "exit 79", "exit 1"], ids=["lost", "lock lost", "broken"])
def test_a_look_that_failed_is_no_reason_to_keep_or_forget_settings(tmp_path, failing):
    for name in (".env", ".env.one"):
        (tmp_path / name).touch()
    (tmp_path / "current").symlink_to("releases/two")
    # Only the look into the settings is a program of Python's.
    broken = ThisMachine(before=f'case "$1" in python3) {failing};; esac')
    with pytest.raises(ServerError, match="Looking at "):
        site_env.why_kept(broken, layout_in(tmp_path), "two", "one")
