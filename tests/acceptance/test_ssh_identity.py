"""The private key that a site names."""

import base64
import re

import pytest

from acceptance.sites import SitesError, require_key
from acceptance.ssh_identity import IdentityError, authorized_keys_line, identity, public_part, same_key
from tests.acceptance.key_files import new_key, rewritten
from tests.acceptance.sites_file import STAGING, changed, read


def public_half(path):
    return base64.b64decode(path.with_name(f"{path.name}.pub").read_text().split()[1])


@pytest.mark.parametrize("options", [(), ("rsa",), ("rsa", "PEM")])
def test_a_key_logs_in_by_its_file_and_its_public_half_is_let_in(tmp_path, options):
    key = new_key(tmp_path / "key", *options)
    loaded = identity(key)
    assert loaded
    assert loaded.asbytes() == public_part(key) == public_half(key)
    assert authorized_keys_line(key) == " ".join((tmp_path / "key.pub").read_text().split()[:2])


def test_a_copy_behind_a_passphrase_or_in_another_format_is_the_same_key(tmp_path):
    key = new_key(tmp_path / "key", "rsa")
    for options in ({"passphrase": "open sesame"}, {"written_as": "PEM"}):
        copy = rewritten(key, **options)
        assert copy.read_bytes() != key.read_bytes()
        assert same_key(key, copy)
        copy.unlink()
    assert not same_key(key, new_key(tmp_path / "other", "rsa"))


@pytest.mark.parametrize("content", [b"", b"no key", b"-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END", b"\xff\0"])
def test_what_is_no_key_does_not_disturb(tmp_path, content):
    for name in ("key", "same"):
        (tmp_path / name).write_bytes(content)
    assert same_key(tmp_path / "key", tmp_path / "same") == bool(content)
    for act in (identity, authorized_keys_line):
        with pytest.raises(IdentityError):
            act(tmp_path / "key")


def require(tmp_path):
    """Return why the site's key is refused."""
    site = read(tmp_path, staging=changed(STAGING, ssh_key="key"))["staging"]
    with pytest.raises(SitesError) as refusal:
        require_key(site)
    return str(refusal.value)


def test_a_key_that_cannot_be_used_is_told_with_what_to_do(tmp_path):
    key = tmp_path / "key"
    make = f"make a key with `ssh-keygen -t ed25519 -f {key}`, or name another"
    assert require(tmp_path) == f"staging.ssh.key: there is no file {key}; {make}"
    new_key(key)
    for mode in (0o640, 0o620, 0o604):
        key.chmod(mode)
        assert require(tmp_path).endswith(f"/key is open to other users; `chmod 600 {key}` closes it")
    (tmp_path / "key.pub").rename(key)
    assert re.match(r"staging\.ssh\.key: .*/key is not a private key; its public half", require(tmp_path))
