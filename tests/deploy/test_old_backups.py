import pytest

from deploy.old_backups import KEPT, old

NAMES = [f"2026-11-20T10-00-{second:02}.000001Z.sqlite3" for second in range(KEPT + 3)]


def test_the_last_ones_are_kept_in_whatever_order_they_are_listed():
    assert old(NAMES[::-1], told="") == NAMES[:3]


@pytest.mark.parametrize("count", [0, 1, KEPT])
def test_as_many_as_are_kept_are_all_kept(count):
    assert old(NAMES[:count], told="") == []


def test_the_one_that_somebody_was_told_of_is_kept_whatever_its_age():
    assert old(NAMES, told=NAMES[1]) == [NAMES[0], NAMES[2]]


def test_what_was_cut_off_counts_for_nothing_and_goes_with_its_age():
    cut = [f"{NAMES[0]}.unfinished", f"{NAMES[-1]}.unfinished"]
    assert old([*NAMES[1:], *cut], told="") == [cut[0], *NAMES[1:3]]


def test_what_a_person_called_otherwise_is_not_touched():
    theirs = ["before the big change.sqlite3", "0.sqlite3", "notes"]
    assert old([*NAMES, *theirs], told="") == NAMES[:3]
