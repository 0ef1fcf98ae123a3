"""People who visit a site all the while, and what was refused to them."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPException
from urllib.request import urlopen

MANY = 2
PAUSE_S = 0.05
PATIENCE_S = 20


@dataclass
class Visits:
    """How many requests were made, and how each that failed did."""

    tried: int = 0
    refused: list[str] = field(default_factory=list)


@contextmanager
def visitors(address: str, many: int = MANY) -> Iterator[Visits]:
    """Visit a page for as long as this lasts, each with a new connection; afterwards all have their answer."""
    each = [Visits() for _ in range(many)]
    ended, together = threading.Event(), Visits()
    threads = [threading.Thread(target=_visit, args=(address, ended, visits)) for visits in each]
    for thread in threads:
        thread.start()
    try:
        yield together
    finally:
        ended.set()
        for thread in threads:
            thread.join()
        together.tried = sum(visits.tried for visits in each)
        together.refused += [refusal for visits in each for refusal in visits.refused]


def _visit(address: str, ended: threading.Event, visits: Visits) -> None:
    while not ended.wait(PAUSE_S):
        visits.tried += 1
        try:
            with urlopen(address, timeout=PATIENCE_S) as answer:  # noqa: S310 - the address of a site, from the sites file
                answer.read()
        except (OSError, HTTPException) as error:
            visits.refused.append(repr(error))
