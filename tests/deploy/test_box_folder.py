"""What a box has on this side, written without a box."""

import pytest

from acceptance.docker_client import EngineError
from deploy import box_certificate
from deploy.box_folder import MARK, BoxSettings, claim, empty, introduce, leave, new_keys


def names_in(folder):
    return {path.name for path in folder.iterdir()}


def test_only_what_was_written_is_removed_and_a_key_is_not_overwritten(tmp_path):
    settings = BoxSettings(tmp_path / "box")
    claim(settings.folder)
    introduce(settings, new_keys(settings, "127.0.0.1")[1], "127.0.0.1", 2222, 8080)
    assert [path.stat().st_mode & 0o077 for path in (settings.folder, settings.folder / "key")] == [0, 0]
    with pytest.raises(EngineError, match=r"There is a key .*/key already"):
        new_keys(settings, "127.0.0.1")
    (settings.folder / "notes").write_text("mine")
    for left in ({"notes", MARK}, set()):
        empty(settings.folder)
        leave(settings.folder)
        assert (names_in(settings.folder) if settings.folder.exists() else set()) == left
        (settings.folder / "notes").unlink(missing_ok=True)


def test_a_folder_of_somebodys_keys_stays_what_it_is(tmp_path):
    for name in ("known_hosts", "id_ed25519"):
        (tmp_path / name).write_text("dear to somebody")
    with pytest.raises(EngineError, match=f"{tmp_path} holds id_ed25519, known_hosts, and no box; allowed:"):
        claim(tmp_path)
    empty(tmp_path)
    leave(tmp_path)
    assert names_in(tmp_path) == {"known_hosts", "id_ed25519"}


def test_the_key_is_for_its_owner_and_the_authoritys_is_kept_nowhere(tmp_path):
    box_certificate.write(tmp_path, "127.0.0.1")
    assert (tmp_path / "privkey.pem").stat().st_mode & 0o777 == 0o600
    assert "PRIVATE" not in (tmp_path / "ca.pem").read_text() + (tmp_path / "fullchain.pem").read_text()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["ca.pem", "fullchain.pem", "privkey.pem"]
