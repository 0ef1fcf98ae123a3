"""An image of a staging server that is provisioned and serves the site: groups of tests start their boxes of it."""

import hashlib
from contextlib import nullcontext, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
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


def deployed_image(code: Code, labels: dict[str, str]) -> str:
    """Return the tag of an image on which this code is deployed, made unless there is one."""
    # One group makes it, the others wait.
    with held(ROOT / ".pytest_cache" / REPOSITORY), engine() as client:
        # What provisions and deploys counts as well: it may not be committed yet.
        sources = sorted(
            path for path in Path(ROOT, "deploy").rglob("*") if path.is_file() and "wheels" not in path.parts
        )
        content = b"".join(path.read_bytes() for path in sources if path.suffix != ".pyc")
        key = hashlib.sha256(f"{image(client, boxes.BOX)} {code.commit}".encode() + content).hexdigest()[:12]
        tag = f"{REPOSITORY}:{key}"
        try:
            client.images.get(tag)
        except ImageNotFound:
            _make(client, code, labels, tag)
            _remove_others(client, tag)
        return tag


def _make(client: DockerClient, code: Code, labels: dict[str, str], tag: str) -> None:
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr("deploy.smoke.smoke_run", lambda *_, **__: nullcontext(lambda: None))
        there = boxes.start(Path(folder, "box"), name="staging", labels=labels)
        try:
            site = read_sites(there.folder / "sites.toml")["staging"]
            provision(site)
            deploy(site, code, sites=there.folder / "sites.toml", say=lambda _: None)
            container = client.containers.get(there.container_id)
            container.stop()
            container.commit(*tag.split(":"))
        finally:
            boxes.remove(there.folder)


def _remove_others(client: DockerClient, tag: str) -> None:
    for other in client.images.list(name=REPOSITORY):
        for old in other.tags:
            if old != tag:
                with suppress(APIError):
                    client.images.remove(old)
