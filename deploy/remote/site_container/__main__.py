"""Arguments: the site's unit, its folder, its account; then a verb of VERBS with its own arguments."""

import subprocess
import sys
from collections.abc import Callable

from . import verbs
from .engine import SETTINGS, Refused, Site, image

VERBS: "dict[str, Callable[..., None]]" = {
    "layers": verbs.layers,
    "load": verbs.load,
    "has": verbs.has,
    "unpack": verbs.unpack,
    "manage": verbs.manage,
    "serve": verbs.serve,
    "since": verbs.since,
    "remove": verbs.remove,
}
ABOUT_A_RELEASE = ("load", "has", "unpack", "serve", "remove")


def main(unit: str, home: str, account: str, verb: str = "", *arguments: str) -> int:
    """Do it; return the exit code. What was wrong stands on standard error."""
    try:
        checked(verb, arguments)
        VERBS[verb](Site(unit, home, account), *arguments)
    except (Refused, OSError, subprocess.SubprocessError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def checked(verb: str, arguments: "tuple[str, ...]") -> None:
    """Raise Refused for anything but a verb with arguments of the form that it takes."""
    if verb not in VERBS:
        raise Refused(f"{verb!r} is not done here; allowed: {', '.join(VERBS)}. fab provision brings newer ones")
    if verb == "manage":
        if len(arguments) < len(("release", "settings", "command")) or arguments[1] not in SETTINGS:
            raise Refused(f"manage takes a release, one of {', '.join(SETTINGS)}, and a command")
        if arguments[0] != "current":
            image(arguments[0])
    elif len(arguments) != (verb in ABOUT_A_RELEASE):
        raise Refused(f"{verb} takes {'a release' if verb in ABOUT_A_RELEASE else 'nothing'}")
    elif arguments:
        image(arguments[0])


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
