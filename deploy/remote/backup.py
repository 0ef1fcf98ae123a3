"""Make the daily backup of a site on its server, where systemd runs this as the account that deploys.

Argument: a JSON file that names the `database`, the `program` that copies it, the file that the site's `lock` is
beside and the .env of a database that is `locked_by` its own, the `environment` file, the `settings` it has to agree
with and the database that it is `led_to`, the folder of `backups`, the `suffix` of their names, and the place that
copies go `to`, empty for none. The programs that this one runs are in its own folder.
Prints the name of the new backup. Ends with 1, and says why, when it failed. Nothing old is removed before the new
backup was checked; until then it has a hidden name that begins with .daily, and the unit clears such files away.
"""

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

DAILY, WEEKLY = 7, 4
NAME = re.compile(r"\d{4}-\d\d-\d\dT[\d.-]+Z-daily\.\w+")
# A deploy or a run of scenarios has ended by then. The unit's own limit comes long before that of silence.
LOCKED_WITHIN_S, SILENCE_S = 3600, 86400
STALLED_S = 300


class Failed(Exception):  # noqa: N818 - as one says it
    """A step that failed; says why."""


def main(file: str) -> int:
    site = json.loads(Path(file).read_text())
    try:
        with site_lock(site["lock"], site["locked_by"]):
            given = json.dumps([site["settings"], {}, site["led_to"]])
            run(*program("update_env"), site["environment"], "", stdin=given)
            new = back_up(site)
        print(new, flush=True)
        if site["to"]:
            bring(site["backups"], site["to"], new)
    except (Failed, OSError) as error:
        # The last line of the unit's log is what fab tells.
        print(" ".join(str(error).split()), file=sys.stderr)
        return 1
    return 0


def program(name: str) -> "tuple[str, str]":
    """Return the beginning of a command that runs a program of this folder."""
    return sys.executable, str(Path(__file__).with_name(f"{name}.py"))


def run(*argv: str, stdin: str = "") -> str:
    """Return what a command printed; raises Failed."""
    done = subprocess.run(argv, input=stdin, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Failed(done.stderr.strip() or done.stdout.strip() or f"{argv[0]} failed with {done.returncode}")
    return done.stdout


@contextmanager
def site_lock(beside: str, within: "list[str]") -> "Iterator[None]":
    """Hold the site's lock; a deploy, a restore or a run of scenarios is waited for. Raises Failed."""
    owner = json.dumps({"holder": "the daily backup", "since": f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S UTC}"})
    argv = (*program("lock"), "hold", beside, owner, str(LOCKED_WITHIN_S), str(SILENCE_S), *within)
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        answer = holder.stdout.readline().strip() if holder.stdout else ""
        if answer != "held":
            raise Failed(f"The site's lock was not free within {LOCKED_WITHIN_S} s. It is held by {answer or 'nobody'}")
        yield


def back_up(site: "dict[str, str]") -> str:
    """Copy the database, check the copy, and remove old ones; return the copy's name. Raises Failed, OSError."""
    folder, copier = Path(site["backups"]), program(site["program"])
    unchecked = folder / f".daily.{site['suffix']}"
    run(*copier, "copy", site["database"], str(unchecked))
    run(*copier, "check", str(unchecked))
    new = f"{datetime.now(UTC):%Y-%m-%dT%H-%M-%S.%fZ}-daily.{site['suffix']}"
    unchecked.rename(folder / new)
    for name in old((path.name for path in folder.iterdir()), new):
        (folder / name).unlink()
    return new


def old(names: "Iterable[str]", new: str) -> "list[str]":
    """Return the daily backups to remove: all but the last of each of 7 days, and of each of the 4 weeks before."""
    ours = sorted(filter(NAME.fullmatch, names))
    daily = list({name[:10]: name for name in ours}.values())[-DAILY:]
    of_weeks = {date.fromisoformat(name[:10]).isocalendar()[:2]: name for name in ours}.values()
    weekly = [name for name in of_weeks if name not in daily][-WEEKLY:]
    return [name for name in ours if name not in (new, *daily, *weekly)]


def bring(folder: str, to: str, new: str) -> None:
    """Bring to another machine the daily backups that it lacks, and remove old ones there; raises Failed."""
    rsync = ("rsync", f"--rsh=ssh -F {Path(__file__).with_name('backup-ssh')}", f"--timeout={STALLED_S}", "--recursive")
    whole = ("--times", "--omit-dir-times", "--perms", "--chmod=F600", "--mkpath")
    try:
        run(*rsync, *whole, "--include=*-daily.*", "--exclude=*", f"{folder}/", f"{to}/")
        listed = run(*rsync, "--list-only", f"{to}/").splitlines()
        if gone := old((line.split()[-1] for line in listed), new):
            with tempfile.TemporaryDirectory() as empty:
                # Nothing but these: what the folder here lacks for another reason stays there.
                named = (f"--include={name}" for name in gone)
                run(*rsync, "--delete", *named, "--exclude=*", f"{empty}/", f"{to}/")
    except Failed as error:
        raise Failed(f"{new} is made, and could not be copied to {to}: {error}") from error


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
