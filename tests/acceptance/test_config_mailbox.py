"""Which mailbox a run has, and what is said of settings that do not fit."""

import pytest

from acceptance import certificates as box_certificate
from acceptance.mailboxes.addresses import DEFAULT
from acceptance.mailboxes.base import WAYS
from tests.acceptance.config_files import mistakes, read
from tests.acceptance.test_config_sites import STAGING

YOURS = "tests+{name}.{run}.{number}@example.org"
POP3 = {"mailbox": "pop3", "mailbox.host": "pop.example.org", "mailbox.user": "tests", "mailbox.address": YOURS}
CATCHER = {"mailbox": "catcher", "mailbox.url": "http://localhost:1080"}


@pytest.fixture
def staging(tmp_path):
    (tmp_path / "sites.toml").write_text(STAGING)
    return {"target": "staging", "sites": str(tmp_path / "sites.toml")}


@pytest.fixture
def sending(environ):
    return environ | {"EMAIL_HOST": "smtp.example.org", "MAILBOX_PASSWORD": "s3cret", "EMAIL_PASSWORD": "t0p"}


def test_each_target_has_its_usual_way(environ, staging):
    assert read(environ).mailbox == "outbox"
    assert read(environ, target="docker").mailbox == "smtp"
    assert read(environ, target="docker", **{"docker.container": "superlists"}).mailbox == "none"
    assert read(environ, **staging).mailbox == "none"


def test_mail_is_waited_for_as_long_as_is_usual(environ, sending):
    assert read(environ).mailbox_wait == 10
    assert read(environ, mailbox="none", **{"mailbox.wait": "0.5"}).mailbox_wait == 0.5
    assert read(sending, **POP3).mailbox_wait == 60
    assert read(sending, **POP3, **{"mailbox.wait": "90"}).mailbox_wait == 90


@pytest.mark.parametrize("way", [way for way in WAYS if way not in ("pop3", "catcher")])
def test_a_site_of_the_runs_own_can_do_it_in_any_way(environ, way):
    assert read(environ, mailbox=way).mailbox == way


def test_a_way_that_a_target_has_not_is_a_mistake(environ, staging):
    said = mistakes(environ, target="docker", mailbox="outbox")
    assert "outbox is not to be had from this target; allowed here: smtp, server, pop3, catcher, none" in said
    for running in (staging, {"target": "docker", "docker.container": "superlists"}):
        for way in ("outbox", "smtp"):
            said = mistakes(environ, mailbox=way, **running)
            assert f"{way} is not to be had from this target; allowed here: server, pop3, catcher, none" in said


def test_a_mailbox_of_ones_own(sending):
    config = read(sending, **POP3)
    assert (config.mailbox_host, config.mailbox_port, config.mailbox_user) == ("pop.example.org", 995, "tests")
    assert (config.mailbox_poll, config.mailbox_ca, config.mailbox_password) == (1, None, "s3cret")
    assert config.mail_server == {"EMAIL_HOST": "smtp.example.org", "EMAIL_PASSWORD": "t0p"}
    assert "s3cret" not in repr(config)
    assert "t0p" not in repr(config)


def test_what_a_mailbox_needs_is_told_at_once(environ):
    said = mistakes(environ, mailbox="pop3", wait="soon")
    assert "mailbox.host: is not set, and mailbox=pop3 needs it" in said
    assert "mailbox.user: is not set, and mailbox=pop3 needs it" in said
    assert "pop3 needs a password for its user: MAILBOX_PASSWORD is not set in the environment" in said
    assert "the site sends by a mail server of yours: EMAIL_HOST is not set in the environment" in said
    assert f"mailbox.address: mail to {DEFAULT} comes to nobody's mailbox" in said
    assert "wait: 'soon' is not a time" in said


def test_a_server_has_its_own_mail_server(environ, staging):
    assert read(environ | {"MAILBOX_PASSWORD": "s3cret"}, **POP3, **staging).mailbox == "pop3"
    assert read(environ, **CATCHER, **staging).mailbox_url == "http://localhost:1080"


def test_a_catcher_may_ask_for_a_login(environ, sending):
    assert "mailbox.url: is not set" in mistakes(environ, mailbox="catcher")
    said = mistakes(environ, **CATCHER, **{"mailbox.user": "tests"})
    assert "catcher needs a password for tests: MAILBOX_PASSWORD is not set" in said
    assert read(sending, **CATCHER).mailbox_user == ""
    assert read(sending, **CATCHER, **{"mailbox.user": "tests"}).mailbox_password == "s3cret"


@pytest.mark.parametrize(
    ("name", "value", "knowing"),
    [
        ("mailbox.host", "pop.example.org", "pop3"),
        ("mailbox.port", "1995", "pop3"),
        ("mailbox.poll", "2", "pop3"),
        ("mailbox.user", "tests", "pop3 or catcher"),
        ("mailbox.url", "http://localhost:1080", "catcher"),
    ],
)
def test_a_setting_of_another_way_is_a_mistake(environ, name, value, knowing):
    said = mistakes(environ, mailbox="none", **{name: value})
    assert f"{name}: means something with mailbox={knowing} only; allowed here: " in said


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("mailbox", "imap", "'imap' is not known; allowed: default, outbox, smtp, server, pop3, catcher, none"),
        ("mailbox.wait", "0", "'0' is not a time; allowed: 0.1 to 600 (seconds)"),
        ("mailbox.wait", "nan", "'nan' is not a time"),
        ("mailbox.poll", "0.05", "'0.05' is not a time; allowed: 0.1 to 60 (seconds)"),
        ("mailbox.port", "free", "'free' is not a port; allowed: 1 to 65535"),
        ("mailbox.port", "65536", "'65536' is not a port; allowed: 1 to 65535"),
        ("mailbox.url", "localhost:1080", "'localhost:1080' is not an address; allowed: such as http://localhost:1080"),
        ("mailbox.url", "http://localhost:99999", "'http://localhost:99999' is not an address"),
        ("mailbox.url", "ftp://localhost", "'ftp://localhost' is not an address"),
        ("mailbox.url", "http://[oops", "'http://[oops' is not an address"),
        ("mailbox.url", "http://localhost/?a=b", "'http://localhost/?a=b' is not an address"),
        ("mailbox.address", "edith@example.com", "'edith@example.com' is not a pattern of addresses"),
        ("mailbox.ca", "/nowhere/ca.pem", "'/nowhere/ca.pem' is no file of certificates: "),
        ("mailbox.ca", "behave.ini", "'behave.ini' is no file of certificates: "),
    ],
)
def test_a_value_that_makes_no_sense_is_a_mistake(environ, name, value, says):
    assert f"{name}: {says}" in mistakes(environ, **{name: value})


def test_a_secret_is_refused_and_not_repeated(environ):
    said = mistakes(environ, **{"mailbox.password": "s3cret"})
    assert "mailbox.password: there is no such setting; it is taken from MAILBOX_PASSWORD in the environment" in said
    assert "s3cret" not in said
    said = mistakes(environ, mailbox="catcher", **{"mailbox.url": "http://tests:s3cret@localhost:1080"})
    assert "mailbox.url: it holds a login; allowed: mailbox.user, and MAILBOX_PASSWORD" in said
    assert "s3cret" not in said


def test_an_authority_of_ones_own(sending, tmp_path):
    box_certificate.write(tmp_path, "127.0.0.1")
    authority = tmp_path / box_certificate.AUTHORITY
    assert read(sending, **POP3, **{"mailbox.ca": str(authority)}).mailbox_ca == authority
