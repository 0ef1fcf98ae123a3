"""What a box has on this side, written without a box."""

import io
import stat
import tarfile
import threading
import tomllib

import pytest

from acceptance.container_engine import EngineError
from deploy import box_folder
from deploy.box_folder import MARK, BoxSettings, claim, empty, held, introduce, is_complete, leave, new_keys


@pytest.fixture
def settings(tmp_path):
    return BoxSettings(tmp_path / "a 100% new folder", name="staging-1")


def written(settings):
    claim(settings.folder)
    packed, host_key = new_keys(settings)
    introduce(settings, host_key, "127.0.0.1", 2222, 8080)
    return packed, host_key


def content_of(archive, entry):
    file = archive.extractfile(entry)
    assert file
    return file.read()


def test_the_entry_for_a_sites_file(settings):
    written(settings)
    assert tomllib.loads((settings.folder / "sites.toml").read_text()) == {
        "staging-1": {
            "host": "127.0.0.1",
            "port": 8080,
            "environment": "staging",
            "runtime": "virtualenv",
            "ssh": {
                "host": "127.0.0.1",
                "port": 2222,
                "user": "deployer",
                "admin": "debian",
                "key": str(settings.folder / "key"),
                "known_hosts": str(settings.folder / "known_hosts"),
            },
        }
    }


def test_the_host_key_that_is_known_is_the_one_that_is_packed(settings):
    packed, host_key = written(settings)
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        files = {entry.name: (entry.uid, entry.mode, content_of(archive, entry)) for entry in archive}
    assert {name: (owner, mode) for name, (owner, mode, _) in files.items()} == {
        "etc/ssh/ssh_host_ed25519_key": (0, 0o600),
        "etc/ssh/ssh_host_ed25519_key.pub": (0, 0o600),
        "home/debian/.ssh/authorized_keys": (1000, 0o600),
    }
    assert files["etc/ssh/ssh_host_ed25519_key.pub"][2].decode().startswith(host_key)
    assert files["home/debian/.ssh/authorized_keys"][2] == (settings.folder / "key.pub").read_bytes()
    assert (settings.folder / "known_hosts").read_text() == f"[127.0.0.1]:2222 {host_key}\n"


def test_nobody_else_may_read_the_key(settings):
    written(settings)
    assert stat.S_IMODE((settings.folder / "key").stat().st_mode) == 0o600
    assert stat.S_IMODE(settings.folder.stat().st_mode) == 0o700


def test_no_two_boxes_have_the_same_keys(settings, tmp_path):
    other = BoxSettings(tmp_path / "other")
    assert written(settings)[1] != written(other)[1]
    assert (settings.folder / "key").read_text() != (other.folder / "key").read_text()


@pytest.mark.parametrize("missing", box_folder.WRITTEN)
def test_a_folder_that_misses_something_is_not_complete(settings, missing):
    written(settings)
    assert is_complete(settings.folder)
    (settings.folder / missing).unlink()
    assert not is_complete(settings.folder)


def test_only_what_was_written_is_removed(settings):
    written(settings)
    (settings.folder / "notes").write_text("mine")
    empty(settings.folder)
    leave(settings.folder)
    assert {path.name for path in settings.folder.iterdir()} == {"notes", MARK}
    (settings.folder / "notes").unlink()
    for _ in range(2):
        empty(settings.folder)
        leave(settings.folder)
    assert not settings.folder.exists()


@pytest.mark.parametrize("name", ["", "-box", "box.example", "Box", "a b", 'x"]', "a" * 64])
def test_a_name_that_no_host_can_have_is_refused(tmp_path, name):
    with pytest.raises(EngineError, match="A box cannot be called"):
        BoxSettings(tmp_path, name=name)


def test_a_key_that_is_there_is_not_overwritten(settings):
    new_keys(settings)
    with pytest.raises(EngineError, match=r"There is a key .*/key already"):
        new_keys(settings)


def test_who_comes_second_waits(settings):
    entered = threading.Event()

    def come_second():
        with held(settings.folder):
            entered.set()

    with held(settings.folder):
        second = threading.Thread(target=come_second)
        second.start()
        assert not entered.wait(0.1)
    assert entered.wait(5)
    second.join()


def test_its_folder_has_keys_in_it_and_is_for_its_owner_alone(tmp_path):
    with held(tmp_path / "box"):
        assert (tmp_path / "box").stat().st_mode & 0o777 == 0o700


def test_a_folder_of_somebodys_keys_stays_what_it_is(tmp_path):
    for name in ("known_hosts", "id_ed25519"):
        (tmp_path / name).write_text("dear to somebody")
    with pytest.raises(EngineError, match=f"{tmp_path} holds id_ed25519, known_hosts, and no box; allowed:"):
        claim(tmp_path)
    empty(tmp_path)
    leave(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"known_hosts", "id_ed25519"}


def test_the_folder_of_a_box_of_before_is_taken_over(settings):
    written(settings)
    (settings.folder / MARK).unlink()
    claim(settings.folder)
    empty(settings.folder)
    leave(settings.folder)
    assert not settings.folder.exists()
