"""How a service of databases is set up, and what is said of mistakes."""

from pathlib import Path

import pytest

from databases.settings import Settings, SettingsError

ROOT = {"DATABASES_ROOT": "/srv/databases"}


def test_only_the_root_has_to_be_named():
    settings = Settings.read(ROOT)
    assert settings.root == Path("/srv/databases")
    assert (settings.listen, settings.told_host, settings.looked_at) == ("127.0.0.1",) * 3
    assert (settings.ports, settings.limit, settings.memory_mb) == (range(20000, 21000), 20, 256)
    assert settings.durable


def test_everything_can_be_named():
    settings = Settings.read(
        ROOT
        | {
            "DATABASES_IMAGE": "registry.example.com:5000/postgres:15",
            "DATABASES_LISTEN": "0.0.0.0",
            "DATABASES_HOST": "databases.example.com",
            "DATABASES_PORTS": "5000-5009",
            "DATABASES_LIMIT": "3",
            "DATABASES_MEMORY_MB": "512",
            "DATABASES_LABELS": "team=lists,stage=ci",
        }
    )
    assert settings.ports == range(5000, 5010)
    assert (settings.told_host, settings.looked_at) == ("databases.example.com", "127.0.0.1")
    assert settings.labels == {"team": "lists", "stage": "ci"}


@pytest.mark.parametrize(
    ("variable", "value", "allowed"),
    [
        ("DATABASES_ROOT", "databases", "a folder's full path"),
        ("DATABASES_IMAGE", "--rm", "an image's name"),
        ("DATABASES_LISTEN", "localhost", "an IPv4 address of this machine"),
        ("DATABASES_HOST", "a host", "a host's name or address"),
        ("DATABASES_PORTS", "5000", "a range within 1024-65535"),
        ("DATABASES_PORTS", "5009-5000", "a range within 1024-65535"),
        ("DATABASES_PORTS", "80-90", "a range within 1024-65535"),
        ("DATABASES_PORTS", "65535-65536", "a range within 1024-65535"),
        ("DATABASES_LIMIT", "0", "a whole number from 1 to 1000"),
        ("DATABASES_LIMIT", "²", "a whole number from 1 to 1000"),
        ("DATABASES_MEMORY_MB", "1g", "a whole number from 64"),
        (
            "DATABASES_LABELS",
            "databases.owner=francis",
            "a list such as team=lists,stage=ci, in which no name begins with databases.",
        ),
        ("DATABASES_LABELS", "=x", "a list such as team=lists"),
    ],
)
def test_a_value_that_is_not_allowed(variable, value, allowed):
    with pytest.raises(SettingsError, match=f"{variable}: '?.*is not {allowed}"):
        Settings.read(ROOT | {variable: value})


def test_mistakes_are_told_all_at_once():
    with pytest.raises(SettingsError) as failure:
        Settings.read({"DATABASES_LIMIT": "none", "DATABASES_PORTS": "any"})
    assert [line.partition(":")[0] for line in str(failure.value).splitlines()] == [
        "DATABASES_PORTS",
        "DATABASES_LIMIT",
        "DATABASES_ROOT",
    ]


def test_every_address_is_no_place_to_connect_to():
    with pytest.raises(SettingsError, match="DATABASES_HOST: is needed where DATABASES_LISTEN means every address"):
        Settings.read(ROOT | {"DATABASES_LISTEN": "0.0.0.0"})
