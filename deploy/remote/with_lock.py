"""Run a step of a deploy with the site's lock, which it keeps to its end even if the holder of the lock ends before.

Arguments: the token of the lock's holder; a file that no two steps hold at once, or nothing; how many seconds to wait
for that; the program, with its own arguments. Ends as the program does, or with 79 where nothing was done: the lock
was lost, or a step still runs that the deploy gave up.
"""

import fcntl
import os
import signal
import socket
import struct
import sys
import time

NOT_RUN = 79
LOST = """the site's lock was lost, so nothing was done. The process that held it here was ended, its file was removed,
or the machine that this comes from was silent for too long, as when it is suspended. Somebody else may be at work here:
fab status tells."""
BUSY = "a step of a deploy that was cut off still runs there"
NOT_STARTED = 127
ANSWER_WITHIN_S = 10
POLL_S = 0.1


def main(token: str, turns: str, wait_s: str, *argv: str) -> int:
    locks = asked_for(token)
    if not locks:
        print(LOST, file=sys.stderr)
        return NOT_RUN
    if turns:
        turn = os.open(turns, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        if not has_turn(turn, float(wait_s)):
            print(BUSY, file=sys.stderr)
            return NOT_RUN
        locks.append(turn)
    for lock in locks:
        os.set_inheritable(lock, True)  # noqa: FBT003 - its signature
    try:
        # As subprocess does, which takes a quarter of a step's time to import. What Python ignores would stay so.
        step = os.posix_spawnp(argv[0], argv, os.environ, setsigdef=[signal.SIGPIPE, signal.SIGXFSZ])
    except OSError as error:
        print(f"{argv[0]}: {error.strerror}", file=sys.stderr)
        return NOT_STARTED
    code = os.waitstatus_to_exitcode(os.waitpid(step, 0)[1])
    return code if code >= 0 else 128 - code


def has_turn(turn: int, wait_s: float) -> bool:
    """Wait for the step before to end; tell whether it did."""
    until = time.monotonic() + wait_s
    while True:
        try:
            fcntl.flock(turn, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > until:
                return False
            time.sleep(POLL_S)
        else:
            return True


def asked_for(token: str) -> "list[int]":
    """Return the lock as an open file; nothing if nobody of this account has it any more."""
    with socket.socket(socket.AF_UNIX) as holder:
        holder.settimeout(ANSWER_WITHIN_S)
        try:
            holder.connect(f"\0superlists-lock-{token}")
            _, account, _ = struct.unpack("3i", holder.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))
            return socket.recv_fds(holder, 1, 2)[1] if account == os.getuid() else []
        except OSError:
            return []


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
