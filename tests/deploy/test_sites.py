import re
from pathlib import Path

import pytest

from acceptance.sites import SITES, Site, Ssh, Tls, read_sites
from tests.deploy.site_files import PRODUCTION, STAGING, TLS, changed, read


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def test_what_is_not_said_has_a_default(tmp_path, home):
    assert read(tmp_path, staging=STAGING) == {
        "staging": Site(
            name="staging",
            host="staging.lists.example.com",
            port=80,
            environment="staging",
            runtime="virtualenv",
            ssh=Ssh(
                host="staging.lists.example.com",
                port=22,
                user="deployer",
                admin="",
                key=tmp_path / "keys/staging",
                known_hosts=home / ".ssh/known_hosts",
            ),
            tls=None,
        )
    }


def test_what_is_said_is_so(tmp_path, home):
    said = changed(
        PRODUCTION,
        port=8443,
        runtime="docker",
        ssh_host="2001:DB8::0:1",
        ssh_port=2222,
        ssh_admin="root",
        ssh_key="~/.ssh/production",
        ssh_known_hosts="/etc/known",
        tls=TLS | {"ca": "~/ca.pem"},
    )
    assert read(tmp_path, live=said)["live"] == Site(
        name="live",
        host="lists.example.com",
        port=8443,
        environment="production",
        runtime="docker",
        ssh=Ssh("2001:db8::1", 2222, "deployer", "root", home / ".ssh/production", Path("/etc/known")),
        tls=Tls(tmp_path / "fullchain.pem", tmp_path / "privkey.pem", home / "ca.pem"),
    )


def test_relative_paths_begin_at_the_file_wherever_one_is(tmp_path, monkeypatch):
    (tmp_path / "deploy").mkdir()
    read(tmp_path / "deploy", staging=STAGING)
    monkeypatch.chdir(tmp_path)
    assert read_sites(Path("deploy/sites.toml"))["staging"].ssh.key == tmp_path / "deploy/keys/staging"


def test_own_authority_is_optional(tmp_path):
    tls = read(tmp_path, staging=changed(STAGING, tls=TLS))["staging"].tls
    assert tls is not None
    assert tls.ca is None


@pytest.mark.parametrize(
    ("port", "tls", "url"),
    [
        (None, None, "http://lists.example.com"),
        (80, None, "http://lists.example.com"),
        (443, None, "http://lists.example.com:443"),
        (8080, None, "http://lists.example.com:8080"),
        (None, TLS, "https://lists.example.com"),
        (443, TLS, "https://lists.example.com"),
        (80, TLS, "https://lists.example.com:80"),
    ],
)
def test_the_address_leaves_default_ports_out(tmp_path, port, tls, url):
    values = {key: value for key, value in {"port": port, "tls": tls}.items() if value}
    assert read(tmp_path, live=changed(PRODUCTION, **values))["live"].base_url == url


def test_only_staging_is_disposable(tmp_path):
    sites = read(tmp_path, staging=STAGING, production=PRODUCTION)
    assert [(name, site.disposable) for name, site in sites.items()] == [("staging", True), ("production", False)]


@pytest.mark.parametrize(
    ("given", "host"),
    [
        ("Lists.Example.COM.", "lists.example.com"),
        ("localhost", "localhost"),
        ("127.0.0.1", "127.0.0.1"),
        ("xn--bcher-kva.example", "xn--bcher-kva.example"),
        ("3com.com", "3com.com"),
        ("a" * 63 + ".example", "a" * 63 + ".example"),
    ],
)
def test_hosts_are_told_in_one_way(tmp_path, given, host):
    site = read(tmp_path, staging=changed(STAGING, host=given))["staging"]
    assert (site.host, site.ssh.host) == (host, host)


def test_an_address_is_the_same_in_each_notation(tmp_path):
    for given in ("::ffff:192.0.2.1", "192.0.2.1"):
        assert read(tmp_path, staging=changed(STAGING, ssh_host=given))["staging"].ssh.host == "192.0.2.1"


def test_no_site_is_shipped():
    assert read_sites() == {}


def test_the_shipped_example_is_a_site_once_uncommented(tmp_path):
    path = tmp_path / "sites.toml"
    path.write_text(example())
    site = read_sites(path)["staging"]
    assert (site.base_url, site.ssh.user, site.disposable) == ("https://staging.lists.example.com", "deployer", True)


def test_the_shipped_example_shows_every_key():
    keys = re.findall(r"^(\w+) =", example(), re.MULTILINE)
    site, ssh, tls = (set(table.__dataclass_fields__) for table in (Site, Ssh, Tls))
    assert set(keys) == (site - {"name", "ssh", "tls"}) | ssh | tls


def example():
    return re.sub(r"^#(?! )", "", SITES.read_text(), flags=re.MULTILINE)
