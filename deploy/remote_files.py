"""Files on a site's server: put in place, switched, and looked for without taking a look that failed for an answer."""

import re
from pathlib import PurePosixPath

from acceptance.remote_command import Command
from acceptance.ssh import Server

UNPACK_TIMEOUT_S = 600.0


def put_file(path: PurePosixPath, content: str, *, mode: str = "644") -> tuple[Command, ...]:
    """Put a file in place, complete or not at all, never open to more readers than it should be.

    dd reads what it was given; /dev/stdin would have to be opened, which no other
    account may do with a pipe, and nobody with a socket.
    """
    new, step = f"{path}.new", f"Writing {path}"
    return (
        Command(("install", f"--mode={mode}", "/dev/null", new), step=step),
        Command(("dd", "status=none", f"of={new}"), step=step, stdin=content),
        move(new, path),
    )


def switch_link(link: PurePosixPath, to: PurePosixPath) -> tuple[Command, ...]:
    """Point a symbolic link elsewhere, in one instant: nobody finds it missing."""
    made = ("ln", "--symbolic", "--force", "--no-dereference", str(to), f"{link}.new")
    return Command(made, step=f"Switching {link} to {to}"), move(f"{link}.new", link)


def move(path: PurePosixPath | str, to: PurePosixPath) -> Command:
    """Give a file another name, in one instant: not into a folder of that name, and through no link."""
    return Command(("mv", "--force", "--no-target-directory", str(path), str(to)), step=f"Putting {to} in place")


def remove(path: PurePosixPath, step: str) -> Command:
    """Remove a file, or a folder with all that is in it, if it is there."""
    return Command(("rm", "--recursive", "--force", "--", str(path)), step=step)


def extract(archive: bytes, into: PurePosixPath) -> Command:
    """Unpack a tar archive into a folder that is there; whoever unpacks owns the files."""
    argv = ("tar", "--extract", "--no-same-owner", "--file=-", f"--directory={into}")
    return Command(argv, step=f"Unpacking into {into}", stdin=archive, timeout_s=UNPACK_TIMEOUT_S)


def is_there(server: Server, path: PurePosixPath, *, account: str | None = None) -> bool:
    """Tell whether there is anything of this name, a link that leads nowhere included; raises ServerError."""
    return bool(_found(server, path, "-printf", "there", account=account))


def changed_since(server: Server, path: PurePosixPath, other: PurePosixPath) -> bool:
    """Tell whether a file was written, or took this name, after another was made, which may be a link."""
    return bool(_found(server, path, "-cnewer", str(other), "-printf", "changed"))


def linked_name(server: Server, link: PurePosixPath) -> str:
    """Return the name of what a link leads to; nothing if there is no such link. Raises ServerError."""
    return PurePosixPath(_found(server, link, "-type", "l", "-printf", "%l")).name


def names_in(server: Server, folder: PurePosixPath) -> list[str]:
    """Return the names in a folder, the newest first; raises ServerError."""
    return server.run(Command(("ls", "-1", "--sort=time", str(folder)), step=f"Listing {folder}")).splitlines()


def _found(server: Server, path: PurePosixPath, *printed: str, account: str | None = None) -> str:
    # test, stat and readlink end in the same way where there is nothing and where that cannot be told. find lists
    # the folder, and fails where it cannot; the dot has a folder that is a link, or is not there, looked into as well.
    name = re.sub(r"([*?\[\\])", r"\\\1", path.name)
    # find fails, too, where it may not go back to the folder it began in: the home of whoever becomes another account.
    find = ("env", "--chdir=/", "find", f"{path.parent}/.", "-maxdepth", "1", "-name", name, *printed)
    return server.run(Command(find, step=f"Looking for {path}", user=account))
