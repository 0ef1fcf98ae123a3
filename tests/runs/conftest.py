"""A scratch copy of the project, in which a test can write scenarios and break things."""

import os
import shutil
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
COPIED = ("behave.ini", "manage.py", "acceptance", "features", "superlists", "databases", "deploy", ".dockerignore")
MARK = "SUPERLISTS_RUN"


class Scratch:
    """The copy at `root`; its own temporary folder shows what a run leaves behind."""

    def __init__(self, root: Path) -> None:
        self.root = root
        # Short, for Chromium keeps a socket there whose path has a limit.
        self.temporary = Path(f"/tmp/superlists-{uuid.uuid4().hex[:8]}")
        self.temporary.mkdir()
        self.mark = uuid.uuid4().hex

    def tell(self, scenarios: str, steps: str = "") -> None:
        """Let this be the only feature, with these steps besides those there are."""
        for feature in (self.root / "features").glob("*.feature"):
            feature.unlink()
        (self.root / "features" / "told.feature").write_text(f"Feature: Told by a test\n\n{scenarios}")
        head = "import time\nfrom behave import given, when, then\n"
        (self.root / "features" / "steps" / "told_steps.py").write_text(head + steps)

    def tell_alone(self, scenarios: str, steps: str, hooks: str = "") -> None:
        """Let these be all there is of feature, steps and hooks: without site and browser, a run costs far less."""
        for file in (self.root / "features" / "steps").glob("*_steps.py"):
            file.unlink()
        self.tell(scenarios, steps)
        (self.root / "features" / "environment.py").write_text(hooks)

    def evidence(self, key: str, target: str = "local") -> Path:
        """Return the folder with the evidence of a scenario that one run kept some of."""
        (folder,) = (self.root / "reports" / target / key).iterdir()
        return folder

    def replace(self, file: str, old: str, new: str) -> None:
        """Break the copy."""
        text = (self.root / file).read_text()
        assert old in text, f"{file} no longer has: {old}"
        (self.root / file).write_text(text.replace(old, new))

    def tell_tale(self) -> str:
        """Return a PATH on which a browser leaves a trace: the file `opened` in the temporary folder."""
        for name in ("chromium", "chromedriver"):
            program = self.temporary / name
            program.write_text(f"#!/bin/sh\ntouch {self.temporary}/opened\nexit 1\n")
            program.chmod(0o755)
        return f"{self.temporary}:{os.environ['PATH']}"

    def environment(self, **more: str) -> dict[str, str]:
        return os.environ | {MARK: self.mark, "TMPDIR": str(self.temporary)} | more

    def behave(self, *arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
        """Run behave to its end."""
        return self.python("-m", "behave", "--no-color", *arguments, **environment)

    def python(self, *arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
        """Run Python in the copy, to its end."""
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=self.root,
            env=self.environment(**environment),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
            stdin=subprocess.DEVNULL,
        )

    def start(self, *arguments: str) -> "subprocess.Popen[str]":
        """Start behave as a terminal does: leader of a process group."""
        return subprocess.Popen(
            [sys.executable, "-m", "behave", "--no-color", *arguments],
            cwd=self.root,
            env=self.environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def left_running(self, within: float = 3) -> list[str]:
        """Return the processes of this copy that go on, once those that are ending had time to."""
        deadline = time.monotonic() + within
        while (alive := list(self._alive())) and time.monotonic() < deadline:
            time.sleep(0.05)
        return alive

    def _alive(self) -> Iterator[str]:
        for process in Path("/proc").glob("[0-9]*"):
            try:
                if self.mark.encode() in (process / "environ").read_bytes():
                    yield f"{process.name} {(process / 'cmdline').read_bytes()[:80]!r}"
            except OSError:
                continue

    def left_behind(self) -> list[str]:
        """Return the temporary files of this copy, and databases beside its code."""
        return [str(path) for path in [*self.temporary.iterdir(), *self.root.glob("*.sqlite3*")]]

    def clear(self) -> None:
        for process in self.left_running(0):
            os.kill(int(process.split()[0]), signal.SIGKILL)
        shutil.rmtree(self.temporary, ignore_errors=True)


def until(process: "subprocess.Popen[str]", words: str, times: int = 1) -> str:
    """Read what a process says until it has said these words so often; return all of it."""
    assert process.stdout
    said = ""
    while said.count(words) < times:
        line = process.stdout.readline()
        assert line, f"It ended before {words!r}: {said}{process.stderr.read() if process.stderr else ''}"
        said += line
    return said


def copied(root: Path) -> Iterator[Scratch]:
    """Give a copy in this folder; what runs of it leave running ends with it."""
    root.mkdir()
    for name in COPIED:
        source = ROOT / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, root / name)
    copy = Scratch(root)
    yield copy
    copy.clear()


@pytest.fixture
def scratch(tmp_path: Path) -> Iterator[Scratch]:
    yield from copied(tmp_path / "copy")
