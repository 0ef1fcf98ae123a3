"""The sites file: what it says, the mistakes in it, and what production has to itself."""

import os
import re
import shutil
import socket
from pathlib import Path, PurePosixPath

import pytest

from acceptance.sites import Backups, Site, Ssh, Tls, machines_shared_by_address, read_sites
from acceptance.ssh_identity import authorized_keys_line
from tests.acceptance.key_files import new_key
from tests.acceptance.sites_file import PRODUCTION, STAGING, TLS, changed, mistakes, read, refusal, written

HOSTS = "allowed: a host name such as lists.example.com, or an IPv4 address; no scheme, port or path"
SSH_HOSTS = "allowed: a host name such as lists.example.com, or an IP address"
PORTS = "allowed: a whole number from 1 to 65535"
FILES = "the path of a file, such as ~/.ssh/staging"
SERVER_FILES = "the absolute path of a file on the server, for both certificate and key; or issuer in their place"
USERS = "the name of an account that is not root, such as deployer"
SITE_KEYS = "host, port, environment, runtime, database, plain_http, manage, log, ssh, tls, backups"
SSH_KEYS = "host, port, user, admin, key, keys, agent, config, known_hosts"
SITES = Path("deploy/sites.toml")
OWN = "; a production site has one to itself"
SAME_MACHINE = f"production.ssh: is the same machine as staging.ssh ({{}}, port 22){OWN}"


def test_what_is_not_said_has_a_default(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    site = read(tmp_path, staging=STAGING)["staging"]
    assert (site.host, site.port, site.runtime, site.tls) == ("staging.lists.example.com", 80, "virtualenv", None)
    assert (site.ssh.host, site.ssh.port, site.ssh.admin) == (site.host, 22, "")
    assert (site.ssh.key, site.ssh.known_hosts) == (tmp_path / "keys/staging", tmp_path / "home/.ssh/known_hosts")


def test_paths_begin_at_the_file_or_at_home(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    (tmp_path / "deploy").mkdir()
    written(tmp_path / "deploy", live=changed(PRODUCTION, tls=TLS | {"ca": "~/ca.pem"}))
    monkeypatch.chdir(tmp_path)
    site = read_sites(Path("deploy/sites.toml"))["live"]
    assert site.ssh.key == tmp_path / "deploy/keys/production"
    assert site.tls
    assert (site.tls.certificate, site.tls.ca) == (PurePosixPath("/etc/ssl/fullchain.pem"), tmp_path / "home/ca.pem")


@pytest.mark.parametrize(
    ("port", "tls", "url"),
    [
        (80, None, "http://lists.example.com"),
        (443, None, "http://lists.example.com:443"),
        (443, TLS, "https://lists.example.com"),
        (80, TLS, "https://lists.example.com:80"),
    ],
)
def test_the_address_leaves_default_ports_out(tmp_path, port, tls, url):
    values = {"tls": tls} if tls else {}
    assert read(tmp_path, live=changed(PRODUCTION, port=port, **values))["live"].base_url == url


@pytest.mark.parametrize(
    ("given", "host"),
    [
        ("Lists.Example.COM.", "lists.example.com"),
        ("2001:DB8::0:1", "2001:db8::1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        *((host, host) for host in ("localhost", "127.0.0.1", "xn--bcher-kva.example", "a" * 63 + ".example")),
    ],
)
def test_hosts_are_told_in_one_way(tmp_path, given, host):
    assert read(tmp_path, staging=changed(STAGING, ssh_host=given))["staging"].ssh.host == host


def test_the_shipped_file_has_no_site_and_one_once_uncommented_which_shows_every_key(tmp_path):
    assert read_sites(SITES) == {}
    example = re.sub(r"^#(?! )", "", SITES.read_text(), flags=re.MULTILINE)
    (tmp_path / "sites.toml").write_text(example)
    site = read_sites(tmp_path / "sites.toml")["staging"]
    assert (site.base_url, site.ssh.user, site.disposable) == ("https://staging.lists.example.com", "deployer", True)
    keys = set(re.findall(r"^(?:# )?(\w+) =", example, re.MULTILINE))
    models = (Site.model_fields, Ssh.model_fields, Tls.model_fields, Backups.model_fields)
    assert keys == {key for model in models for key in model} - {"name", "ssh", "tls", "backups"}


def test_all_mistakes_are_told_at_once(tmp_path):
    staging = changed(STAGING, host="http://x", port=0, environment="prod", ssh_user=None, ssh_prot=22)
    production = changed(PRODUCTION, hots="x")
    other = changed(STAGING, runtime="podman")
    told = mistakes(tmp_path, staging=staging, production=production, docker=STAGING, other=other)
    assert set(told) == {
        "staging.host: is 'http://x'; " + HOSTS,
        "staging.port: is 0; " + PORTS,
        "staging.environment: is 'prod'; allowed: staging or production",
        f"staging.ssh.prot: there is no such key; allowed: {SSH_KEYS}",
        "staging.ssh.user: is missing; needed: " + USERS,
        f"production.hots: there is no such key; allowed: {SITE_KEYS}",
        "docker: is a target of its own; allowed: any name but local and docker",
        "other.runtime: is 'podman'; allowed: virtualenv or docker",
    }


def test_what_is_needed_is_asked_for(tmp_path):
    missing = ("tls.certificate", "tls.key", "host", "environment", "ssh.user", "ssh.key")
    told = {line.partition("; ")[0] for line in mistakes(tmp_path, staging={"tls": {}, "name": "x"})}
    assert told == {"staging.name: there is no such key", *(f"staging.{key}: is missing" for key in missing)}


@pytest.mark.parametrize(
    "host",
    [
        *("", " ", "a b", "https://lists.example.com", "lists.example.com:8000", "lists.example.com/", "a,b", "*"),
        *("-a.example", "a-.example", "a..example", ".", ".example", "a_b.example", "bücher.example", "a" * 64),
        *("127.1", "2130706433", "0x7f000001", "999.1.1.1", "example.1", "::1", "[::1]", "a@b", "-oProxyCommand=x"),
        *(".".join(["a" * 60] * 5), 127, True, ["a"], 1.5),
    ],
)
def test_a_host_is_a_name_or_an_address(tmp_path, host):
    (said,) = mistakes(tmp_path, staging=changed(STAGING, host=host))
    assert said.startswith("staging.host: is ")
    assert said.endswith(HOSTS)


@pytest.mark.parametrize(
    ("key", "allowed", "values"),
    [
        ("ssh_host", SSH_HOSTS, ["", "[::1]", "::1%eth0", "deployer@lists.example.com", "lists.example.com:22", 22]),
        ("port", PORTS, [0, -1, 65536, "80", 80.0, True, [80]]),
        ("ssh_user", f"allowed: {USERS}", ["", "two words", "-l", "deployer@host", "$(id)", "a;b", 0, "root"]),
        ("ssh_admin", "allowed: the name of an account that may become root", ["deployer"]),
    ],
)
def test_a_value_that_cannot_be_meant_is_told_with_what_can(tmp_path, key, allowed, values):
    for value in values:
        (told,) = mistakes(tmp_path, staging=changed(STAGING, **{key: value}))
        assert told.startswith(f"staging.{key.replace('_', '.')}: is {value!r}; {allowed}")


@pytest.mark.parametrize("key", ["", " ", 5, "-----BEGIN\nsecret", "~nobody-of-that-name/key"])
def test_a_path_is_not_repeated_for_it_may_be_the_secret_itself(tmp_path, key):
    told = mistakes(tmp_path, staging=changed(STAGING, ssh_key=key, tls=TLS | {"ca": key}))
    assert told == [f"staging.{name}: is something else; allowed: {FILES}" for name in ("ssh.key", "tls.ca")]


@pytest.mark.parametrize("name", ["Staging", "1st", "-a", "a_b", '"a b"', '"lists.example.com"', '"ü"'])
def test_a_name_is_one_to_type(tmp_path, name):
    (told,) = mistakes(tmp_path, **{name: STAGING})
    assert told.endswith("is not a site's name; allowed: a letter, then letters, digits and -, all small")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("host = 'x'", "host: is 'x'; allowed: a table for each site, such as [staging]"),
        ("[[staging]]\nhost = 'x'", "staging: is [{'host': 'x'}]; allowed: a table for each site, such as [staging]"),
        ("[staging]\n\nhost = staging", "it is not TOML: Invalid value (at line 3, column 8)"),
        ("# f\xfcr uns\n", "it is not TOML: 'utf-8' codec can't decode byte 0xfc in position 3: invalid start byte"),
    ],
)
def test_what_is_no_table_of_sites_is_told_with_its_line(tmp_path, text, told):
    (tmp_path / "sites.toml").write_text(text, encoding="latin-1")
    assert refusal(tmp_path / "sites.toml") == [told]


def test_values_in_place_of_tables_are_told_once(tmp_path):
    assert mistakes(tmp_path, staging=STAGING | {"ssh": "me@x", "tls": True}) == [
        f"staging.ssh: is 'me@x'; allowed: a table [staging.ssh] with {SSH_KEYS}",
        'staging.tls: is True; allowed: "letsencrypt", or a table [staging.tls] with '
        "issuer, email, certificate, key, ca, hsts_days",
    ]


@pytest.mark.parametrize("tls", ["letsencrypt", {"issuer": "letsencrypt"}, {"issuer": "https://acme.test/dir"}])
def test_a_certificate_is_ordered_by_one_word_or_from_another_issuer(tmp_path, tls):
    site = read(tmp_path, live=PRODUCTION | {"tls": tls})["live"]
    assert (site.port, site.base_url) == (443, "https://lists.example.com")
    assert site.tls
    assert (site.tls.issuer, site.tls.certificate) == (tls if isinstance(tls, str) else tls["issuer"], None)


@pytest.mark.parametrize(
    ("tls", "told"),
    [
        ("lets-encrypt", "tls: is 'lets-encrypt'; allowed: \"letsencrypt\", or a table [live.tls]"),
        ({"issuer": "http://acme.test"}, "tls.issuer: is 'http://acme.test'; allowed: \"letsencrypt\", or the URL"),
        ({"issuer": "letsencrypt", "email": "me"}, "tls.email: is 'me'; allowed: an e-mail address"),
        ({"issuer": "letsencrypt", "key": "/x"}, f"tls.key: is something else; allowed: {SERVER_FILES}"),
        (TLS | {"hsts_days": 731}, "tls.hsts_days: is 731; allowed: a whole number of days from 0 to 730"),
        (TLS | {"key": "relative"}, f"tls.key: is something else; allowed: {SERVER_FILES}"),
        # It is written into a file of nginx's.
        (TLS | {"key": "/a; include /b"}, f"tls.key: is something else; allowed: {SERVER_FILES}"),
    ],
)
def test_a_certificate_comes_from_one_place_that_can_be_named(tmp_path, tls, told):
    (mistake,) = mistakes(tmp_path, live=PRODUCTION | {"tls": tls})
    assert mistake.startswith(f"live.{told}")


HOST_KEY = "ssh-ed25519 AAAAC3"


@pytest.mark.parametrize(
    ("key", "value"),
    [
        *(
            ("to", to)
            for to in ("/mnt/disk", "host:folder", "me@host", "me@host:", "me@host:-x", "me@-x:y", "rsync://h/x")
        ),
        # It stands in a unit's and a shell's command.
        *(("to", f"me@host:{folder}") for folder in ("a b", "$(id)", "x;y", "%h", "x\ny")),
        *(("host_key", key) for key in ("example.com ssh-ed25519 AAAA", "SHA256:abc", "ssh-ed25519 AAAA\nx")),
    ],
)
def test_copies_of_backups_go_to_one_place_that_can_be_named(tmp_path, key, value):
    good = {"to": "me@192.0.2.1:~/copies/", "host_key": HOST_KEY}
    site = read(tmp_path, live=PRODUCTION | {"backups": good})["live"]
    assert site.backups
    assert (site.backups.to, site.backups.port) == ("me@192.0.2.1:~/copies", 22)
    (told,) = mistakes(tmp_path, live=PRODUCTION | {"backups": good | {key: value}})
    assert told.startswith(f"live.backups.{key}: is ")


def test_a_file_that_cannot_be_read_is_told_with_what_to_do(tmp_path):
    advice = "there is no such file. Make one with a table for each site, such as [staging]"
    assert refusal(tmp_path / "sites.toml") == [advice]
    assert refusal(tmp_path) == [f"it cannot be read: {os.strerror(21)}"]


@pytest.mark.parametrize(
    ("one", "other", "told"),
    [
        ("box.example.com", "BOX.Example.com.", "box.example.com"),
        ("192.0.2.1", "::ffff:192.0.2.1", "192.0.2.1"),
        ("lists.example.com", None, "lists.example.com"),
    ],
)
def test_production_shares_no_machine(tmp_path, one, other, told):
    production = changed(PRODUCTION, ssh_host=other) if other else PRODUCTION
    sites = {"staging": changed(STAGING, ssh_host=one), "production": production}
    for ordered in (sites, dict(reversed(sites.items()))):
        assert mistakes(tmp_path, **ordered) == [SAME_MACHINE.format(told)]


def test_boxes_on_one_address_with_ports_of_their_own_are_machines_of_their_own(tmp_path):
    staging = changed(STAGING, host="127.0.0.1", port=8001, ssh_port=2201)
    production = changed(PRODUCTION, host="127.0.0.1", port=8002, ssh_port=2202)
    sites = read(tmp_path, staging=staging, production=production)
    assert machines_shared_by_address(sites.values(), {"127.0.0.1": {"127.0.0.1"}}.__getitem__) == []


def test_production_shares_no_address(tmp_path):
    staging = changed(STAGING, host="LISTS.example.com", ssh_host="box.example.com")
    told = mistakes(tmp_path, staging=staging, production=PRODUCTION)
    assert told == [f"production: has the same host and port as staging{OWN}"]


@pytest.mark.parametrize("share", [shutil.copy, os.symlink])
def test_production_shares_no_key(tmp_path, share):
    (tmp_path / "keys").mkdir()
    share(new_key(tmp_path / "keys/production"), tmp_path / "keys/staging")
    told = mistakes(tmp_path, staging=STAGING, production=PRODUCTION)
    assert told == [f"production.ssh.key: is the same key as staging.ssh.key{OWN}"]
    (tmp_path / "keys/staging").unlink()
    new_key(tmp_path / "keys/staging")
    assert read(tmp_path, staging=STAGING, production=PRODUCTION)


def test_production_lets_in_nobody_whom_staging_lets_in(tmp_path):
    (tmp_path / "keys").mkdir()
    own = authorized_keys_line(new_key(tmp_path / "keys/staging"))
    alice, bob = (authorized_keys_line(new_key(tmp_path / name)) for name in ("alice", "bob"))
    production = changed(PRODUCTION, ssh_keys=[f"{alice} alice"])
    assert read(tmp_path, staging=changed(STAGING, ssh_keys=[bob]), production=production)
    for shared in (alice, own):
        both = changed(STAGING, ssh_keys=[f"{alice} alice's laptop"]), changed(PRODUCTION, ssh_keys=[shared, bob])
        (told,) = mistakes(tmp_path, staging=both[0], production=both[1])
        assert told == f"production.ssh.keys: staging lets in {shared} as well{OWN}"


@pytest.mark.parametrize(
    "key", ["alice.pub", "ssh-ed25519", 'command="/bin/sh" ssh-ed25519 AAAA', "ssh-rsa AAAA\nssh-rsa AAAB"]
)
def test_only_public_keys_are_let_in(tmp_path, key):
    (told,) = mistakes(tmp_path, staging=changed(STAGING, ssh_keys=[key]))
    assert told.startswith("staging.ssh.keys: is something else; allowed: a list of public keys, such as")


@pytest.fixture
def sites(tmp_path, monkeypatch):
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: pytest.fail("the resolver was asked"))
    return read(tmp_path, staging=STAGING, production=PRODUCTION).values()


def test_two_names_of_one_address_are_one_machine(sites):
    known = {"lists.example.com": {"192.0.2.1", "2001:db8::1"}, "staging.lists.example.com": {"192.0.2.1"}}
    assert machines_shared_by_address(sites, known.__getitem__) == [SAME_MACHINE.format("lists.example.com")]
    assert machines_shared_by_address(sites, lambda host: {host}) == []


@pytest.mark.parametrize("errno", [socket.EAI_NONAME, socket.EAI_AGAIN])
def test_names_that_nobody_knows_are_no_mistake_and_a_resolver_in_trouble_is(sites, monkeypatch, errno):
    def fails(*_, **__):
        raise socket.gaierror(errno, "as the resolver says")

    monkeypatch.setattr(socket, "getaddrinfo", fails)
    told = [line for line in machines_shared_by_address(sites) if "nobody knows whether production shares" in line]
    assert len(told) == (errno == socket.EAI_AGAIN)


def test_one_machine_has_room_for_one_site_in_a_container(tmp_path):
    there = {"ssh_host": "box.example.com", "ssh_key": "keys/one", "runtime": "docker"}
    one = changed(STAGING, **there)
    told = mistakes(tmp_path, one=one, other=one)
    assert told == ["other.runtime: is docker as one's on the same machine; allowed: one such site on each"]
    assert read(tmp_path, one=one, other=changed(STAGING, **(there | {"runtime": "virtualenv"})))
