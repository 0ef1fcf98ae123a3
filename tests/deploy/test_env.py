from pathlib import Path
from typing import Any

import pytest

from acceptance.sites import Site, Ssh
from acceptance.ssh import ServerError
from deploy import site_env as env
from deploy.site_layout import Place


def place(**changes) -> Place:
    ssh = Ssh("lists.example.com", 22, "deployer", "debian", Path("key"), Path("known_hosts"))
    given: dict[str, Any] = {
        "name": "staging",
        "host": "staging.example.com",
        "port": 80,
        "environment": "staging",
        "tls": None,
    }
    return Place(Site(**(given | {"runtime": "virtualenv", "ssh": ssh} | changes)))


def test_what_follows_from_the_sites_file():
    said = env.settings_of(place())
    assert said["SITE_ENVIRONMENT"] == "staging"
    assert said["SUPERLISTS_TESTING"] == "1"
    assert said["SITENAME"] == said["DJANGO_ALLOWED_HOST"] == "staging.example.com"
    assert said["DJANGO_DB_PATH"] == "/home/deployer/sites/staging.example.com/db.sqlite3"
    assert said["DJANGO_DEBUG_FALSE"] == "1"


def test_production_has_no_fixtures_and_no_mail_in_files():
    production = place(environment="production")
    assert env.settings_of(production)["SUPERLISTS_TESTING"] == "0"
    assert env.at_first(production) == {}
    assert env.at_first(place()) == {"EMAIL_FILE_PATH": "/home/deployer/sites/staging.example.com/mail"}


def test_the_callers_mail_settings_go_along_and_nothing_else():
    environ = {"EMAIL_PASSWORD": "s3cret", "EMAIL_PORT": "", "HOME": "/root", "DATABASE_URL": "postgres://x"}
    assert env.mail_of(environ) == {"EMAIL_PASSWORD": "s3cret"}


def test_who_names_a_mail_server_wants_no_files():
    assert env.mail_of({"EMAIL_HOST": "smtp.example.com"}) == {"EMAIL_HOST": "smtp.example.com", "EMAIL_FILE_PATH": ""}
    both = {"EMAIL_HOST": "smtp.example.com", "EMAIL_FILE_PATH": "/mail"}
    assert env.mail_of(both) == both


@pytest.mark.parametrize("value", ["a'b", "a\\b", "a\nb", "a\0b", "a\fb", "a\u2028b"])
def test_a_value_that_no_env_can_hold_is_refused_and_not_told(value):
    with pytest.raises(ServerError, match="EMAIL_PASSWORD: holds a quote") as refused:
        env.mail_of({"EMAIL_PASSWORD": value})
    assert value not in str(refused.value)


@pytest.mark.parametrize("template", sorted(path.name for path in Path("deploy/templates").iterdir()))
def test_every_name_in_a_template_is_given(template):
    filled = place().filled(
        template, redirect="", listen="80", tls="", socket="/run/a.sock", serve="/serve", allowed="/bin/true"
    )
    assert "@{" not in filled
    assert "staging.example.com" in filled or "deployer" in filled


def test_accounts_are_short_enough_for_linux_and_tell_sites_apart():
    long = "a-very-long-name-for-a-site-of-lists.example.com"
    names = {place(host=host).account for host in (long, f"x{long}", "lists.example.com", "127.0.0.1")}
    assert len(names) == 4
    assert all(len(name) <= 32 for name in names)


def test_management_commands_are_of_the_current_release_or_of_another():
    home = "/home/deployer/sites/staging.example.com"
    assert place().manage("migrate", "--noinput").argv == (f"{home}/manage", "migrate", "--noinput")
    release = place().manage("check", release="abc").argv
    assert release == ("env", "RELEASE=releases/abc", "SETTINGS=.env.next", f"{home}/manage", "check")
