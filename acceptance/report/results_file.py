"""The file that the results on a target are in: appended to by runs, rewritten by whoever has it alone."""

import fcntl
import json
import os
from collections.abc import Iterable
from io import FileIO
from pathlib import Path
from typing import Any


def opened(file: Path, how: int = fcntl.LOCK_SH) -> FileIO:
    """Open a file to write at its end, made if need be, and follow no link.

    A run has it with others. With LOCK_EX nobody else writes, whoever that has to wait for;
    with LOCK_NB besides, BlockingIOError is raised where somebody does.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    while True:
        number = os.open(file, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o666)
        stream = FileIO(number, "a+")
        try:
            fcntl.flock(stream, how)
            if file.exists() and os.path.samestat(os.fstat(number), file.stat()):
                return stream
        except BaseException:
            stream.close()
            raise
        # Rewritten meanwhile: another file has its name by now.
        stream.close()


def rewrite(file: Path, lines: Iterable[dict[str, Any]]) -> None:
    """Let a file that one has alone hold these lines, or else stay what it is."""
    new = file.with_suffix(".new")
    new.unlink(missing_ok=True)
    with new.open("x", encoding="utf-8") as stream:
        stream.writelines(f"{json.dumps(line, ensure_ascii=False)}\n" for line in lines)
    new.replace(file)
