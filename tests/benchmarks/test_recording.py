import threading
import time
from types import ModuleType
from typing import Any

import pytest

from benchmarks.recorder import ANOTHER_THREAD, Recorder, read_scenarios


class Driver:
    def get(self, url):
        return f"opened {url}"

    def fail(self):
        raise LookupError

    def clean(self):
        return self.get("about:blank")


@pytest.fixture
def recorder():
    return Recorder()


@pytest.fixture
def driver(recorder):
    class Watched(Driver):
        pass

    for method in ("get", "fail"):
        recorder.watch(Watched, method, "webdriver")
    recorder.watch(Watched, "clean", "clean")
    recorder.begin("Edith adds an item")
    return Watched()


def test_a_watched_method_does_what_it_did(driver):
    assert driver.get("/") == "opened /"


def test_a_call_that_fails_counts_and_fails(recorder, driver):
    with pytest.raises(LookupError):
        driver.fail()
    assert [call.name for call in recorder.scenarios[0].calls] == ["fail"]


def test_a_call_within_another_is_spent_once(recorder, driver):
    driver.clean()
    inner, outer = recorder.scenarios[0].calls
    assert (inner.within, outer.within) == ("clean", "")
    assert recorder.scenarios[0].spent("webdriver", "clean") == outer.seconds


def test_a_call_can_be_named_by_its_arguments(recorder):
    class Watched(Driver):
        pass

    recorder.watch(Watched, "get", "webdriver", lambda _self, url: f"get {url}")
    recorder.begin("Edith adds an item")
    Watched().get("/")
    assert [call.name for call in recorder.scenarios[0].calls] == ["get /"]


def test_calls_between_scenarios_are_nobodys(recorder, driver):
    recorder.end()
    driver.get("/")
    assert recorder.scenarios[0].calls == []


def test_another_threads_calls_take_a_scenario_no_time(recorder, driver):
    with recorder.call("clean", "open"):
        thread = threading.Thread(target=driver.get, args=["/"])
        thread.start()
        thread.join()
    assert [(call.name, call.within) for call in recorder.scenarios[0].calls] == [("get", ANOTHER_THREAD), ("open", "")]
    assert recorder.scenarios[0].spent("webdriver") == 0


def test_the_sleeps_of_one_module_are_recorded_and_no_others(recorder):
    module: Any = ModuleType("waiting")
    module.time = time
    recorder.watch_sleep(module)
    recorder.begin("Edith adds an item")
    module.time.sleep(0)
    time.sleep(0)
    assert [call.kind for call in recorder.scenarios[0].calls] == ["wait"]


def test_what_is_written_can_be_read(recorder, driver, tmp_path):
    driver.get("/")
    recorder.end()
    recorder.write(tmp_path / "record.json")
    assert read_scenarios(tmp_path / "record.json") == recorder.scenarios
