"""Runs made up for the tests: all moments are seconds."""

from benchmarks.figures import Run
from benchmarks.recorder import Call, Scenario


def run(*scenarios, spawned=0.0, exited=10.0):
    return Run(spawned, exited, list(scenarios))


def scenario(began, ended, *calls, name="Edith adds an item"):
    return Scenario(name, began, ended, list(calls))


def a_run(seconds):
    """A run of two scenarios that take so long together, a tenth of it in the browser."""
    calls = [Call("fixture", "reset_site", 0.001), Call("webdriver", "get", seconds / 20)]
    middle = 1 + seconds / 2
    first, second = scenario(1, middle, *calls, name="first"), scenario(middle, 1 + seconds, *calls, name="second")
    return run(first, second, exited=2 + seconds)
