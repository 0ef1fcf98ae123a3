"""SSH keys for tests, made by ssh-keygen as people make theirs."""

import subprocess


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
