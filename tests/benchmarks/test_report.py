import json

import pytest

from acceptance.settings import TARGETS
from benchmarks import report
from benchmarks.figures import entry
from tests.benchmarks.sides import a_run


@pytest.fixture
def figures():
    figures = entry([a_run(3)], [a_run(2)]) | {"pages_s": 1.5}
    return figures | {"aims": report.aims("local", figures)}


def test_an_aim_is_met_or_missed(figures):
    assert {name: aim["met"] for name, aim in figures["aims"].items()} == {
        "behave / straight": False,
        "clean, median": True,
        "rest, slowest scenario": False,
        "start-up and stop": True,
        "fixtures, slowest scenario": True,
        "report, 300 on 3 targets": True,
    }


def test_just_so_is_met(figures):
    assert report.aims("local", figures | {"ratio": 1.25})["behave / straight"]["met"]


def test_the_reader_is_told_each_figure_with_its_aim(figures):
    told = report.told("local", figures)
    assert "The eight journeys on local" in told
    assert "behave / straight                 1.50 (at most 1.25: missed)" in told
    assert "start-up and stop                 2.00 s (at most 2 s: met)" in told


def test_the_file_keeps_what_it_says_of_other_targets(tmp_path, figures):
    path = tmp_path / "reports" / "bench.json"
    report.write(path, "docker", figures)
    report.write(path, "local", figures | {"ratio": 1.23456})
    written = json.loads(path.read_text())
    assert set(written) == {"docker", "local"}
    assert written["local"]["ratio"] == 1.235


def test_a_container_has_aims_of_its_own(figures):
    databases = {
        "database_service_new_s": 1.9,
        "database_service_existing_s": 1.1,
        "database_new_ratio": 1.1,
        "database_existing_ratio": 1.2,
    }
    told = report.aims("docker", figures | {"image_found_s": 0.6, "image_above_base_mb": 119.9} | databases)
    assert told["finding an unchanged image"] == {"figure": 0.6, "at_most": 0.5, "unit": "s", "met": False}
    assert told["image above its base"]["met"]
    assert [told[name]["met"] for name in ("a new database", "a database with its data")] == [True, False]
    assert told["new / docker run by hand"]["met"]
    assert not told["existing / docker run by hand"]["met"]
    assert "start-up and stop" not in told


def test_on_a_box_deploys_have_their_aims(figures):
    deploys = {"first_deploy_s": 90.0, "repeated_deploy_s": 25.1, "requests_failed_during_deploy": 0}
    aims = report.aims("box", figures | deploys)
    assert {name: aims[name]["met"] for name in ("first deploy", "repeated deploy", "requests failed meanwhile")} == {
        "first deploy": True,
        "repeated deploy": False,
        "requests failed meanwhile": True,
    }
    failed = report.aims("box", figures | deploys | {"requests_failed_during_deploy": 1})
    assert not failed["requests failed meanwhile"]["met"]
    assert "first deploy" not in report.aims("staging", figures)


def test_every_target_has_its_aims():
    assert set(report.AIMS) == set(TARGETS)
