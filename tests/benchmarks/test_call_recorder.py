"""Scenarios, and the calls within each, are recorded from outside: once, and of the main thread alone."""

import threading
import time
from types import ModuleType
from typing import Any

import pytest

from acceptance.browsers.devtools import Command
from benchmarks.record_run import devtools_pages, webdriver_pages
from benchmarks.recorder import Recorder, read_run


@pytest.fixture
def recorder():
    recorder = Recorder()
    recorder.begin("Edith adds an item")
    return recorder


@pytest.fixture
def driver(recorder):
    class Driver:
        def get(self, url):
            if url == "/nowhere":
                raise LookupError
            return f"opened {url}"

        def clean(self):
            return self.get("about:blank")

    recorder.watch(Driver, "get", "browser")
    recorder.watch(Driver, "clean", "clean")
    return Driver()


def counts(recorder):
    return {kind: len(calls) for kind, calls in recorder.scenarios[0].calls.items()}


def test_a_watched_method_does_what_it_did_and_a_call_within_another_counts_once(driver, recorder):
    assert driver.get("/") == "opened /"
    with pytest.raises(LookupError):
        driver.get("/nowhere")
    driver.clean()
    assert counts(recorder) == {"browser": 2, "clean": 1}


def test_calls_of_other_threads_and_between_scenarios_do_not_count(recorder, driver):
    thread = threading.Thread(target=driver.get, args=["/"])
    thread.start()
    thread.join()
    recorder.end()
    driver.get("/")
    assert counts(recorder) == {}


def test_the_sleeps_of_one_module_are_recorded_and_what_is_written_can_be_read(recorder, tmp_path):
    module: Any = ModuleType("waiting")
    module.time = time
    recorder.watch_sleep(module)
    module.time.sleep(0)
    time.sleep(0)
    assert counts(recorder) == {"waits": 1}
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
