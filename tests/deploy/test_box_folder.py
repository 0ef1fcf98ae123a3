"""What a box has on this side, written without a box."""

import io
import stat
import tarfile

import pytest

from acceptance.container_engine import EngineError
from acceptance.sites import read_sites
from deploy.box_folder import MARK, WRITTEN, BoxSettings, claim, empty, introduce, is_complete, leave, new_keys


@pytest.fixture
def settings(tmp_path):
    return BoxSettings(tmp_path / "a 100% new folder", name="staging-1")


def written(settings):
    claim(settings.folder)
    packed, host_key = new_keys(settings)
    introduce(settings, host_key, "127.0.0.1", 2222, 8080)
    return packed, host_key


def names_in(folder):
    return {path.name for path in folder.iterdir()}


def test_its_entry_is_one_that_a_sites_file_takes(settings):
    written(settings)
    site = read_sites(settings.folder / "sites.toml")["staging-1"]
    assert (site.base_url, site.environment, site.runtime) == ("http://127.0.0.1:8080", "staging", "virtualenv")
    assert (site.ssh.port, site.ssh.user, site.ssh.admin) == (2222, "deployer", "debian")
    assert (site.ssh.key, site.ssh.known_hosts) == (settings.folder / "key", settings.folder / "known_hosts")


def test_the_host_key_that_is_known_is_the_one_that_is_packed_and_another_for_each_box(settings, tmp_path):
    packed, host_key = written(settings)
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        owners = {entry.name: (entry.uid, entry.mode) for entry in archive}
        public = archive.extractfile("etc/ssh/ssh_host_ed25519_key.pub")
        assert public
        assert public.read().decode().startswith(host_key)
    assert owners == {
        "etc/ssh/ssh_host_ed25519_key": (0, 0o600),
        "etc/ssh/ssh_host_ed25519_key.pub": (0, 0o600),
        "home/debian/.ssh/authorized_keys": (1000, 0o600),
    }
    assert (settings.folder / "known_hosts").read_text() == f"[127.0.0.1]:2222 {host_key}\n"
    assert written(BoxSettings(tmp_path / "other"))[1] != host_key


def test_nobody_else_may_read_the_key_and_it_is_not_overwritten(settings):
    written(settings)
    assert stat.S_IMODE((settings.folder / "key").stat().st_mode) == 0o600
    assert stat.S_IMODE(settings.folder.stat().st_mode) == 0o700
    with pytest.raises(EngineError, match=r"There is a key .*/key already"):
        new_keys(settings)


@pytest.mark.parametrize("missing", WRITTEN)
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
    assert names_in(settings.folder) == {"notes", MARK}
    (settings.folder / "notes").unlink()
    for _ in range(2):
        empty(settings.folder)
        leave(settings.folder)
    assert not settings.folder.exists()


@pytest.mark.parametrize("name", ["", "-box", "box.example", "Box", "a b", 'x"]', "a" * 64])
def test_a_name_that_no_host_can_have_is_refused(tmp_path, name):
    with pytest.raises(EngineError, match="A box cannot be called"):
        BoxSettings(tmp_path, name=name)


def test_a_folder_of_somebodys_keys_stays_what_it_is(tmp_path):
    for name in ("known_hosts", "id_ed25519"):
        (tmp_path / name).write_text("dear to somebody")
    with pytest.raises(EngineError, match=f"{tmp_path} holds id_ed25519, known_hosts, and no box; allowed:"):
        claim(tmp_path)
    empty(tmp_path)
    leave(tmp_path)
    assert names_in(tmp_path) == {"known_hosts", "id_ed25519"}
