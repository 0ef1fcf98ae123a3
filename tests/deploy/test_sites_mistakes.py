"""Mistakes in the sites file are told all at once, each with what is allowed."""

import os

import pytest

from acceptance.sites import SITES, SitesError
from deploy.provision import provision
from tests.deploy.site_files import PRODUCTION, STAGING, TLS, changed, mistakes, read, refusal

HOSTS = "allowed: a host name such as lists.example.com, or an IPv4 address; no scheme, port or path"
SSH_HOSTS = "allowed: a host name such as lists.example.com, or an IP address"
PORTS = "allowed: a whole number from 1 to 65535"
FILES = "allowed: the path of a file, such as ~/.ssh/superlists-staging"
USERS = "allowed: the name of an account that is not root, such as deployer"
SITE_KEYS = "allowed: host, port, environment, runtime, ssh, tls"


def test_all_mistakes_are_told_at_once(tmp_path):
    staging = changed(STAGING, host="http://x", port=0, environment="prod", ssh_user=None, ssh_prot=22)
    production = changed(PRODUCTION, hots="x", ssh_key="keys/staging")
    other = changed(STAGING, runtime="podman")
    assert mistakes(tmp_path, staging=staging, production=production, docker=STAGING, other=other) == [
        "staging.host: is 'http://x'; " + HOSTS,
        "staging.port: is 0; " + PORTS,
        "staging.environment: is 'prod'; allowed: staging or production",
        "staging.ssh.prot: there is no such key; allowed: host, port, user, admin, key, known_hosts",
        "staging.ssh.user: is missing; needed: the name of an account that is not root, such as deployer",
        "production.hots: there is no such key; " + SITE_KEYS,
        "docker: is a target of its own; allowed: any name but local and docker",
        "other.runtime: is 'podman'; allowed: virtualenv or docker",
        "production.ssh.key: is the same key as docker.ssh.key; a production site has one to itself",
        "production.ssh.key: is the same key as other.ssh.key; a production site has one to itself",
    ]


def test_what_is_needed_is_asked_for(tmp_path):
    assert mistakes(tmp_path, staging={"tls": {}}) == [
        "staging.tls.certificate: is missing; needed: the path of a file, such as ~/.ssh/superlists-staging",
        "staging.tls.key: is missing; needed: the path of a file, such as ~/.ssh/superlists-staging",
        "staging.host: is missing; needed: " + HOSTS.removeprefix("allowed: "),
        "staging.environment: is missing; needed: staging or production",
        "staging.ssh.user: is missing; needed: the name of an account that is not root, such as deployer",
        "staging.ssh.key: is missing; needed: the path of a file, such as ~/.ssh/superlists-staging",
    ]


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


@pytest.mark.parametrize("host", ["", "[::1]", "::1%eth0", "deployer@lists.example.com", "lists.example.com:22", 22])
def test_so_is_the_host_for_ssh(tmp_path, host):
    assert mistakes(tmp_path, staging=changed(STAGING, ssh_host=host)) == [
        f"staging.ssh.host: is {host!r}; {SSH_HOSTS}"
    ]


@pytest.mark.parametrize("port", [0, -1, 65536, "80", 80.0, True, [80]])
def test_a_port_is_a_number_within_bounds(tmp_path, port):
    assert mistakes(tmp_path, staging=changed(STAGING, port=port, ssh_port=port)) == [
        f"staging.port: is {port!r}; {PORTS}",
        f"staging.ssh.port: is {port!r}; {PORTS}",
    ]


def test_who_deploys_is_not_who_may_become_root(tmp_path):
    (said,) = mistakes(tmp_path, staging=changed(STAGING, ssh_admin="deployer"))
    assert said.startswith("staging.ssh.admin: is 'deployer'; allowed: the name of an account that may become root")
    (missing,) = read(tmp_path, staging=STAGING).values()
    with pytest.raises(SitesError, match=r"staging\.ssh\.admin: is missing; .* It is not deployer"):
        provision(missing)


@pytest.mark.parametrize("user", ["", "two words", "-l", "deployer@host", "$(id)", "a;b", 0, "root"])
def test_a_user_is_an_account(tmp_path, user):
    assert mistakes(tmp_path, staging=changed(STAGING, ssh_user=user)) == [f"staging.ssh.user: is {user!r}; {USERS}"]


@pytest.mark.parametrize("key", ["", " ", 5, "-----BEGIN\nsecret", "~nobody-of-that-name/key"])
def test_a_path_is_not_repeated_for_it_may_be_the_secret_itself(tmp_path, key):
    tls = TLS | {"ca": key}
    assert mistakes(tmp_path, staging=changed(STAGING, ssh_key=key, tls=tls)) == [
        f"staging.tls.ca: is something else; {FILES}",
        f"staging.ssh.key: is something else; {FILES}",
    ]


@pytest.mark.parametrize("name", ["Staging", "1st", "-a", "a_b", '"a b"', '"lists.example.com"', '"ü"'])
def test_a_name_is_one_to_type(tmp_path, name):
    (said,) = mistakes(tmp_path, **{name: STAGING})
    assert said.endswith("is not a site's name; allowed: a letter, then letters, digits and -, all small")


@pytest.mark.parametrize("name", ["local", "docker"])
def test_names_of_other_targets_are_reserved(tmp_path, name):
    assert mistakes(tmp_path, **{name: STAGING}) == [
        f"{name}: is a target of its own; allowed: any name but local and docker"
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("host = 'x'", "host: is 'x'; allowed: a table for each site, such as [staging]"),
        ("[[staging]]\nhost = 'x'", "staging: is [{'host': 'x'}]; allowed: a table for each site, such as [staging]"),
        ("[staging]\n\nhost = staging", "it is not TOML: Invalid value (at line 3, column 8)"),
        ("[staging]\nhost = 'x'\nhost = 'y'\n", "it is not TOML: Cannot overwrite a value (at line 3, column 11)"),
        ("[staging]\n[staging]", "it is not TOML: Cannot declare ('staging',) twice (at line 2, column 9)"),
    ],
)
def test_what_is_no_table_of_sites_is_told_with_its_line(tmp_path, text, said):
    path = tmp_path / "sites.toml"
    path.write_text(text)
    assert refusal(path) == [said]


def test_values_in_place_of_tables_are_told_once(tmp_path):
    assert mistakes(tmp_path, staging=STAGING | {"ssh": "me@x", "tls": True}) == [
        "staging.tls: is True; allowed: a table [staging.tls] with certificate, key, ca",
        "staging.ssh: is 'me@x'; allowed: a table [staging.ssh] with host, port, user, admin, key, known_hosts",
    ]


def test_certificates_cannot_be_waved_through(tmp_path):
    (said,) = mistakes(tmp_path, staging=changed(STAGING, tls=TLS | {"verify": False}))
    assert said == "staging.tls.verify: there is no such key; allowed: certificate, key, ca"


def test_a_file_in_another_encoding_is_told_with_its_line(tmp_path):
    (tmp_path / "sites.toml").write_bytes(b"[staging]\n\n# f\xfcr uns\n")
    assert refusal(tmp_path / "sites.toml") == ["it is not UTF-8 (at line 3)"]


def test_a_missing_file_is_told_with_the_way_to_make_one(tmp_path):
    advice = f"there is no such file. Make one with a table for each site, after the example in {SITES}"
    assert refusal(tmp_path / "sites.toml") == [advice]


def test_a_folder_is_no_file(tmp_path):
    assert refusal(tmp_path) == [f"it cannot be read: {os.strerror(21)}"]
