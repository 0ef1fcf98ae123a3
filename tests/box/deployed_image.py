"""An image of a server that is provisioned and serves the site, which the groups of tests start their boxes of."""

import hashlib
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from docker import DockerClient
from docker.errors import APIError, ImageNotFound

from acceptance.images import image
from acceptance.sites import read_sites
from deploy import box as boxes
from deploy.box_folder import held
from deploy.deployment import deploy
from deploy.provision import provision
from deploy.source import Code
from features.project import ROOT
from tests.targets.engine import engine

REPOSITORY = "superlists-box-deployed"


def deployed_image(environment: str, code: Code, labels: dict[str, str]) -> str:
    """Return the tag of an image on which this code is deployed, made unless there is one."""
    # One group makes it, the others wait.
    with held(ROOT / ".pytest_cache" / REPOSITORY), engine() as client:
        # What provisions and deploys counts as well: it may not be committed yet.
        sources = sorted(
            path for path in Path(ROOT, "deploy").rglob("*") if path.is_file() and "wheels" not in path.parts
        )
        content = b"".join(path.read_bytes() for path in sources if path.suffix != ".pyc")
        key = hashlib.sha256(f"{image(client, boxes.BOX)} {code.commit}".encode() + content).hexdigest()[:12]
        tag = f"{REPOSITORY}:{environment}-{key}"
        try:
            client.images.get(tag)
        except ImageNotFound:
            _make(client, environment, code, labels, tag)
            _remove_others(client, environment, tag)
        return tag


def _make(client: DockerClient, environment: str, code: Code, labels: dict[str, str], tag: str) -> None:
    with TemporaryDirectory() as folder:
        there = boxes.start(Path(folder, "box"), name=environment, environment=environment, labels=labels)
        try:
            site = read_sites(there.folder / "sites.toml")[environment]
            provision(site)
            deploy(site, code, sites=there.folder / "sites.toml", say=lambda _: None)
            container = client.containers.get(there.container_id)
            container.stop()
            container.commit(*tag.split(":"))
        finally:
            boxes.remove(there.folder)


def _remove_others(client: DockerClient, environment: str, tag: str) -> None:
    for other in client.images.list(name=REPOSITORY):
        for old in other.tags:
            if old != tag and old.startswith(f"{REPOSITORY}:{environment}-"):
                with suppress(APIError):
                    client.images.remove(old)
