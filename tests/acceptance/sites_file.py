"""Sites files for tests: written as people write them, read as the project reads them."""

import copy
import json

import pytest

from acceptance.sites import SitesError, read_sites

STAGING = {
    "host": "staging.lists.example.com",
    "environment": "staging",
    "ssh": {"user": "deployer", "key": "keys/staging"},
}
PRODUCTION = {
    "host": "lists.example.com",
    "environment": "production",
    "ssh": {"user": "deployer", "key": "keys/production"},
}
TLS = {"certificate": "/etc/ssl/fullchain.pem", "key": "/etc/ssl/privkey.pem"}


def changed(site, **values):
    """Return this site with other values; `ssh_port` is `port` in [ssh], and None takes a key away."""
    site = copy.deepcopy(site)
    for name, value in values.items():
        table, key = (site["ssh"], name[4:]) if name.startswith("ssh_") else (site, name)
        table[key] = value
        if value is None:
            del table[key]
    return site


def written(folder, **sites):
    path = folder / "sites.toml"
    path.write_text("".join(_table(name, site) for name, site in sites.items()))
    return path


def read(folder, **sites):
    return read_sites(written(folder, **sites))


def mistakes(folder, **sites):
    return refusal(written(folder, **sites))


def refusal(path):
    """Return the mistakes that a file is refused for, a line each."""
    with pytest.raises(SitesError) as refused:
        read_sites(path)
    first, *lines = str(refused.value).splitlines()
    assert first == f"{path} cannot be used:"
    assert all(line.startswith("  ") for line in lines)
    return [line[2:] for line in lines]


def _table(name, values):
    plain = [f"{key} = {_value(value)}\n" for key, value in values.items() if not isinstance(value, dict)]
    tables = [_table(f"{name}.{key}", value) for key, value in values.items() if isinstance(value, dict)]
    return "".join([f"[{name}]\n", *plain, *tables])


def _value(value):
    # JSON's strings, numbers and lists are TOML too.
    return json.dumps(value, ensure_ascii=False)
