"""Wait until the site behind a socket says that it is healthy.

Arguments: the socket, the systemd unit that serves there, and for how many seconds to wait. Ends with 1, and says so,
when it is not healthy in time, or as soon as the unit has ended.
"""

import http.client
import socket
import subprocess
import sys
import time

ANSWERS_WITHIN_S = 10
POLL_S = 0.05


def main(path: str, unit: str, within_s: float) -> int:
    deadline = time.monotonic() + within_s
    while (seen := answer(path)) != "200":
        if not runs(unit):
            print(f"It has ended. /health/ answered last: {seen}", file=sys.stderr)
            return 1
        if time.monotonic() >= deadline:
            print(f"It did not become healthy within {within_s:g} s. /health/ answered last: {seen}", file=sys.stderr)
            return 1
        time.sleep(POLL_S)
    return 0


def answer(path: str) -> str:
    """Return the status of /health/, or why there is none."""
    connection = http.client.HTTPConnection("localhost")
    # Where it has a socket, it makes none.
    connection.sock = socket.socket(socket.AF_UNIX)
    connection.sock.settimeout(ANSWERS_WITHIN_S)
    try:
        connection.sock.connect(path)
        connection.request("GET", "/health/")
        return str(connection.getresponse().status)
    except (OSError, http.client.HTTPException) as error:
        return str(error) or type(error).__name__
    finally:
        connection.close()


def runs(unit: str) -> bool:
    return subprocess.run(["systemctl", "is-active", "--quiet", unit], check=False).returncode == 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2], float(sys.argv[3])))
