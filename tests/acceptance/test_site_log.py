from unittest.mock import Mock

from acceptance.targets import site_log
from acceptance.targets.site_log import OTHERS, lines_of, up_to_now
from tests.answering_server import answering, http


def test_an_id_that_begins_like_another_is_another():
    others = ["[sharing.12] ERROR oh dear", "[sharing.13] INFO another scenario"]
    assert lines_of("sharing.1", others) == ""
    # What only looks like an id.
    worker = "[2026-11-20 07:00:03 +0000] [7] [INFO] Worker exiting"
    assert lines_of("sharing.1", [*others, worker]) == f"{OTHERS}\n{worker}"


def test_what_is_passed_on_late_is_waited_for_but_not_for_long(monkeypatch):
    written = ["[sharing.1] Traceback (most recent call last):"]

    def not_found(path: str) -> bytes:
        written.append(f"Not Found: {path}")
        return http(status="404 Not Found")

    with answering(not_found) as address:
        # Nothing at first, as by way of a journal.
        assert up_to_now(Mock(side_effect=[[], [], [], written]), address) == written[:1]
        # Of a site that does not log it, or is gone, there are its last words.
        monkeypatch.setattr(site_log, "PASSED_ON_WITHIN_S", 0.1)
        assert up_to_now(lambda: ["something else"], address) == ["something else"]
    assert up_to_now(Mock(side_effect=[["its last words"]]), "http://127.0.0.1:9") == ["its last words"]
