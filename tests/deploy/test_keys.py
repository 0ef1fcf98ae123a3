import base64
import os
import re

import pytest

from acceptance.sites import SitesError, require_key
from acceptance.ssh_keys import is_guarded, is_same, public_part
from tests.deploy.key_files import new_key, rewritten
from tests.deploy.site_files import STAGING, changed, read

RSA = ("rsa",)
OLD_RSA = ("rsa", "PEM")


@pytest.mark.parametrize("options", [(), RSA, OLD_RSA])
def test_the_public_half_is_the_one_in_the_pub_file(tmp_path, options):
    key = new_key(tmp_path / "key", *options)
    assert public_part(key) == base64.b64decode((tmp_path / "key.pub").read_text().split()[1])


def test_it_is_read_without_the_passphrase(tmp_path):
    key = new_key(tmp_path / "key", passphrase="open sesame")
    assert public_part(key) == base64.b64decode((tmp_path / "key.pub").read_text().split()[1])


def test_a_copy_behind_a_passphrase_is_the_same_key(tmp_path):
    key = new_key(tmp_path / "key")
    copy = rewritten(key, passphrase="open sesame")
    assert copy.read_bytes() != key.read_bytes()
    assert is_same(key, copy)


def test_a_copy_in_another_format_is_the_same_key(tmp_path):
    key = new_key(tmp_path / "key", *RSA)
    copy = rewritten(key, "PEM")
    assert b"BEGIN RSA PRIVATE KEY" in copy.read_bytes()
    assert is_same(key, copy)


def test_what_cannot_be_opened_is_compared_as_it_is(tmp_path):
    key = new_key(tmp_path / "key", *OLD_RSA, passphrase="open sesame")
    other = new_key(tmp_path / "other", *OLD_RSA, passphrase="open sesame")
    (tmp_path / "copy").write_bytes(key.read_bytes())
    assert is_same(key, tmp_path / "copy")
    assert not is_same(key, other)


@pytest.mark.parametrize("options", [(), RSA, OLD_RSA, ("rsa", "PKCS8")])
@pytest.mark.parametrize("passphrase", ["", "open sesame"])
def test_a_passphrase_is_noticed_in_every_format(tmp_path, options, passphrase):
    assert is_guarded(new_key(tmp_path / "key", *options, passphrase=passphrase)) == bool(passphrase)


def test_what_is_no_key_has_no_passphrase(tmp_path):
    for content in (b"", b"no key", b"-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END"):
        (tmp_path / "key").write_bytes(content)
        assert not is_guarded(tmp_path / "key")


@pytest.mark.parametrize(
    "content", [b"", b"no key", b"-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END", b"\xff\xfe\0"]
)
def test_what_is_no_key_does_not_disturb(tmp_path, content):
    (tmp_path / "key").write_bytes(content)
    assert public_part(tmp_path / "key") == (content or None)
    assert not is_same(tmp_path / "key", tmp_path / "missing")


def test_empty_and_missing_files_are_not_the_same_key(tmp_path):
    for name in ("one", "other"):
        (tmp_path / name).touch()
    assert not is_same(tmp_path / "one", tmp_path / "other")
    assert not is_same(tmp_path / "missing", tmp_path / "also-missing")
    assert not is_same(tmp_path, tmp_path / "one")


def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    assert public_part(tmp_path / "pipe") is None


def test_a_link_to_itself_does_not_disturb(tmp_path):
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    assert not is_same(tmp_path / "loop", tmp_path / "missing")


@pytest.fixture
def site(tmp_path):
    return read(tmp_path, staging=changed(STAGING, ssh_key="key"))["staging"]


def refused(site):
    with pytest.raises(SitesError) as refusal:
        require_key(site)
    return str(refusal.value)


def test_a_key_for_its_owner_alone_will_do(tmp_path, site):
    new_key(tmp_path / "key")
    require_key(site)
    (tmp_path / "key").chmod(0o400)
    require_key(site)


def test_a_missing_key_is_told_with_the_way_to_make_one(tmp_path, site):
    key = tmp_path / "key"
    assert refused(site) == (
        f"staging.ssh.key: there is no file {key}; make a key with `ssh-keygen -t ed25519 -f {key}`, or name another"
    )


@pytest.mark.parametrize("mode", [0o604, 0o640, 0o620, 0o602, 0o610, 0o601, 0o777])
def test_a_key_that_others_can_open_is_refused(tmp_path, site, mode):
    new_key(tmp_path / "key").chmod(mode)
    assert (
        refused(site) == f"staging.ssh.key: {tmp_path}/key is open to other users; `chmod 600 {tmp_path}/key` closes it"
    )


def test_the_public_half_is_no_key_to_use(tmp_path, site):
    new_key(tmp_path / "other")
    (tmp_path / "other.pub").rename(tmp_path / "key")
    assert re.match(r"staging\.ssh\.key: .*/key is not a private key; its public half", refused(site))


def test_a_key_that_cannot_be_read_is_told(tmp_path, site, monkeypatch):
    new_key(tmp_path / "key")

    def forbidden(_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pathlib.Path.read_bytes", forbidden)
    assert "/key cannot be read (Permission denied); it has to belong to the user who runs this" in refused(site)
    assert public_part(tmp_path / "key") is None
