"""A box that all tests of a module share; what a killed run left of one, the next removes."""

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from deploy import box as boxes
from deploy.box import Box
from deploy.engine import connect
from features.targets.owned import Owned

Ran = subprocess.CompletedProcess[str]


@pytest.fixture(scope="session")
def labels() -> Iterator[dict[str, str]]:
    """What a test's box has to bear."""
    owned = Owned(connect())
    owned.remove_what_dead_runs_left()
    yield owned.labels
    owned.remove()


@pytest.fixture(scope="session")
def box(tmp_path_factory: pytest.TempPathFactory, labels: dict[str, str]) -> Iterator[Box]:
    """A box that is up."""
    there = boxes.start(tmp_path_factory.mktemp("box"), labels=labels)
    yield there
    boxes.stop(there)


@pytest.fixture
def another(tmp_path: Path, labels: dict[str, str]) -> Iterator[Callable[..., Box]]:
    """Starts a box for this test alone."""
    made = []

    def start(name: str = "box", **changes: Any) -> Box:
        made.append(boxes.start(tmp_path / name, name=name, labels=labels, **changes))
        return made[-1]

    yield start
    for there in made:
        boxes.stop(there)


def ssh(there: Box, *command: str) -> Ran:
    """Run a command in a box, as its user."""
    asked = there.ssh(*command)
    return subprocess.run(asked, capture_output=True, text=True, check=False, timeout=60, stdin=subprocess.DEVNULL)


def said(there: Box, *command: str) -> str:
    """Return what a command in a box prints; it has to succeed."""
    done = ssh(there, *command)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()
