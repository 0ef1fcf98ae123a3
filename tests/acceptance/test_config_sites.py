from pathlib import Path

import pytest

from tests.acceptance.config_files import mistakes, read

STAGING = """
[staging]
host = "staging.example.com"
environment = "staging"
[staging.ssh]
user = "deployer"
key = "key"
"""


@pytest.fixture
def sites(tmp_path: Path) -> str:
    path = tmp_path / "sites.toml"
    path.write_text(STAGING)
    return str(path)


def test_a_site_of_the_sites_file_is_a_target(environ, sites):
    config = read(environ, target="staging", sites=sites)
    assert config.site
    assert (config.target, config.site.base_url) == ("staging", "http://staging.example.com")


def test_the_targets_that_are_no_server_need_no_sites_file(environ):
    for target in ("local", "docker"):
        assert read(environ, target=target, sites="/nowhere/sites.toml").site is None


def test_a_site_that_is_not_there_is_a_mistake_that_names_those_that_are(environ, sites):
    assert "target: 'stagging' is not known; allowed: local, docker, staging" in mistakes(
        environ, target="stagging", sites=sites
    )


def test_the_mistakes_of_a_sites_file_are_told_with_the_others(environ, sites):
    Path(sites).write_text(STAGING.replace("staging.example.com", "http://staging"))
    said = mistakes(environ, target="staging", sites=sites, wait="soon")
    assert "staging.host" in said
    assert "wait: 'soon' is not a time" in said


def test_a_sites_file_that_is_not_there_is_a_mistake(environ):
    assert "/nowhere/sites.toml" in mistakes(environ, target="staging", sites="/nowhere/sites.toml")


def test_a_container_is_no_business_of_a_server(environ, sites):
    said = mistakes(environ, target="staging", sites=sites, database="postgres")
    assert "database: means something with target=docker only; allowed here: sqlite" in said
    assert read(environ, target="staging", sites=sites, **{"lock.wait": "5"}).lock_wait == 5


TLS = """
[staging.tls]
certificate = "fullchain.pem"
key = "privkey.pem"
ca = "ca.pem"
"""


def test_an_authority_of_the_sites_own_is_the_browsers_business(environ, sites, tmp_path):
    Path(sites).write_text(STAGING + TLS)
    assert "sites: staging: there is no file" in mistakes(environ, target="staging", sites=sites)
    (tmp_path / "ca.pem").touch()
    said = mistakes(environ, target="staging", sites=sites, wait="soon")
    assert "sudo apt-get install libnss3-tools" in said
    assert "wait: 'soon'" in said
    (tmp_path / "certutil").write_text("#!/bin/sh\n")
    (tmp_path / "certutil").chmod(0o755)
    config = read(environ, target="staging", sites=sites)
    assert config.authority == tmp_path / "ca.pem"
    assert config.site
    assert config.site.base_url == "https://staging.example.com"


def test_without_an_authority_the_usual_ones_hold(environ, sites):
    assert read(environ, target="staging", sites=sites).authority is None
    assert read(environ).authority is None


def test_a_staging_that_resolves_to_productions_machine_is_a_mistake(environ, sites, monkeypatch):
    production = STAGING.replace("staging", "live").replace('environment = "live"', 'environment = "production"')
    Path(sites).write_text(STAGING + production.replace('"key"', '"another"'))
    monkeypatch.setattr("socket.getaddrinfo", lambda *_, **__: [(0, 0, 0, "", ("192.0.2.1", 0))])
    assert "is the same machine as staging.ssh" in mistakes(environ, target="staging", sites=sites)
