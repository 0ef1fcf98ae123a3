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


def test_a_form_counts_as_a_list_where_it_leads_to_one_and_as_lost_where_it_does_not():
    asked: list[str] = []
    cookie = b"HTTP/1.1 200 OK\r\nSet-Cookie: csrftoken=abc; Path=/\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    forms = [http(status="302 Found"), http(), http(status="403 Forbidden")]

    def page_and_form_in_turn(path: str) -> bytes:
        asked.append(path)
        return cookie if len(asked) % 2 else forms[(len(asked) // 2 - 1) % len(forms)]

    with (
        answering(page_and_form_in_turn) as address,
        visitors(address, many=1, pause_s=0.001, posting=True) as visits,
    ):
        eventually(lambda: len(asked) >= 12, what="a few forms", within_s=10)
    assert (visits.tried, visits.created) == (len(asked), (len(asked) // 2 + 2) // 3)
    assert len(visits.refused) == len(asked) // 2 - visits.created
