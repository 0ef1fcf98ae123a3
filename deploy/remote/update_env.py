"""Keep a site's .env: what is given is set, all else stays; the secret key is made once.

Arguments: the file, and the file to write instead where it is not to hold yet; or nothing, where it is only looked at.
Standard input: two JSON objects in a list, of names and values:
those to set, and those to begin with where there is no file yet; and the database that the file has to lead to: the
path of SQLite's, POSTGRES, or a URL, if it leads to PostgreSQL already. An empty value takes
the name away. Prints the names that changed, never a value. Ends with 76 when
the environment would change, which is written once and for all, and with 77 when somebody led the site to another
database. The file is for its owner, and for its folder's group to read: so the account that serves reads it itself,
and nobody does as root.
"""

import contextlib
import json
import os
import re
import secrets
import sys

ANOTHER_ENVIRONMENT, ANOTHER_DATABASE = 76, 77
# Where .env leads if to PostgreSQL.
POSTGRES = "the one of DATABASE_URL"
# What no value can have: all that splits lines for Python, and what a shell would take for its own.
UNWANTED = set("'\\\0\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029")
MODE = 0o640
LINE = re.compile(r"^([A-Z_]+)='([^']*)'$")


def main(path: str, into: str, given: "dict[str, str]", at_first: "dict[str, str]", own: str) -> int:
    if os.path.islink(path):  # noqa: PTH114 - sent alone, to whatever Python there is
        print(f"{path} is a symbolic link, to {os.readlink(path)}. Put the file itself in its place")  # noqa: PTH115 - as above
        return 1
    before = read(path)
    was = before.get("SITE_ENVIRONMENT", "none")
    wanted = given.get("SITE_ENVIRONMENT", was)
    if before and was != wanted:
        print(f"this site was provisioned as {was!r}, not {wanted!r}; that never changes")
        return ANOTHER_ENVIRONMENT
    url = before.get("DATABASE_URL", "")
    leads_to = POSTGRES if url else before.get("DJANGO_DB_PATH", "none")
    if "://" in own:
        if url not in ("", own):
            print(f"{path} has another DATABASE_URL than you, written once. Unset yours, or edit the file by hand")
            return ANOTHER_DATABASE
        own = ""
    if before and own and leads_to != own:
        to_do = "fab move-to-postgres brings the data" if own == POSTGRES else "see `database` in the sites file"
        print(f"{path} leads to {leads_to}, not to {own}. Deploys, backups and restores work on that alone: {to_do}")
        return ANOTHER_DATABASE
    after = (before or {"DJANGO_SECRET_KEY": secrets.token_urlsafe(48), **at_first}) | given
    after = {name: value for name, value in after.items() if value}
    if into and (after != before or into != path or not is_open_to_its_group(path)):
        write(into, after)
    print("\n".join(sorted(name for name in {**before, **after} if before.get(name) != after.get(name))))
    return 0


def is_open_to_its_group(path: str) -> bool:
    """Tell whether the group of its folder may read the file, and nobody else but its owner."""
    found, folder = os.stat(path), os.stat(os.path.dirname(path))  # noqa: PTH116, PTH120 - as above
    return (found.st_mode & 0o777, found.st_gid) == (MODE, folder.st_gid)


def read(path: str) -> "dict[str, str]":
    """Return what the file says; raises ValueError for a line that nobody here wrote."""
    try:
        file = open(path)  # noqa: PTH123, SIM115 - as above; closed below
    except FileNotFoundError:
        return {}
    said = {}
    with file:
        for line in filter(None, file.read().splitlines()):
            found = LINE.match(line)
            if not found:
                raise ValueError(f"{path} has a line that is not NAME='value': {line.partition('=')[0]}")
            said[found[1]] = found[2]
    return said


def write(path: str, after: "dict[str, str]") -> None:
    """Replace the file in one instant; nobody but its owner and its group reads it at any time."""
    unfinished = f"{path}.new"
    # What a write that was cut off left.
    with contextlib.suppress(FileNotFoundError):
        os.remove(unfinished)  # noqa: PTH107 - as above
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        os.fchmod(file.fileno(), MODE)
        file.write("".join(f"{name}='{value}'\n" for name, value in sorted(after.items())))
    os.replace(unfinished, path)  # noqa: PTH105 - as above


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2], *json.load(sys.stdin)))
