"""Make a site's folders, as the account that they belong to: a link leads no further than that account may go.

Standard input: two JSON lists: folders, each with its path, mode and group, a parent before what is in it; and
files that need not be there yet. Prints the folders that were not there. Ends with 1, and says so,
when one of all these is a symbolic link; then nothing was made.
"""

import errno
import grp
import json
import os
import stat
import sys


def main(folders: "list[tuple[str, str, str]]", files: "list[str]") -> int:
    """Make what is missing, and see to modes and groups in any case; return the exit code."""
    paths = [*(path for path, _, _ in folders), *files]
    links = [path for path in paths if os.path.islink(path)]  # noqa: PTH114 - sent alone, to whatever Python there is
    for path in links:
        to = os.readlink(path)  # noqa: PTH115 - as above
        print(f"{path} is a symbolic link, to {to}. Remove it: rm {path}", file=sys.stderr)
    if links:
        print("A site's own folders and files are no links. Nothing was changed in its folder.", file=sys.stderr)
        return 1
    try:
        for path, mode, group in folders:
            make(path, int(mode, 8), grp.getgrnam(group).gr_gid)
    except OSError as error:
        print(f"{error.filename or path}: {error.strerror}", file=sys.stderr)
        return 1
    return 0


def make(path: str, mode: int, group: int) -> None:
    if not os.path.lexists(path):
        os.mkdir(path, 0o700)  # noqa: PTH102 - as above
        print(path)
    found = os.lstat(path)
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
        raise OSError(errno.EPERM, "has to be a folder, and this account's own; see to that as root", path)
    if found.st_gid != group:
        os.chown(path, -1, group)
    if stat.S_IMODE(found.st_mode) != mode:
        os.chmod(path, mode)  # noqa: PTH101 - as above


if __name__ == "__main__":
    sys.exit(main(*json.load(sys.stdin)))
