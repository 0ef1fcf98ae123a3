"""Files on a site's server: put in place, switched, and looked for without taking a look that failed for an answer."""

import re
from pathlib import PurePosixPath

from acceptance.remote_command import Command
from acceptance.ssh import Server

UNPACK_TIMEOUT_S = 600.0
# A link that is cut ends the input as well.
HAS_SIZE = 'test "$(stat --format=%s "$0")" = "$1"'


def put_file(path: PurePosixPath, content: str, *, mode: str = "644") -> Command:
    """Put a file in place, complete or not at all, never open to more readers than it should be.

    dd reads what it was given; /dev/stdin would have to be opened, which no other
    account may do with a pipe, and nobody with a socket.
    """
    new, step = f"{path}.new", f"Writing {path}"
    made = Command(("install", f"--mode={mode}", "/dev/null", new), step=step, stdin=content)
    whole = Command(("sh", "-c", HAS_SIZE, new, str(len(content.encode()))), step=step)
    return made.then(Command(("dd", "status=none", f"of={new}"), step=step), whole, move(new, path))


def switch_link(link: PurePosixPath, to: PurePosixPath) -> Command:
    """Point a symbolic link elsewhere, in one instant: nobody finds it missing."""
    made = ("ln", "--symbolic", "--force", "--no-dereference", str(to), f"{link}.new")
    return Command(made, step=f"Switching {link} to {to}").then(move(f"{link}.new", link))


def move(path: PurePosixPath | str, to: PurePosixPath) -> Command:
    """Give a file another name, in one instant: not into a folder of that name, and through no link."""
    return Command(("mv", "--force", "--no-target-directory", str(path), str(to)), step=f"Putting {to} in place")


def remove(path: PurePosixPath, step: str) -> Command:
    """Remove a file, or a folder with all that is in it, if it is there."""
    return Command(("rm", "--recursive", "--force", "--", str(path)), step=step)


def extract(archive: bytes, into: PurePosixPath, *options: str) -> Command:
    """Unpack a tar archive into a folder that is there; whoever unpacks owns the files."""
    argv = ("tar", "--extract", "--no-same-owner", "--file=-", f"--directory={into}", *options)
    return Command(argv, step=f"Unpacking into {into}", stdin=archive, timeout_s=UNPACK_TIMEOUT_S)


def is_there(server: Server, path: PurePosixPath, *, account: str | None = None) -> bool:
    """Tell whether there is anything of this name, a link that leads nowhere included; raises ServerError."""
    name = re.sub(r"([*?\[\\])", r"\\\1", path.name)
    return bool(found(server, path.parent, "-name", name, "-printf", "there", step=f"Looking for {path}", user=account))


def linked_names(server: Server, *links: PurePosixPath) -> list[str]:
    """Return the names of what links of one folder lead to, empty for one that is not there; raises ServerError."""
    step = f"Looking for {', '.join(map(str, links))}"
    links_there = found(server, links[0].parent, "-type", "l", "-printf", "%f/%l\n", step=step).splitlines()
    leading = {path.split("/")[0]: PurePosixPath(path).name for path in links_there}
    return [leading.get(link.name, "") for link in links]


def names_in(server: Server, folder: PurePosixPath) -> list[str]:
    """Return the names in a folder, the newest first; raises ServerError."""
    return server.run(Command(("ls", "-1", "--sort=time", str(folder)), step=f"Listing {folder}")).splitlines()


def found(server: Server, folder: PurePosixPath, *expression: str, step: str, user: str | None = None) -> str:
    """Return what `find` prints of what is in a folder, by its own expression; raises ServerError.

    test, stat and readlink end in the same way where there is nothing and where that cannot be told. find lists the
    folder, and fails where it cannot; the dot has a folder that is a link, or is not there, looked into as well.
    """
    # find fails, too, where it may not go back to the folder it began in: the home of whoever becomes another account.
    find = ("env", "--chdir=/", "find", f"{folder}/.", "-maxdepth", "1", *expression)
    return server.run(Command(find, step=step, user=user))
