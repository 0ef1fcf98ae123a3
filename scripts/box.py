"""A server in a box, to rehearse on: python -m scripts.box start|stop|status."""

import argparse
import shlex
import sys
from pathlib import Path

from acceptance.docker_client import EngineError
from acceptance.sites import read_sites
from deploy import box as boxes
from deploy.box_folder import SITES
from scripts.apt_install import say


def main(arguments: list[str]) -> int:
    """Do what was asked; return 0 if that went well, and for `status` if the box runs."""
    parser = argparse.ArgumentParser(prog="scripts.box", description=__doc__)
    parser.add_argument("command", choices=["start", "stop", "status"])
    parser.add_argument("--folder", type=Path, default=Path(".box"), help="where its keys are kept (%(default)s)")
    parser.add_argument("--runtime", choices=["virtualenv", "docker"], default="virtualenv")
    parser.add_argument("--database", choices=["sqlite", "postgres"], default="sqlite")
    parser.add_argument("--tls", action="store_true", help="with a certificate, of an authority of its own")
    parser.add_argument("--image", default="", help="a server's image in place of Debian 12's, as for another release")
    options = parser.parse_args(arguments)
    try:
        if options.command == "stop":
            boxes.remove(options.folder)
            print("The box was removed.")
            return 0
        box = boxes.find(options.folder)
        if options.command == "start":
            if box:
                print("The box is up already.")
            box = boxes.start(
                options.folder,
                runtime=options.runtime,
                database=options.database,
                tls=options.tls,
                image=options.image,
            )
    except EngineError as error:
        say(str(error))
        return 1
    print(described(box) if box else "No box is up. `make box` starts one.")
    return 0 if box else 1


def described(box: boxes.Box) -> str:
    """Return where the box is, and how to look around."""
    sites = box.folder / SITES
    return (
        f"To look around:  {shlex.join(box.ssh())}\n"
        f"Its site, once one is deployed:  {read_sites(sites)[box.name].base_url}/\n"
        f"Its entry for a sites file:  {sites}\n"
        "To remove it:  make box-stop"
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
