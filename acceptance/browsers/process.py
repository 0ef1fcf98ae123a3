"""A browser that runs on this machine: its process group, its folder and its log."""

import os
import re
import signal
import subprocess
from abc import abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from acceptance.browsers.base import BROWSER_GONE, BrowserError, BrowserProcess, first_line
from acceptance.redaction import redacted
from acceptance.scratch_dir import BROWSER, ScratchDir
from acceptance.waiting import NotSeenError

SHOWN = 10


class LocalProcess(BrowserProcess):
    """A process that leads a group of its own, and ends with it."""

    # What it says that is no reason for anything.
    NOISE = re.compile(r"(?!)")
    # What to do about a thing that it or the error says, by words in that.
    advice: Mapping[str, str] = {}

    def __init__(self, binary: str) -> None:
        super().__init__()
        self._binary = binary
        # Files of a browser that is killed go with this folder.
        self._scratch = ScratchDir(BROWSER)
        self._log = (self._scratch.folder / "browser.log").open("w+", errors="replace")

    @property
    @abstractmethod
    def program(self) -> "subprocess.Popen[bytes] | None":
        """What was started, if it could be: the browser, or its driver."""

    @contextmanager
    def starting(self) -> Iterator[Path]:
        """Give the folder to a browser that starts within; raises BrowserError, and leaves nothing then."""
        try:
            yield self._scratch.folder
        except BaseException as error:
            # Also of Ctrl-C, which may come while the browser is starting.
            reason = f"{self._binary} did not start: {first_line(error)}{self.last_words(error)}"
            self.kill()
            if not isinstance(error, (*BROWSER_GONE, NotSeenError)):
                raise
            raise BrowserError(reason) from error

    def last_words(self, error: object = "") -> str:
        """Return what the browser has said of itself, with advice about that and the error, as lines that follow."""
        log = Path(self._log.name).read_text(errors="replace")
        lines = [line.strip() for line in log.splitlines() if line.strip() and not self.NOISE.search(line)]
        words = ["It said:", *(f"  {line}" for line in lines[-SHOWN:])] if lines else []
        said = "\n".join([str(error), *lines])
        advice = [advice for part, advice in self.advice.items() if part in said]
        return redacted("".join(f"\n{line}" for line in [*words, *advice]))

    def end_at_once(self) -> "subprocess.Popen[bytes] | None":
        """End what is left of its process group, and return what was started."""
        if program := self.program:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(program.pid, signal.SIGKILL)
        return program

    def kill(self) -> None:
        if program := self.end_at_once():
            program.wait()
        self._connections.close()
        self._log.close()
        self._scratch.remove()
