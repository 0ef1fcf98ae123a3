"""A mail catcher with an HTTP API, in a container: what comes by SMTP is read by whoever asks."""

import hashlib
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from secrets import token_urlsafe
from urllib.request import Request, urlopen

from docker import DockerClient
from docker.models.containers import Container

from acceptance.container_engine import EngineError
from acceptance.images import ROOT, Recipe, image
from acceptance.targets.run_resources import Owned
from acceptance.waiting import eventually
from tests.mail.addresses import address_of, answers

CONTEXT = ROOT / "tests" / "mail" / "catcher"
PACKAGES = CONTEXT / "node_modules"
LOCK = CONTEXT / "package-lock.json"
SMTP, API = 1025, 1080
READY_WITHIN_S = 30.0
PATIENCE_S = 300
LOOK_LIMIT_S = 10


@dataclass(frozen=True)
class Catcher:
    """A catcher that is up, and the login that it demands of who sends."""

    container: Container
    address: str
    sender: str
    password: str = field(repr=False)

    @property
    def url(self) -> str:
        return f"http://{self.address}:{API}"

    def ask(self, path: str, method: str = "GET") -> str:
        """Return what its API answers."""
        with urlopen(Request(self.url + path, method=method), timeout=LOOK_LIMIT_S) as answer:
            return str(answer.read().decode())

    def empty(self) -> None:
        """Throw away all that it caught."""
        assert self.ask("/email/all", "DELETE") == "true"


@contextmanager
def mail_catcher(engine: DockerClient, owned: Owned) -> Iterator[Catcher]:
    """Give a catcher that answers."""
    sender, password = "superlists", token_urlsafe()
    demanded = {"MAILDEV_INCOMING_USER": sender, "MAILDEV_INCOMING_PASS": password}
    container = engine.containers.run(image(engine, MAILDEV), detach=True, labels=owned.labels, environment=demanded)
    try:
        address = address_of(container)
        for port in (SMTP, API):
            eventually(partial(answers, address, port), what=f"port {port}", within_s=READY_WITHIN_S)
        yield Catcher(container, address, sender, password)
    finally:
        container.remove(force=True, v=True)


def gather_packages(_engine: DockerClient, _base: str) -> None:
    """Have npm install what the lock file names, unless that was done; raises EngineError."""
    done = PACKAGES / f"{hashlib.sha256(LOCK.read_bytes()).hexdigest()[:12]}.done"
    if done.exists():
        return
    command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    try:
        ran = subprocess.run(command, cwd=CONTEXT, capture_output=True, text=True, check=False, timeout=PATIENCE_S)
    except FileNotFoundError as error:
        raise EngineError("There is no npm, which gathers the mail catcher. Install npm.") from error
    if ran.returncode:
        raise EngineError(f"npm could not gather the mail catcher: {ran.stderr.strip()[-500:]}")
    done.touch()


MAILDEV = Recipe("superlists-mail-catcher", CONTEXT, "Dockerfile", gathered=PACKAGES, gather=gather_packages)
