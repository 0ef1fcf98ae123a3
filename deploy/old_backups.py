"""The copies of a site's database that deploys leave: the last ones, and the one somebody was told of.

A deploy that fails names its copy as what the data was before. A link says which that is:
it is set before anything is changed, so that it is there however the deploy ends.
"""

import re
from pathlib import PurePosixPath

from acceptance.remote_command import Command
from acceptance.ssh import Server
from deploy import remote_commands as errands
from deploy.remote_files import name_behind
from deploy.site_layout import Place

KEPT = 10
# Begins with its moment, so that they sort; what a person called otherwise is nobody's to remove.
NAME = re.compile(r"\d{4}-\d\d-\d\dT[\d.-]+Z\.sqlite3(\.unfinished|\.restoring)?")


def note(server: Server, place: Place, copy: PurePosixPath) -> None:
    """Remember that a deploy begins upon this copy; raises ServerError."""
    if name_behind(server, _of_this_deploy(place)):
        # The deploy before did not come to its end: its message is the last that named one.
        moved = ("mv", "--force", "--no-target-directory", str(_of_this_deploy(place)), str(_of_a_failed_deploy(place)))
        server.run(Command(moved, says="Remembering the backup of a deploy that failed"))
    for command in errands.switch_link(_of_this_deploy(place), copy):
        server.run(command)


def prune(server: Server, place: Place) -> list[str]:
    """Remove what is older than the last copies, once a deploy succeeded; return the names. Raises ServerError."""
    server.run(Command(("rm", "--force", "--", str(_of_this_deploy(place))), says="Forgetting this deploy's backup"))
    listed = server.run(Command(("ls", "-1", str(place.backups)), says="Listing the backups"))
    gone = old(listed.splitlines(), told=name_behind(server, _of_a_failed_deploy(place)))
    for name in gone:
        removed = ("rm", "--force", "--", str(place.backups / name))
        server.run(Command(removed, says=f"Removing the backup {name}"))
    return gone


def old(names: list[str], told: str) -> list[str]:
    """Return those to remove: whole ones before the last, and what was cut off before them."""
    ours = {name: found for name in sorted(names) if (found := NAME.fullmatch(name))}
    kept = [name for name, found in ours.items() if not found[1]][-KEPT:]
    return [name for name in ours if len(kept) == KEPT and name < kept[0] and name != told]


def _of_this_deploy(place: Place) -> PurePosixPath:
    return place.home / "backup.deploying"


def _of_a_failed_deploy(place: Place) -> PurePosixPath:
    return place.home / "backup.failed"
