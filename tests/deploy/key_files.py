"""SSH keys for tests, made by ssh-keygen as people make theirs, and an agent that holds them."""

import os
import subprocess
from contextlib import contextmanager

from features.waiting import eventually


def new_key(path, *options, passphrase=""):
    command = ["ssh-keygen", "-q", *(options or ["-t", "ed25519"]), "-N", passphrase, "-f", str(path)]
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL, timeout=30)
    return path


def rewritten(path, *options, passphrase=""):
    """Write a copy in another format, or behind a passphrase, of a key that has none."""
    copy = path.with_name("copy")
    copy.write_bytes(path.read_bytes())
    copy.chmod(0o600)
    command = ["ssh-keygen", "-q", "-p", *options, "-P", "", "-N", passphrase, "-f", str(copy)]
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, timeout=30)
    return copy


@contextmanager
def agent(socket, *keys):
    """Run an agent of one's own that holds these keys; give what the environment says of it."""
    environ = {"SSH_AUTH_SOCK": str(socket)}
    with subprocess.Popen(["ssh-agent", "-D", "-a", str(socket)], stdout=subprocess.DEVNULL) as process:
        try:
            eventually(socket.exists, what="the agent", within_s=10)
            for key in keys:
                subprocess.run(["ssh-add", "-q", str(key)], env=os.environ | environ, check=True, timeout=30)
            yield environ
        finally:
            process.terminate()
