from features.targets.site_log import OTHERS, lines_of

LOG = [
    "2026-11-20 07:00:00 INFO starting",
    "[sharing.12] 2026-11-20 07:00:01 ERROR oh dear",
    "[sharing.12] Traceback (most recent call last):",
    "[sharing.13] 2026-11-20 07:00:02 INFO another scenario",
    "[2026-11-20 07:00:03 +0000] [7] [INFO] Worker exiting",
]


def test_own_lines_come_first_and_those_of_nobody_after_them():
    assert lines_of("sharing.12", LOG).splitlines() == [
        "2026-11-20 07:00:01 ERROR oh dear",
        "Traceback (most recent call last):",
        OTHERS,
        "2026-11-20 07:00:00 INFO starting",
        "[2026-11-20 07:00:03 +0000] [7] [INFO] Worker exiting",
    ]


def test_an_id_that_begins_like_another_is_another():
    assert lines_of("sharing.1", LOG[1:4]) == ""


def test_without_lines_there_is_no_heading():
    assert lines_of("sharing.12", []) == ""
