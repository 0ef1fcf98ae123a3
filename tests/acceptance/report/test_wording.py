import pytest

from acceptance.report.formatting import counted, duration, headline, listed, moment
from acceptance.report.results import Run
from acceptance.report.timings import parts


@pytest.mark.parametrize(
    ("seconds", "reads"),
    [(0.004, "4 ms"), (0.0949, "95 ms"), (0.0951, "0.1 s"), (59.9, "59.9 s"), (61, "1 min 1 s"), (3725, "62 min 5 s")],
)  # fmt: skip
def test_a_duration_is_as_exact_as_anyone_wants_to_know(seconds, reads):
    assert duration(seconds).replace("\N{NO-BREAK SPACE}", " ") == reads


def test_a_moment_is_for_machines_and_people():
    assert moment(0) == {"iso": "1970-01-01T00:00:00+00:00", "text": "1 Jan 1970, 00:00 UTC"}


@pytest.mark.parametrize(
    ("error", "line"),
    [
        ("ASSERT FAILED: one\ntwo", "one"),
        ("Traceback (most recent call last):\n  File x\nKeyError: 'y'\n", "KeyError: 'y'"),
        ("", ""),
        ("x" * 500, "x" * 400 + "…"),
    ],
)
def test_a_headline_is_what_went_wrong(error, line):
    assert headline(error) == line


def test_sentences_list_and_count():
    assert [listed(names) for names in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == ["", "a", "a and b", "a, b and c"]
    assert (counted(1, "scenario"), counted(0, "scenario")) == ("1 scenario", "0 scenarios")


def test_a_run_in_which_nothing_ran_took_its_time_for_starting():
    assert [part["name"] for part in parts(Run("id", began=1.0, ended=3.0))] == ["Starting"]
    assert parts(Run("id", began=1.0, ended=1.0)) == []
