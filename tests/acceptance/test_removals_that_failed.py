"""What a run could not remove, the next one still knows to be an ended run's."""

import tempfile
from types import SimpleNamespace
from typing import Any

import pytest
from docker.errors import APIError

from acceptance.targets.run_resources import HOST, RunResources, label


class Engine:
    """A container engine without one: what is there, and whether it refuses to remove or to answer."""

    def __init__(self) -> None:
        self.there: list[Any] = []
        self.busy = self.silent = False
        self.containers = SimpleNamespace(list=self._list)
        self.volumes = SimpleNamespace(list=lambda **_: [])

    def make(self, labels: dict[str, str]) -> None:
        container = SimpleNamespace(name="made", status="exited", attrs={"Labels": labels})
        container.remove = lambda **_: self._remove(container)
        self.there.append(container)

    def _list(self, filters: dict[str, str], **_options: Any) -> list[Any]:
        if self.silent:
            raise OSError("no answer")
        name, _, value = filters["label"].partition("=")
        return [it for it in self.there if it.attrs["Labels"].get(name, "") and value in ("", it.attrs["Labels"][name])]

    def _remove(self, container: Any) -> None:
        if self.busy:
            raise APIError("volume is in use")
        self.there.remove(container)

    def close(self) -> None:
        """Have nothing to close."""


@pytest.fixture
def engine(monkeypatch, tmp_path):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return Engine()


def run_of(engine: Any, **changed: str) -> RunResources:
    """Begin a run that has made a container, with these labels changed."""
    run = RunResources(engine)
    engine.make(run.labels | {label(name): value for name, value in changed.items()})
    return run


def next_run(engine: Any) -> None:
    following = RunResources(engine)
    following.remove_orphans()
    following.remove()


TOLD = {
    "busy": "(volume is in use); by hand: docker rm --force --volumes made. The next run removes it.",
    "silent": "The next run removes",
}


@pytest.mark.parametrize("trouble", TOLD)
def test_what_a_run_cannot_remove_the_next_one_does(engine, tmp_path, capfd, trouble):
    """The bug: the folder went all the same, and without it nobody could tell that the run had ended."""
    setattr(engine, trouble, True)
    run_of(engine).remove()
    assert TOLD[trouble] in capfd.readouterr().err
    setattr(engine, trouble, False)
    next_run(engine)
    assert (engine.there, list(tmp_path.iterdir())) == ([], [])


def test_what_the_next_run_cannot_remove_either_the_one_after_it_does(engine, tmp_path):
    """The bug: looking for orphans, a run removed their folders whether or not it could remove what was theirs."""
    run_of(engine)._scratch.unlock()
    engine.busy = True
    next_run(engine)
    assert len(engine.there) == 1
    engine.busy = False
    next_run(engine)
    assert (engine.there, list(tmp_path.iterdir())) == ([], [])


def test_the_folder_of_what_is_left_alone_stays(engine, tmp_path):
    """The bug: under another host name, as laptops get them, the folder went and the container stayed for ever."""
    run = run_of(engine, **{HOST: "another-name"})
    run._scratch.unlock()
    next_run(engine)
    assert (len(engine.there), list(tmp_path.iterdir())) == (1, [run.folder])
