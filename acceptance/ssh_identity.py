"""What proves to a site's machine who is there: the key that the sites file names, and no other."""

from pathlib import Path
from typing import Any

from paramiko import Agent, SSHException

from acceptance.ssh_keys import is_guarded, public_part


class IdentityError(SSHException):
    """A key that cannot be used as it is; says why, and what to do."""


def identity(key: Path) -> dict[str, Any]:
    """Return paramiko's words for the key: its file, or where a passphrase guards that, the same key in the agent.

    Raises IdentityError when the agent does not have it.
    """
    if not is_guarded(key):
        return {"key_filename": str(key)}
    agent, public = _agent(), public_part(key)
    for held in agent.get_keys() if agent else ():
        if held.asbytes() == public:
            return {"pkey": held}
    if agent:
        agent.close()
    raise IdentityError(
        f"the key {key} has a passphrase, and no agent holds it here. "
        f"Hand it to yours: ssh-add {key} (without an agent, begin with: eval $(ssh-agent))"
    )


def _agent() -> Agent | None:
    try:
        return Agent()
    except SSHException:
        # Something else than an agent answers.
        return None
