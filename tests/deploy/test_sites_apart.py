"""Production has its address, its machine and its key to itself."""

import shutil
import socket

import pytest

from acceptance.isolation import addresses, same_machine_by_address
from tests.deploy.key_files import new_key
from tests.deploy.site_files import PRODUCTION, STAGING, changed, mistakes, read

OWN = "; a production site has one to itself"


def same_machine(at):
    return f"production.ssh: is the same machine as staging.ssh ({at}){OWN}"


SAME_KEY = f"production.ssh.key: is the same key as staging.ssh.key{OWN}"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("box.example.com", "box.example.com"),
        ("box.example.com", "BOX.Example.com"),
        ("box.example.com", "box.example.com."),
        ("2001:db8::1", "2001:DB8:0:0::1"),
        ("192.0.2.1", "::ffff:192.0.2.1"),
    ],
)
def test_production_shares_no_machine(tmp_path, one, other):
    sites = {"staging": changed(STAGING, ssh_host=one), "production": changed(PRODUCTION, ssh_host=other)}
    told = one if ":" not in other else read(tmp_path, staging=sites["staging"])["staging"].ssh.host
    assert mistakes(tmp_path, **sites) == [same_machine(f"{told}, port 22")]


def test_the_machine_of_a_site_is_its_host_unless_it_says_otherwise(tmp_path):
    staging = changed(STAGING, ssh_host="lists.example.com")
    assert mistakes(tmp_path, staging=staging, production=PRODUCTION) == [same_machine("lists.example.com, port 22")]


def test_the_order_in_the_file_does_not_matter(tmp_path):
    staging = changed(STAGING, ssh_host="lists.example.com")
    assert mistakes(tmp_path, production=PRODUCTION, staging=staging) == [same_machine("lists.example.com, port 22")]


def test_boxes_on_one_address_with_ports_of_their_own_are_machines_of_their_own(tmp_path):
    staging = changed(STAGING, host="127.0.0.1", port=8001, ssh_port=2201)
    production = changed(PRODUCTION, host="127.0.0.1", port=8002, ssh_port=2202)
    sites = read(tmp_path, staging=staging, production=production)
    assert same_machine_by_address(sites.values(), {"127.0.0.1": {"127.0.0.1"}}.__getitem__) == []


def test_sites_of_one_environment_may_share(tmp_path):
    again = {"ssh_host": "box.example.com", "ssh_key": "keys/one"}
    assert read(tmp_path, one=changed(STAGING, **again), other=changed(STAGING, **again))
    assert read(tmp_path, one=changed(PRODUCTION, **again), other=changed(PRODUCTION, **again))


def test_production_shares_no_address(tmp_path):
    staging = changed(STAGING, host="LISTS.example.com", ssh_host="box.example.com")
    assert mistakes(tmp_path, staging=staging, production=PRODUCTION) == [
        f"production: has the same host and port as staging{OWN}"
    ]


@pytest.mark.parametrize("key", ["keys/production", "./keys/../keys/production", "{folder}/keys/production"])
def test_production_shares_no_key_by_path(tmp_path, key):
    (tmp_path / "keys").mkdir()
    staging = changed(STAGING, ssh_key=key.format(folder=tmp_path))
    assert mistakes(tmp_path, staging=staging, production=PRODUCTION) == [SAME_KEY]


def test_production_shares_no_key_by_link(tmp_path):
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys/staging").symlink_to(tmp_path / "keys/production")
    assert mistakes(tmp_path, staging=STAGING, production=PRODUCTION) == [SAME_KEY]


def test_production_shares_no_key_by_copy(tmp_path):
    (tmp_path / "keys").mkdir()
    shutil.copy(new_key(tmp_path / "keys/production"), tmp_path / "keys/staging")
    assert mistakes(tmp_path, staging=STAGING, production=PRODUCTION) == [SAME_KEY]


def test_keys_of_their_own_are_fine_and_so_are_keys_elsewhere(tmp_path):
    assert read(tmp_path, staging=STAGING, production=PRODUCTION)
    (tmp_path / "keys").mkdir()
    new_key(tmp_path / "keys/production")
    assert read(tmp_path, staging=STAGING, production=PRODUCTION)
    new_key(tmp_path / "keys/staging")
    assert read(tmp_path, staging=STAGING, production=PRODUCTION)


def test_reading_asks_no_network(tmp_path, monkeypatch):
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: pytest.fail("the resolver was asked"))
    assert read(tmp_path, staging=STAGING, production=PRODUCTION)


@pytest.fixture
def sites(tmp_path):
    return read(tmp_path, staging=STAGING, production=PRODUCTION).values()


def test_two_names_of_one_address_are_one_machine(sites):
    known = {"lists.example.com": {"192.0.2.1", "2001:db8::1"}, "staging.lists.example.com": {"192.0.2.1"}}
    assert same_machine_by_address(sites, known.__getitem__) == [same_machine("lists.example.com, port 22")]


def test_names_of_their_own_addresses_are_fine(sites):
    assert same_machine_by_address(sites, lambda host: {host}) == []


def test_names_that_nobody_knows_are_no_mistake(sites):
    assert same_machine_by_address(sites, lambda _: set()) == []


def failing(monkeypatch, number, says):
    def fails(*_, **__):
        raise socket.gaierror(number, says)

    monkeypatch.setattr(socket, "getaddrinfo", fails)


def test_the_resolver_knows_this_machine_and_no_invalid_name(monkeypatch):
    assert "127.0.0.1" in addresses("127.0.0.1")
    failing(monkeypatch, socket.EAI_NONAME, "Name or service not known")
    assert addresses("nobody.invalid") == set()


def test_a_resolver_in_trouble_tells_nothing_of_who_shares_a_machine(sites, monkeypatch):
    failing(monkeypatch, socket.EAI_AGAIN, "Temporary failure in name resolution")
    (told,) = same_machine_by_address(sites)
    assert "cannot be looked up now ([Errno -3] Temporary failure in name resolution)" in told
    assert "nobody knows whether production shares its machine" in told


def test_what_two_sites_lack_is_not_shared(tmp_path):
    lacking = {"host": None, "ssh_key": None}
    said = mistakes(tmp_path, staging=changed(STAGING, **lacking), production=changed(PRODUCTION, **lacking))
    assert [line.split(":")[0] for line in said] == [
        *("staging.host", "staging.ssh.key", "production.host", "production.ssh.key"),
    ]


def test_one_machine_has_room_for_one_site_in_a_container(tmp_path):
    there = {"ssh_host": "box.example.com", "ssh_key": "keys/one", "runtime": "docker"}
    said = mistakes(tmp_path, one=changed(STAGING, **there), other=changed(STAGING, **there))
    assert said == ["other.runtime: is docker as one's on the same machine; allowed: one such site on each"]
    beside = changed(STAGING, **(there | {"runtime": "virtualenv"}))
    assert read(tmp_path, one=changed(STAGING, **there), other=beside)
