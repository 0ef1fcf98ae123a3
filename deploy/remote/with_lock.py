"""Run a step of a deploy with the site's lock, which it keeps to its end even if whoever holds the lock ends before.

Arguments: the token of who holds the lock; the program, with its own arguments. Ends as the program does, or with 79
where the lock is not to be had, and nothing was done.
"""

import os
import socket
import struct
import subprocess
import sys

LOST = 79
SAID = """the site's lock was lost, so nothing was done. The process that held it here was ended, its file was removed,
or the machine that this comes from was silent for too long, as when it is suspended. Somebody else may be at work here:
fab status tells."""
NOT_STARTED = 127
ANSWER_WITHIN_S = 10


def main(token: str, *argv: str) -> int:
    """Ask for the lock, and run the program that inherits it."""
    lock = asked_for(token)
    if not lock:
        print(SAID, file=sys.stderr)
        return LOST
    try:
        code = subprocess.call(argv, pass_fds=lock)
    except OSError as error:
        print(f"{argv[0]}: {error.strerror}", file=sys.stderr)
        return NOT_STARTED
    return code if code >= 0 else 128 - code


def asked_for(token: str) -> "list[int]":
    """Return the lock as an open file; nothing if nobody of this account has it any more."""
    with socket.socket(socket.AF_UNIX) as holder:
        holder.settimeout(ANSWER_WITHIN_S)
        try:
            holder.connect(f"\0superlists-lock-{token}")
            _, account, _ = struct.unpack("3i", holder.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))
            return socket.recv_fds(holder, 1, 1)[1] if account == os.getuid() else []
        except OSError:
            return []


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
