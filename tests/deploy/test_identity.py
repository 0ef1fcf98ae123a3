"""The key that the sites file names, from its file or from an agent."""

import socket

import pytest

from acceptance.ssh_identity import IdentityError, identity
from acceptance.ssh_keys import public_part
from tests.deploy.key_files import agent, new_key, rewritten


@pytest.fixture
def guarded(tmp_path, monkeypatch):
    """A key with a passphrase; beside it, as `key`, the same one without. There is no agent."""
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    return rewritten(new_key(tmp_path / "key"), passphrase="open sesame")


def test_a_key_without_a_passphrase_is_its_file(tmp_path):
    key = new_key(tmp_path / "key")
    assert identity(key) == {"key_filename": str(key)}


def test_without_an_agent_it_says_what_to_do(guarded):
    with pytest.raises(IdentityError, match=rf"the key {guarded} has a passphrase.*: ssh-add {guarded} "):
        identity(guarded)


def test_of_all_that_an_agent_holds_only_the_one_that_is_named(guarded, tmp_path, monkeypatch):
    other = new_key(tmp_path / "other")
    with agent(tmp_path / "agent", other) as environ:
        monkeypatch.setenv("SSH_AUTH_SOCK", environ["SSH_AUTH_SOCK"])
        with pytest.raises(IdentityError, match="no agent holds it here"):
            identity(guarded)
    with agent(tmp_path / "agent-2", other, guarded.with_name("key")) as environ:
        monkeypatch.setenv("SSH_AUTH_SOCK", environ["SSH_AUTH_SOCK"])
        shown = identity(guarded)
        assert list(shown) == ["pkey"]
        assert shown["pkey"].asbytes() == public_part(guarded)
        shown["pkey"].agent.close()


# paramiko leaves a socket to the garbage collector when nobody answers on it.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_an_agent_that_is_gone_holds_nothing(guarded, tmp_path, monkeypatch):
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / "agent"))
        monkeypatch.setenv("SSH_AUTH_SOCK", str(tmp_path / "agent"))
        with pytest.raises(IdentityError, match="no agent holds it here"):
            identity(guarded)
