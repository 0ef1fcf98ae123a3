"""The folder that everything is kept in: the service removes what is left there, so the folder has to be its own."""

import os
import re
import uuid
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from .settings import SettingsError

MARK = ".service"
# What a service makes, and what some file systems have at their top.
KNOWN = {"storage", "trash", "locks", "tokens", "lost+found"}
TRASH = re.compile(r"[0-9a-f]{32}")
SHOWN = 3


def claimed(root: Path) -> str:
    """Return by what this folder is known from others of its name, marked if need be; raises SettingsError.

    One that was begun before there was a mark is known by the names of what is in it.
    """
    try:
        root.mkdir(mode=0o700, parents=True, exist_ok=True)
        mark = root / MARK
        if not mark.exists():
            if foreign := sorted(_foreign(root)):
                raise SettingsError(
                    f"DATABASES_ROOT: {root} holds {', '.join(foreign[:SHOWN])}, which no service of databases wrote, "
                    "and which it would remove; allowed: a folder that is new or empty, or that a service had before"
                )
            _set(mark)
        if mark.lstat().st_uid != os.geteuid():
            raise SettingsError(f"DATABASES_ROOT: {root} is another user's; allowed: a folder of one's own")
        return mark.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise SettingsError(f"DATABASES_ROOT: {root} cannot be used: {error}") from error


def _set(mark: Path) -> None:
    """Make the mark, whole from the moment it is there; another process may do the same."""
    new = mark.with_name(f"{MARK}-{uuid.uuid4().hex}")
    new.write_text(uuid.uuid4().hex, encoding="utf-8")
    with suppress(FileExistsError):
        os.link(new, mark)
    new.unlink()


def _foreign(root: Path) -> Iterator[str]:
    """Go through the names of what no service wrote."""
    for path in root.iterdir():
        if path.name not in KNOWN and not path.name.startswith(f"{MARK}-"):
            yield path.name
    for path in root.glob("trash/*"):
        if not TRASH.fullmatch(path.name):
            yield f"trash/{path.name}"
    for path in [*root.glob("storage/*/*/*"), *root.glob("storage/*"), *root.glob("storage/*/*")]:
        depth = len(path.relative_to(root).parts)
        if path.name not in ("volume", "dropped") if depth == 4 else not path.is_dir():  # noqa: PLR2004 - below NAME
            yield str(path.relative_to(root))
