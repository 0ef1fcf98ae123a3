"""Images of this project that nobody used for long: each change of an input makes another one."""

import re
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from docker import DockerClient
from docker.errors import APIError

# Dockerfiles set it or their builds do, so that what a build left without a name is known as well.
LABEL = "superlists.image"
KEPT_FOR = timedelta(days=7)
BY_CONTENT = re.compile(r"superlists(-\w+)*:[0-9a-f]{12}")


def remove_old_images(engine: DockerClient, keep: str) -> None:
    """Remove this project's images older than a week, but `keep`, those of containers, and those named by a person."""
    oldest = datetime.now(UTC) - KEPT_FOR
    for image in engine.images.list(filters={"label": LABEL}):
        # Asked one by one: another run may be doing the same, and the engine refuses where a container is of it.
        with suppress(APIError):
            if _made_at(image) < oldest:
                for name in [tag for tag in image.tags if BY_CONTENT.fullmatch(tag) and tag != keep]:
                    engine.images.remove(name)
                if not image.tags:
                    engine.images.remove(str(image.id))


def _made_at(image: Any) -> datetime:
    """Return when it was last given a name, or else made."""
    tagged = str(image.attrs.get("Metadata", {}).get("LastTagTime", ""))
    told = tagged if tagged > "0002" else str(image.attrs["Created"])
    return datetime.fromisoformat(told[:19]).replace(tzinfo=UTC)
