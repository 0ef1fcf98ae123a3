"""A server in a box, to rehearse on: python -m scripts.box start|stop|status."""

import argparse
import shlex
import sys
from collections.abc import Callable
from pathlib import Path
from time import monotonic

from acceptance.container_engine import EngineError
from acceptance.sites import read_sites
from deploy import box
from deploy.box_folder import SITES
from scripts.packages import say

FOLDER = Path(".box")


def main(arguments: list[str]) -> int:
    """Do what was asked; return 0 if that went well, and for `status` if the box runs."""
    parser = argparse.ArgumentParser(prog="scripts.box", description=__doc__)
    parser.add_argument("what", choices=COMMANDS)
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where its keys are kept (%(default)s)")
    parser.add_argument("--runtime", choices=["virtualenv", "docker"], default="virtualenv")
    parser.add_argument("--tls", action="store_true", help="with a certificate, of an authority of its own")
    given = parser.parse_args(arguments)
    try:
        return COMMANDS[given.what](given)
    except EngineError as error:
        say(str(error))
        return 1


def start(given: argparse.Namespace) -> int:
    """Have a box that is up, and say what to do with it."""
    began = monotonic()
    if there := box.find(given.folder):
        print("The box is up already.")
    there = box.start(given.folder, runtime=given.runtime, tls=given.tls)
    print(f"The box answers after {monotonic() - began:.1f} s.\n{described(there)}")
    return 0


def stop(given: argparse.Namespace) -> int:
    """Remove the box and its keys."""
    box.remove(given.folder)
    print("There is no box any more.")
    return 0


def status(given: argparse.Namespace) -> int:
    """Say whether the box is up."""
    there = box.find(given.folder)
    print(described(there) if there else "No box is up. `make box` starts one.")
    return 0 if there else 1


def described(there: box.Box) -> str:
    """Return where the box is, and how to look around."""
    return "\n".join(
        [
            f"To look around:  {shlex.join(there.ssh())}",
            f"Its site, once one is deployed:  {address_of(there)}",
            f"Its entry for a sites file:  {there.folder / SITES}",
            "To remove it:  make box-stop",
        ]
    )


def address_of(there: box.Box) -> str:
    """Return the address of its site, as its entry for a sites file has it."""
    return f"{read_sites(there.folder / SITES)[there.name].base_url}/"


COMMANDS: dict[str, Callable[[argparse.Namespace], int]] = {"start": start, "stop": stop, "status": status}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
