"""Settings of a run: what is read, and the sentence for each mistake."""

from pathlib import Path

import pytest

from acceptance.browsers.base import Installed
from acceptance.mailboxes.addresses import DEFAULT
from acceptance.settings import MAILBOXES, SETTINGS, Settings, SettingsError
from deploy import box_certificate
from tests.acceptance.run_settings import BEHAVE_INI, as_documented, mistakes, read
from tests.acceptance.sites_file import PRODUCTION, STAGING, TLS, changed, written

DOCKER = {"target": "docker"}
GRID = {"browser.remote": "http://grid:4444"}
RUNNING = DOCKER | {"docker.container": "superlists"}
SERVICE = "http://127.0.0.1:8700"
LENT = DOCKER | {"database": "postgres", "databases.url": SERVICE}
PATTERN = "tests+{name}.{run}.{number}@example.org"
POP3 = {"mailbox": "pop3", "mailbox.host": "pop.example.org", "mailbox.user": "tests", "mailbox.address": PATTERN}
CATCHER = {"mailbox": "catcher", "mailbox.url": "http://localhost:1080"}
SHARDS_UNKNOWN = ("2", "0/5", "6/5", "1/0", "2/5/5", "-1/5", "²/5", "")
SECRETS = {"EMAIL_HOST": "smtp.example.org", "MAILBOX_PASSWORD": "s3cret", "EMAIL_PASSWORD": "t0p"}


@pytest.fixture
def staging(tmp_path: Path) -> dict[str, str]:
    return {"target": "staging", "sites": str(written(tmp_path, staging=STAGING))}


def test_behave_ini_documents_every_setting_with_its_default(environ):
    assert set(as_documented()) == set(SETTINGS)
    unlike = {"seed": "off", "sites": "deploy/sites.toml"}
    assert read(environ, **unlike) == Settings.read(unlike, environ)
    lines = BEHAVE_INI.read_text().split("[behave.userdata]")[1].splitlines()
    keys = [number for number, line in enumerate(lines) if "=" in line and not line.startswith("#")]
    assert len(keys) == len(SETTINGS)
    assert all(lines[number - 1].startswith("#") for number in keys)


def test_a_browser_is_found_on_the_path_and_beside_python(environ, monkeypatch):
    installed = Installed(f"{environ['PATH']}/chromium", f"{environ['PATH']}/chromedriver")
    assert read(environ).installed == installed
    monkeypatch.setattr("sys.executable", f"{environ['PATH']}/python")
    assert Settings.read({}, {}).installed == installed


@pytest.mark.parametrize(
    ("settings", "binary"),
    [({}, "headless-shell"), ({"headless": "no"}, "chromium"), ({"browser": "chrome-full"}, "chromium")],
)
def test_the_headless_shell_is_used_out_of_sight_unless_the_full_browser_is_asked_for(environ, settings, binary):
    shell = Path(environ["PATH"], "chromium-headless-shell")
    shell.symlink_to("chromium")
    assert read(environ | {"DISPLAY": ":0"}, **settings).installed.binary.endswith(binary)


def test_a_browser_on_a_grid_needs_none_and_no_screen_here(tmp_path):
    on_grid = GRID | {"site.host": "127.0.0.2", "headless": "no", "pause": "on-failure"}
    assert read({"PATH": str(tmp_path)}, **on_grid).installed == Installed(grid="http://grid:4444")


def test_a_missing_browser_is_a_mistake_that_says_what_to_do(environ, monkeypatch, tmp_path):
    monkeypatch.setattr("sys.executable", str(tmp_path / "elsewhere" / "python"))
    (tmp_path / "chromedriver").unlink()
    message = mistakes(environ, wait="soon")
    assert "browser: no chromedriver on the PATH; `make browser` finds or installs what is missing" in message
    assert "wait: 'soon'" in message
    (tmp_path / "chromium").unlink()
    assert "no Chromium or Chrome and chromedriver on the PATH" in mistakes(environ)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("target", "nowhere", "'nowhere' is not known; allowed: local, docker"),
        # What behave makes of a bare `-D target`.
        ("target", "true", "'true' is not known"),
        ("browser", "netscape", "'netscape' is not known; allowed: chrome, chrome-full, firefox"),
        ("browser.remote", "grid:4444", "'grid:4444' is not an address; allowed: such as http://grid:4444"),
        ("browser.remote", "http://me:s3cret@grid", "it holds a login; allowed: an address without one"),
        ("site.host", "192.0.2.99", "'192.0.2.99' is no address of this machine ("),
        ("site.host", "0.0.0.0", "'0.0.0.0' stands for all addresses of this machine; allowed: one of them"),
        ("site.host", "127.0.0.1", "means something with browser.remote=an address only; allowed here: loopback"),
        ("headless", "maybe", "'maybe' is not known; allowed: yes, no"),
        ("wait", "soon", "'soon' is not allowed; allowed: 0.1 to 120 (seconds)"),
        *(("wait", wait, f"{wait!r} is not allowed") for wait in ("0", "0.09", "120.1", "nan", "inf", "")),
        ("seed", "x", "'x' is not allowed; allowed: random, off, or a whole number up to 4294967295"),
        *(("seed", seed, f"{seed!r} is not allowed") for seed in ("-1", "4294967296", "1.5", "", "²")),
        *(("shard", text, f"{text!r} is not known; allowed: 1/1 (all scenarios)") for text in SHARDS_UNKNOWN),
        ("database", "mysql", "'mysql' is not known; allowed: sqlite, postgres"),
        ("docker.port", "http", "'http' is not allowed; allowed: free, or 1 to 65535"),
        *(("docker.port", port, f"{port!r} is not allowed") for port in ("0", "65536", "-1", "", "²")),
        ("docker.container", "--rm", "'--rm' is not allowed; allowed: new, or the name of a container that runs"),
        *(("docker.container", name, f"{name!r} is not allowed") for name in ("", "a b", "../x", "a/b")),
        ("lock.wait", "-1", "'-1' is not allowed; allowed: 0 to 3600 (seconds)"),
        ("databases.url", "127.0.0.1:8700", f"'127.0.0.1:8700' is not an address; allowed: such as {SERVICE}"),
        *(
            ("databases.url", url, f"{url!r} is not an address")
            for url in ("ftp://host", "http://", "http://host:0", "http://host:x", "http://[oops", f"{SERVICE}?a=b")
        ),
        ("mailbox", "imap", "'imap' is not known; allowed: default, outbox, smtp, server, pop3, catcher, none"),
        ("mailbox.poll", "0.05", "'0.05' is not allowed; allowed: 0.1 to 60 (seconds)"),
        ("mailbox.port", "free", "'free' is not allowed; allowed: 1 to 65535"),
        ("mailbox.url", "localhost:1080", "'localhost:1080' is not an address; allowed: such as http://localhost:1080"),
        ("mailbox.address", "edith@example.com", "'edith@example.com' is not a pattern of addresses"),
        ("mailbox.ca", "/nowhere/ca.pem", "'/nowhere/ca.pem' is no file of certificates: "),
        ("mailbox.ca", "behave.ini", "'behave.ini' is no file of certificates: "),
        ("tagret", "local", "there is no such setting; allowed: target, sites, browser"),
        (
            "mailbox.password",
            "s3cret",
            "there is no such setting; it is taken from MAILBOX_PASSWORD in the environment",
        ),
        ("databases.url", "http://me:s3cret@host", "it holds a login; allowed: an address, and DATABASES_TOKEN in the"),
        ("mailbox.url", "http://me:s3cret@host", "it holds a login; allowed: mailbox.user, and MAILBOX_PASSWORD"),
        # What means something elsewhere only.
        ("database", "postgres", "means something with target=docker only; allowed here: sqlite"),
        ("databases.url", SERVICE, "means something with target=docker only; allowed here: nothing"),
        ("lock.wait", "5", "means something with target=docker or a site on a server only; allowed here: 0"),
        ("mailbox.port", "1995", "means something with mailbox=pop3 only; allowed here: 995"),
        ("mailbox.user", "tests", "means something with mailbox=pop3 or catcher only; allowed here: nothing"),
        ("mailbox.url", CATCHER["mailbox.url"], "means something with mailbox=catcher only; allowed here: nothing"),
        ("pause", "on-failure", "on-failure leaves nothing to look at with headless=yes; allowed with headless=no"),
    ],
)
def test_each_mistake_is_told_with_what_is_allowed_and_no_secret(environ, name, value, message):
    said = mistakes(environ, **{name: value})
    assert f"  {name}: {message}" in said
    assert "s3cret" not in said


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (
            RUNNING | {"docker.port": "8888"},
            "docker.port: a container that runs already has its own; allowed here: free",
        ),
        (GRID, "site.host: the nodes of a grid elsewhere do not reach a site on loopback; allowed here: a host"),
        (GRID | RUNNING, "docker.container: the nodes of a grid elsewhere reach no container that runs already"),
        (GRID | {"browser": "chrome-full"}, "browser: no grid has chrome-full; allowed with browser.remote: chrome"),
        (RUNNING | {"database": "postgres"}, "database: a container that runs already has its own"),
        (DOCKER | {"databases.url": SERVICE}, "databases.url: means something with database=postgres only"),
        (LENT, "databases.url: a service of databases needs a token: DATABASES_TOKEN is not set in the environment"),
        (DOCKER | {"mailbox": "outbox"}, "outbox is not to be had from this target; allowed here: smtp, server, pop3"),
        (RUNNING | {"mailbox": "smtp"}, "smtp is not to be had from this target; allowed here: server, pop3, catcher"),
        *(
            ({"mailbox": "pop3"}, message)
            for message in (
                "mailbox.host: is not set, and mailbox=pop3 needs it",
                "pop3 needs a password for its user: MAILBOX_PASSWORD is not set in the environment",
                "the site sends by a mail server of yours: EMAIL_HOST is not set in the environment",
                f"mailbox.address: mail to {DEFAULT} comes to nobody's mailbox",
            )
        ),
        (
            {"browser": "firefox", "sandbox": "no"},
            "sandbox: means something with browser=chrome or chrome-full only; allowed here: default",
        ),
        ({"mailbox": "catcher"}, "mailbox.url: is not set, and mailbox=catcher needs it"),
        (CATCHER | {"mailbox.user": "tests"}, "catcher needs a password for tests: MAILBOX_PASSWORD is not set"),
    ],
)
def test_what_does_not_fit_together_is_told(environ, settings, message):
    assert message in mistakes(environ, **settings)


def test_all_mistakes_are_told_at_once_and_none_for_want_of_another(environ):
    def told(**settings: str) -> list[str]:
        return sorted(line.split(":")[0].strip() for line in mistakes(environ, **settings).splitlines()[1:])

    pop3 = ["mailbox", "mailbox", "mailbox.address", "mailbox.host", "mailbox.user"]
    address = {"mailbox.address": "edith@example.com"}
    assert told(mailbox="pop3", wait="soon", database="mysql", **address) == ["database", *pop3, "wait"]
    assert told(mailbox="pop", **{"mailbox.host": "pop.example.org"}) == ["mailbox"]


@pytest.mark.parametrize("seed", ["random", "off"])
def test_machines_that_share_a_run_need_a_seed_that_is_the_runs_own(environ, seed):
    assert "seed: the machines that share a run need the same order" in mistakes(environ, seed=seed, shard="2/5")
    assert read(environ, seed=seed, shard="1/1").shard == (1, 1)
    shared = read(environ, seed="17", shard="2/5")
    assert (shared.seed, shared.shard) == (17, (2, 5))


def test_more_shards_than_scenarios_are_refused_with_the_other_mistakes(environ):
    settings = as_documented() | {"seed": "17", "shard": "5/5", "wait": "soon"}
    with pytest.raises(SettingsError) as raised:
        Settings.read(settings, environ, scenarios=4)
    assert "shard: 5 parts of 4 scenarios leave some empty; allowed: up to 4" in str(raised.value)
    assert "wait: 'soon'" in str(raised.value)
    del settings["wait"]
    assert Settings.read(settings, environ, scenarios=5).shard == (5, 5)
    # A mistyped tag is another mistake, which the run tells itself.
    assert Settings.read(settings, environ, scenarios=0).shard == (5, 5)


def test_a_browser_that_can_be_seen_needs_a_screen(environ, monkeypatch):
    monkeypatch.setattr("sys.platform", "linux")
    message = mistakes(environ, headless="no")
    assert "headless: no needs a screen, and neither DISPLAY nor WAYLAND_DISPLAY is set; `xvfb-run behave …`" in message
    for screen in ("DISPLAY", "WAYLAND_DISPLAY"):
        assert read(environ | {screen: ":0"}, headless="no", pause="on-failure").pause
    monkeypatch.setattr("sys.platform", "darwin")
    assert not read(environ, headless="no").headless


def test_each_target_has_its_usual_mailbox_and_each_mailbox_its_usual_wait(environ, staging):
    usual = [read(environ, **target).mailbox for target in ({}, DOCKER, RUNNING, staging)]
    assert usual == ["outbox", "smtp", "none", "none"]
    assert read(environ).mailbox_wait == 10
    assert read(environ, mailbox="none", **{"mailbox.wait": "0.5"}).mailbox_wait == 0.5
    assert read(environ | SECRETS, **POP3).mailbox_wait == 60
    for way in set(MAILBOXES) - {"pop3", "catcher"}:
        assert read(environ, mailbox=way).mailbox == way
    # A server has a mail server of its own.
    assert read(environ | {"MAILBOX_PASSWORD": "s3cret"}, **POP3, **staging).mailbox == "pop3"


def test_secrets_come_from_the_environment_and_are_not_shown(environ, tmp_path):
    settings = read(environ | SECRETS, **POP3)
    assert settings.mailbox_password == "s3cret"
    assert settings.mail_server == {"EMAIL_HOST": "smtp.example.org", "EMAIL_PASSWORD": "t0p"}
    lent = read(environ | {"DATABASES_TOKEN": "s3cret"}, **LENT | {"databases.url": f"{SERVICE}/"})
    assert (lent.databases_url, lent.databases_token) == (SERVICE, "s3cret")
    for shown in (repr(settings), str(settings), repr(lent)):
        assert "s3cret" not in shown
        assert "t0p" not in shown


def test_an_authority_of_ones_own_for_mail(environ, tmp_path):
    box_certificate.write(tmp_path, "127.0.0.1")
    authority = tmp_path / box_certificate.AUTHORITY
    assert read(environ | SECRETS, **POP3, **{"mailbox.ca": str(authority)}).mailbox_ca == authority


def test_a_site_of_the_sites_file_is_a_target(environ, staging):
    settings = read(environ, **staging, **{"lock.wait": "5"})
    assert settings.site
    assert (settings.target, settings.site.host) == ("staging", STAGING["host"])
    assert "allowed: local, docker, staging" in mistakes(environ, **staging | {"target": "stagging"})
    for target in ("local", "docker"):
        assert read(environ, target=target, sites="/nowhere/sites.toml").site is None


def test_what_is_wrong_with_a_sites_file_is_told_with_the_rest(environ, staging, tmp_path, monkeypatch):
    assert "/nowhere/sites.toml" in mistakes(environ, target="staging", sites="/nowhere/sites.toml")
    written(tmp_path, staging=changed(STAGING, host="http://staging"))
    message = mistakes(environ, **staging, wait="soon")
    assert "staging.host" in message
    assert "wait: 'soon' is not allowed" in message
    written(tmp_path, staging=STAGING, live=PRODUCTION)
    monkeypatch.setattr("socket.getaddrinfo", lambda *_, **__: [(0, 0, 0, "", ("192.0.2.1", 0))])
    assert "is the same machine as staging.ssh" in mistakes(environ, **staging)


def test_an_authority_of_the_sites_own_is_the_browsers_business(environ, staging, tmp_path):
    written(tmp_path, staging=changed(STAGING, tls=TLS | {"ca": "ca.pem"}))
    assert "sites: staging: there is no file" in mistakes(environ, **staging)
    (tmp_path / "ca.pem").touch()
    assert "sudo apt-get install libnss3-tools" in mistakes(environ, **staging)
    (tmp_path / "certutil").write_text("#!/bin/sh\n")
    (tmp_path / "certutil").chmod(0o755)
    assert read(environ, **staging).authority == tmp_path / "ca.pem"
