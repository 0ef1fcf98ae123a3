"""Databases on demand, as far as they need no engine: settings, directories, locks and tokens."""

import pytest

from databases import RefusedError
from databases.__main__ import main
from databases.data_directories import Storage
from databases.settings import Settings, SettingsError
from databases.tokens import TokenError, Tokens


@pytest.fixture
def environ(monkeypatch):
    def set_all(**variables):
        for name, value in variables.items():
            monkeypatch.setenv(f"DATABASES_{name}", value)

    return set_all


def test_what_clients_are_told_may_differ_from_where_the_ports_are(environ):
    environ(ROOT="/srv")
    assert (Settings.read().client_host, Settings.read().local_address) == ("127.0.0.1", "127.0.0.1")
    environ(LISTEN="0.0.0.0", HOST="databases.example.com", PORTS="5000-5009", LABELS='{"team": "lists"}')
    settings = Settings.read()
    assert (settings.client_host, settings.local_address) == ("databases.example.com", "127.0.0.1")
    assert (settings.ports, settings.labels) == (range(5000, 5010), {"team": "lists"})


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [
        ("ROOT", "databases", "allowed: a folder's full path"),
        ("IMAGE", "--rm", "pattern"),
        ("LISTEN", "localhost", "valid IPv4 address"),
        ("HOST", "a host", "pattern"),
        ("PORTS", "5009-5000", "allowed: a range within 1024-65535"),
        ("PORTS", "80-90", "allowed: a range within 1024-65535"),
        ("LIMIT", "0", "greater than or equal to 1"),
        ("MEMORY_MB", "1g", "valid integer"),
        ("LABELS", "team", "is no JSON"),
    ],
)
def test_a_value_that_is_not_allowed_is_named_with_what_is(environ, name, value, allowed):
    environ(**{"ROOT": "/srv"} | {name: value})
    with pytest.raises(SettingsError, match=f"DATABASES_{name}: .*{allowed}"):
        Settings.read()


def test_mistakes_are_reported_together(environ):
    environ(LIMIT="none", PORTS="any")
    with pytest.raises(SettingsError) as failure:
        Settings.read()
    named = {line.partition(":")[0] for line in str(failure.value).splitlines()}
    assert named == {"DATABASES_ROOT", "DATABASES_LIMIT", "DATABASES_PORTS"}


def test_every_address_is_no_place_to_connect_to(environ):
    environ(ROOT="/srv", LISTEN="0.0.0.0")
    with pytest.raises(SettingsError, match=r"^DATABASES_HOST: is needed where DATABASES_LISTEN means every address"):
        Settings.read()


@pytest.fixture
def storage(tmp_path):
    return Storage(tmp_path / "root")


@pytest.fixture
def directory(storage):
    directory = storage.directory("edith", "peacock")
    storage.make(directory)
    return directory


@pytest.mark.parametrize("name", ["", "storage", "trash", "locks"])
@pytest.mark.parametrize("harm", ["open to others", "a link"])
def test_a_folder_that_another_account_can_swap_is_not_used(storage, tmp_path, name, harm):
    folder = storage.root / name
    if harm == "a link":
        folder.rename(tmp_path / "theirs")
        folder.symlink_to(tmp_path / "theirs")
    else:
        folder.chmod(0o770)
    with pytest.raises(SettingsError, match=f"DATABASES_ROOT: {folder} must be a folder, not a link"):
        Storage(storage.root)


def test_dropping_follows_no_links(storage, directory, tmp_path):
    kept = tmp_path / "kept"
    kept.mkdir()
    (kept / "file").touch()
    (directory.volume / "data").symlink_to(kept)
    assert not directory.has_data()
    storage.drop(directory)
    assert (kept / "file").exists()


@pytest.mark.parametrize("level", ["edith", "edith/peacock", "edith/peacock/volume"])
def test_a_link_on_the_way_is_refused(storage, tmp_path, level):
    link = storage.root / "storage" / level
    link.parent.mkdir(parents=True, exist_ok=True)
    link.symlink_to(tmp_path)
    with pytest.raises(RefusedError, match="peacock is no directory on the server") as refused:
        storage.directory("edith", "peacock")
    assert refused.value.status == 409


def test_its_size_is_what_the_disk_has_of_it(directory):
    (directory.volume / "file").write_bytes(b"x" * 100_000)
    (directory.volume / "link").symlink_to("/usr")
    assert 100_000 <= directory.size() < 150_000


def test_who_waits_too_long_for_a_lock_is_told(storage):
    with storage.locked("one"), pytest.raises(RefusedError, match="takes too long") as refused:
        storage.locked("one", within_s=0).__enter__()
    assert refused.value.status == 503


def test_a_token_is_known_by_its_hash_until_it_is_removed(tmp_path):
    tokens = Tokens(tmp_path)
    edith, francis = tokens.add("edith"), tokens.add("francis")
    assert [tokens.owner_of(token) for token in (edith, francis, "", edith + "x", "é", "\udcff")] == [
        "edith", "francis", None, None, None, None,
    ]  # fmt: skip
    file = tmp_path / "tokens" / "edith"
    assert (edith in file.read_text(), file.stat().st_mode & 0o077) == (False, 0)
    with pytest.raises(TokenError, match="edith has a token already; remove it first"):
        tokens.add("edith")
    tokens.remove("edith")
    assert [tokens.owner_of(token) for token in (edith, francis)] == [None, "francis"]
    with pytest.raises(TokenError, match="edith has no token; there are: francis"):
        tokens.remove("edith")


@pytest.mark.parametrize("owner", ["", "Edith", "../edith", "a/b", "a" * 64, "é"])
def test_an_owner_that_could_be_a_path_is_none(tmp_path, owner):
    with pytest.raises(TokenError, match="is no owner's name; allowed: 1 to 63 of a-z"):
        Tokens(tmp_path).add(owner)


@pytest.mark.parametrize("foreign", ["photo", "trash/photos/beach.png", "storage/notes"])
def test_a_folder_that_contains_anything_else_is_not_served_from(tmp_path, capsys, monkeypatch, environ, foreign):
    (tmp_path / foreign).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / foreign).write_text("dear to somebody")
    environ(ROOT=str(tmp_path))
    monkeypatch.setattr("os.execv", lambda *_: pytest.fail("it was served"))
    assert main(["serve"]) == 2
    assert f"DATABASES_ROOT: {tmp_path} contains {foreign.partition('/')[0]}" in capsys.readouterr().err
    assert (tmp_path / foreign).read_text() == "dear to somebody"


def test_a_new_folder_may_have_tokens_and_is_known_by_an_identity_of_its_own(tmp_path):
    Tokens(tmp_path / "root").add("edith")
    first = Storage(tmp_path / "root")
    assert Storage(first.root).service_id == first.service_id
    assert Storage(tmp_path / "another").service_id != first.service_id


def test_a_token_is_made_and_taken_back_from_a_shell(environ, tmp_path, capsys):
    environ(ROOT=str(tmp_path))
    assert main(["token", "edith"]) == 0
    assert Tokens(tmp_path).owner_of(capsys.readouterr().out.strip()) == "edith"
    assert main(["token", "edith"]) == 1
    assert "edith has a token already; remove it first" in capsys.readouterr().err
    assert main(["token", "edith", "--remove"]) == 0
    assert main(["token", "edith", "--remove"]) == 1
    assert "edith has no token; there are: none" in capsys.readouterr().err
