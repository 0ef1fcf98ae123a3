"""How many workers a run has, and in which order they are given scenarios."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from acceptance.coordinator import longest_first
from acceptance.worker_count import paying_workers, worker_count
from tests.acceptance.run_settings import read
from tests.acceptance.sites_file import STAGING, written

GIGABYTE = 10**9


@pytest.mark.parametrize(
    ("cores", "memory", "scenarios", "workers"),
    [
        (2, 64 * GIGABYTE, 80, 2),
        (8, 2 * GIGABYTE, 80, 2),
        (8, 0, 80, 1),
        (8, float("inf"), 13, 1),
        (8, 64 * GIGABYTE, 17, 2),
    ],
)
def test_as_many_workers_pay_as_cores_memory_and_scenarios_allow(cores, memory, scenarios, workers):
    assert paying_workers(cores, memory, scenarios) == workers


ON_SERVER, DOCKER, AUTO = {"target": "staging"}, {"target": "docker"}, {"workers": "auto"}
ONE_FOR_ALL = "One worker, not 4: the site is one for all runs, and one at a time uses its database.\n"


@pytest.fixture
def counted(tmp_path: Path, environ, monkeypatch) -> Callable[..., int]:
    """Return what counts the workers of a run of 17 scenarios, on a machine of eight cores."""
    monkeypatch.setattr("acceptance.worker_count.available_cores", lambda: 8)
    sites = str(written(tmp_path, staging=STAGING))

    def count(jobs: int, tag: str, changes: dict[str, str]) -> int:
        settings = read(environ | {"DISPLAY": ":0"}, sites=sites, **changes)
        scenarios: list[Any] = [SimpleNamespace(effective_tags={tag})] * 17
        return worker_count(jobs, settings, scenarios)

    return count


@pytest.mark.parametrize(
    ("run", "workers", "printed"),
    [
        ((4, "", {}), 4, ""),
        ((20, "", {}), 17, ""),
        ((4, "", DOCKER), 4, ""),
        ((4, "", DOCKER | {"docker.port": "8000"}), 1, "One worker, not 4: docker.port=8000 is the port of one"),
        ((4, "", DOCKER | {"docker.container": "mine"}), 1, ONE_FOR_ALL),
        ((4, "", ON_SERVER), 1, ONE_FOR_ALL),
        ((4, "smoke", ON_SERVER), 4, ""),
        ((4, "", {"headless": "no"}), 1, "One worker, not 4: with headless=no"),
        ((4, "smoke", ON_SERVER | {"await.input": "yes"}), 1, "One worker, not 4: with await.input=yes"),
        ((1, "", AUTO), 2, ""),
        ((1, "", AUTO | ON_SERVER), 1, ""),
        ((4, "", AUTO), 4, ""),
        ((1, "", {}), 1, ""),
    ],
)
def test_there_is_one_worker_where_several_would_disturb_each_other(run, workers, printed, counted, capsys):
    assert counted(*run) == workers
    out = capsys.readouterr().out
    assert out.startswith(printed)
    assert bool(out) == bool(printed)


def test_what_takes_longest_comes_first_and_the_rest_stays_as_the_seed_has_it():
    assert longest_first([0.3, 0.26, 9.0, None, 0.4, 1.1]) == [3, 2, 5, 0, 1, 4]
