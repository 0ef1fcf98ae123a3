"""Directories, locks, tokens and ports of databases: what needs no engine."""

import socket
import threading

import pytest

from databases.__main__ import main
from databases.errors import RefusedError
from databases.locks import held
from databases.ports import is_free, pick
from databases.settings import SettingsError
from databases.storage import Storage
from databases.tokens import TokenError, Tokens


@pytest.fixture
def storage(tmp_path):
    return Storage(tmp_path / "root")


@pytest.fixture
def place(storage):
    place = storage.place("edith", "peacock")
    storage.make(place)
    return place


def test_a_directory_is_for_the_server_alone(storage, place):
    storage.make(place)
    assert place.volume.stat().st_mode & 0o777 == 0o700
    assert storage.root.stat().st_mode & 0o777 == 0o700
    assert not place.has_data
    (place.volume / "data").mkdir()
    assert place.has_data
    assert list(storage.places()) == [place]


@pytest.mark.parametrize("name", ["", "storage", "trash", "locks"])
@pytest.mark.parametrize("harm", ["open to others", "a link"])
def test_a_folder_that_another_account_can_swap_is_not_used(storage, tmp_path, name, harm):
    folder = storage.root / name
    if harm == "a link":
        folder.rename(tmp_path / "theirs")
        folder.symlink_to(tmp_path / "theirs")
    else:
        folder.chmod(0o770)
    with pytest.raises(SettingsError, match=f"DATABASES_ROOT: {folder} has to be a folder of the account that serves"):
        Storage(storage.root)


def test_what_is_dropped_is_gone_however_often_one_says_so(storage, place):
    (place.volume / "data").mkdir()
    storage.mark_dropped(place)
    assert place.is_dropped
    storage.drop(place)
    storage.drop(place)
    storage.mark_dropped(place)
    assert not place.folder.exists()
    assert list((storage.root / "trash").iterdir()) == []


def test_dropping_does_not_follow_links(storage, place, tmp_path):
    kept = tmp_path / "kept"
    kept.mkdir()
    (kept / "file").touch()
    (place.volume / "data").symlink_to(kept)
    assert not place.has_data
    storage.drop(place)
    assert (kept / "file").exists()


@pytest.mark.parametrize("level", ["edith", "edith/peacock", "edith/peacock/volume"])
def test_a_link_on_the_way_is_refused(storage, tmp_path, level):
    link = storage.root / "storage" / level
    link.parent.mkdir(parents=True, exist_ok=True)
    link.symlink_to(tmp_path)
    with pytest.raises(RefusedError, match="peacock is no directory on the server") as refused:
        storage.place("edith", "peacock")
    assert refused.value.status == 409


def test_its_size_is_what_the_disk_has_of_it(place):
    (place.volume / "file").write_bytes(b"x" * 100_000)
    (place.volume / "link").symlink_to("/usr")
    assert 100_000 <= place.size() < 150_000


def test_what_was_being_removed_is_removed(storage):
    (storage.root / "trash" / "half" / "gone").mkdir(parents=True)
    storage.empty_trash()
    assert list((storage.root / "trash").iterdir()) == []


def test_a_lock_is_held_by_one_at_a_time_and_leaves_no_file(tmp_path):
    path, turns, inside = tmp_path / "lock", [], []

    def take(number):
        with held(path):
            inside.append(number)
            assert len(inside) == 1
            turns.append(number)
            inside.remove(number)

    threads = [threading.Thread(target=take, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(turns) == list(range(20))
    assert not path.exists()


def test_a_lock_that_is_not_to_be_had_is_refused(tmp_path):
    second = held(tmp_path / "lock", within_s=0)
    with held(tmp_path / "lock"), pytest.raises(RefusedError, match="takes too long") as refused, second:
        pass
    assert refused.value.status == 503


def test_a_token_is_known_by_its_hash(tmp_path):
    tokens = Tokens(tmp_path)
    edith, francis = tokens.add("edith"), tokens.add("francis")
    assert [tokens.owner_of(token) for token in (edith, francis, "", edith + "x", "é", "\udcff")] == [
        "edith", "francis", None, None, None, None,
    ]  # fmt: skip
    assert edith not in (tmp_path / "tokens" / "edith").read_text()
    tokens.remove("edith")
    assert tokens.owner_of(edith) is None
    assert tokens.owner_of(francis) == "francis"


@pytest.mark.parametrize("owner", ["", "Edith", "../edith", "a/b", "a" * 64, "é"])
def test_an_owner_that_could_be_a_path_is_none(tmp_path, owner):
    with pytest.raises(TokenError, match="is no owner's name; allowed: 1 to 63 of a-z"):
        Tokens(tmp_path).add(owner)


def test_mistakes_with_tokens_are_told(tmp_path):
    tokens = Tokens(tmp_path)
    tokens.add("edith")
    with pytest.raises(TokenError, match="edith has a token already; remove it first"):
        tokens.add("edith")
    with pytest.raises(TokenError, match="francis has no token; there are: edith"):
        tokens.remove("francis")


def test_a_port_is_picked_that_nobody_has():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert not is_free("127.0.0.1", port)
        with pytest.raises(RefusedError, match=f"No port from {port} to {port} is free"):
            pick(range(port, port + 1), (), "127.0.0.1")
    assert pick(range(port, port + 1), (), "127.0.0.1") == port
    with pytest.raises(RefusedError):
        pick(range(port, port + 1), {port}, "127.0.0.1")


@pytest.mark.parametrize("root", [None, "here"])
def test_a_command_without_its_folder_says_so(root, monkeypatch, capsys):
    monkeypatch.delenv("DATABASES_ROOT", raising=False)
    if root:
        monkeypatch.setenv("DATABASES_ROOT", root)
    assert main(["token", "edith"]) == 2
    assert "DATABASES_ROOT: " in capsys.readouterr().err


@pytest.mark.parametrize(
    "foreign", ["photo", "trash/photos/beach.png", "storage/2024/summer/beach.png", "storage/notes", "storage/a/notes"]
)
def test_a_folder_that_holds_anything_else_is_not_served_from(tmp_path, capsys, monkeypatch, foreign):
    (tmp_path / foreign).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / foreign).write_text("dear to somebody")
    monkeypatch.setenv("DATABASES_ROOT", str(tmp_path))
    monkeypatch.setattr("os.execv", lambda *_: pytest.fail("it was served"))
    assert main(["serve"]) == 2
    assert f"DATABASES_ROOT: {tmp_path} holds {foreign.removesuffix('/beach.png')}" in capsys.readouterr().err
    with pytest.raises(SettingsError):
        Storage(tmp_path).empty_trash()
    assert (tmp_path / foreign).read_text() == "dear to somebody"


def test_a_folder_of_before_is_taken_over_and_known_by_a_name_of_its_own(storage, place, tmp_path):
    (place.volume / "data").mkdir()
    (storage.root / "trash" / ("0" * 32)).mkdir()
    (storage.root / "lost+found").mkdir()
    (storage.root / ".service").unlink()
    again = Storage(storage.root)
    assert again.place("edith", "peacock").has_data
    assert Storage(storage.root).service == again.service
    assert Storage(tmp_path / "another").service != again.service
