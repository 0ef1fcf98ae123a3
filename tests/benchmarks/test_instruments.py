import pytest
from behave.runner import ModelRunner

from benchmarks import instruments
from benchmarks.recorder import Recorder


class Census(Recorder):
    """Stands for a recorder; takes note of what is to be watched."""

    def __init__(self):
        super().__init__()
        self.watched, self.events = [], []

    def watch(self, owner, method, kind, name=None):
        self.watched.append((owner, method))

    def watch_sleep(self, module):
        self.watched.append((module.time, "sleep"))

    def begin(self, name):
        self.events.append(f"begin {name}")

    def end(self):
        self.events.append("end")


@pytest.fixture
def hooks(monkeypatch):
    called = []
    monkeypatch.setattr(
        ModelRunner, "run_hook_with_capture", lambda _runner, hook, *_args, **_options: called.append(hook)
    )
    return called


@pytest.mark.parametrize("watch", [instruments.watch_behave, instruments.watch_straight])
def test_all_that_is_watched_is_there(watch, hooks):
    census = Census()
    watch(census)
    assert [(owner, method) for owner, method in census.watched if not hasattr(owner, method)] == []


def test_a_scenario_runs_from_before_its_first_hook_until_after_its_last(hooks):
    class Scenario:
        name = "Edith adds an item"

    census = Census()
    instruments.watch_behave(census)
    for hook in ("before_feature", "before_scenario", "after_scenario"):
        ModelRunner.run_hook_with_capture(None, hook, Scenario())
    assert census.events == ["begin Edith adds an item", "end"]
    assert hooks == ["before_feature", "before_scenario", "after_scenario"]
