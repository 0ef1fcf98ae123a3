"""Figures of one target only, measured apart from the journeys."""

from collections.abc import Callable
from statistics import median
from typing import Any

from acceptance.container_engine import connect
from acceptance.images import base_image, image, site_recipe
from benchmarks.databases import of_databases
from benchmarks.deploys import of_deploys, seconds
from benchmarks.report_build_time import pages_s

REPEATED = 5
MB = 1_000_000


def extra_figures(target: str) -> dict[str, Any]:
    """Return what a target adds to the figures that all have."""
    return EXTRAS.get(target, dict)()


def of_the_image() -> dict[str, Any]:
    """Return how long it takes to find that the image is there, in s, and what it adds to its base, in MB."""
    engine = connect()
    try:
        tag = image(engine, site_recipe())
        found = [seconds(lambda: image(engine, site_recipe())) for _ in range(REPEATED)]
        size, base = (engine.images.get(name).attrs["Size"] for name in (tag, base_image(engine)))
    finally:
        engine.close()
    return {"image_found_s": median(found), "image_above_base_mb": (size - base) / MB}


def of_the_pages() -> dict[str, Any]:
    """Return how long the report takes to make of 300 scenarios on 3 targets, in s."""
    return {"pages_s": pages_s()}


# By the name of the target; a box is what `make box` calls it.
EXTRAS: dict[str, Callable[[], dict[str, Any]]] = {
    "local": of_the_pages,
    "docker": lambda: of_the_image() | of_databases(),
    "box": of_deploys,
}
