"""Visitors count what they ask for, and what they are refused."""

import threading

from acceptance.waiting import eventually
from benchmarks.downtime_probe import visitors
from tests.answering_server import answering, http


def test_each_request_is_counted_and_each_refusal_told():
    asked: list[str] = []

    def every_second(path: str) -> bytes:
        asked.append(path)
        return http(status="503 Service Unavailable" if len(asked) % 2 else "200 OK")

    with answering(every_second) as address:
        with visitors(address, many=1) as visits:
            eventually(lambda: len(asked) >= 4, what="a few visits", within_s=10)
        assert visits.tried == len(asked)
        assert len(visits.refused) == (visits.tried + 1) // 2
        assert "503" in visits.refused[0]
    # Nobody is there any more.
    with visitors(address) as visits:
        eventually(lambda: threading.active_count() > 2, what="visitors", within_s=10)
    assert len(visits.refused) == visits.tried
