import threading
import time
from types import ModuleType, SimpleNamespace
from typing import Any
from unittest import TestCase

import pytest
from behave.runner import ModelRunner

from acceptance.browsers.devtools import Command
from benchmarks.record_run import devtools_pages, watch, webdriver_pages
from benchmarks.recorder import Recorder, read_run


class Driver:
    def get(self, url):
        return f"opened {url}"

    def fail(self):
        raise LookupError

    def clean(self):
        return self.get("about:blank")


@pytest.fixture
def recorder():
    recorder = Recorder()
    recorder.begin("Edith adds an item")
    return recorder


@pytest.fixture
def driver(recorder):
    class Watched(Driver):
        pass

    for method, kind in (("get", "browser"), ("fail", "browser"), ("clean", "clean")):
        recorder.watch(Watched, method, kind)
    return Watched()


def counts(recorder):
    return {kind: len(calls) for kind, calls in recorder.scenarios[0].calls.items()}


def test_a_watched_method_does_what_it_did(driver, recorder):
    assert driver.get("/") == "opened /"
    with pytest.raises(LookupError):
        driver.fail()
    assert counts(recorder) == {"browser": 2}


def test_a_call_within_another_counts_once(recorder, driver):
    driver.clean()
    driver.get("/")
    assert counts(recorder) == {"clean": 1, "browser": 1}


def test_calls_of_other_threads_and_between_scenarios_do_not_count(recorder, driver):
    thread = threading.Thread(target=driver.get, args=["/"])
    thread.start()
    thread.join()
    recorder.end()
    driver.get("/")
    assert counts(recorder) == {}


def test_the_sleeps_of_one_module_are_recorded_and_no_others(recorder):
    module: Any = ModuleType("waiting")
    module.time = time
    recorder.watch_sleep(module)
    module.time.sleep(0)
    time.sleep(0)
    assert counts(recorder) == {"waits": 1}


def test_what_is_written_can_be_read(recorder, driver, tmp_path):
    driver.get("/")
    recorder.end()
    recorder.write(tmp_path / "record.json")
    run = read_run(tmp_path / "record.json", 1.0, 3.0)
    assert (run.scenarios, run.whole_s) == (recorder.scenarios, 2)
    assert run.cpu_s > 0


def test_commands_and_page_loads_are_counted_wherever_they_are_sent(recorder):
    class Connection:
        def execute(self, command, params):
            """Send nothing."""

        def send_all(self, *commands):
            """Send nothing."""

        def clean(self):
            self.send_all(Command("Page.navigate"), Command("Storage.clearCookies"))

    recorder.watch(Connection, "execute", "browser", webdriver_pages)
    recorder.watch(Connection, "send_all", "browser", devtools_pages)
    recorder.watch(Connection, "clean", "clean")
    connection = Connection()
    connection.clean()
    for command, params in (("get", {"url": "/"}), ("clickElement", {"id": "1"}), ("findElement", {"value": "p"})):
        connection.execute(command, params)
    for text in ("Buy milk", "Buy milk\ue007"):
        connection.execute("sendKeysToElement", {"text": text})
    assert (recorder.scenarios[0].commands, recorder.scenarios[0].pages) == (7, 4)


class Census(Recorder):
    """Replaces nothing: notes what is to be watched, and when a scenario begins and ends."""

    def __init__(self):
        super().__init__()
        self.watched, self.events = [], []

    def watch(self, owner, method, kind, pages=None):
        self.watched.append((owner, method))

    def watch_sleep(self, module):
        self.watched.append((module.time, "sleep"))

    def begin(self, name):
        self.events.append(f"begin {name}")

    def end(self):
        self.events.append("end")


def test_everything_that_is_watched_exists(monkeypatch):
    # They are replaced; monkeypatch puts them back.
    monkeypatch.setattr(ModelRunner, "run_hook_with_capture", ModelRunner.run_hook_with_capture)
    monkeypatch.setattr(TestCase, "run", TestCase.run)
    census = Census()
    watch(census)
    assert [(owner, method) for owner, method in census.watched if not hasattr(owner, method)] == []


def test_a_scenario_runs_from_before_its_first_hook_until_after_its_last(monkeypatch):
    called = []
    monkeypatch.setattr(TestCase, "run", lambda test: called.append(test.shortDescription()))
    monkeypatch.setattr(ModelRunner, "run_hook_with_capture", lambda _runner, hook, *_: called.append(hook))
    census = Census()
    watch(census)
    for hook in ("before_feature", "before_scenario", "after_scenario"):
        ModelRunner.run_hook_with_capture(None, hook, type("Scenario", (), {"name": "Edith adds an item"}))
    test: Any = SimpleNamespace(shortDescription=lambda: "Edith adds an item.")
    TestCase.run(test)
    assert census.events == ["begin Edith adds an item", "end"] * 2
    assert called == ["before_feature", "before_scenario", "after_scenario", "Edith adds an item."]
