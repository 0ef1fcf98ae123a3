"""A mail catcher with an HTTP API, in a container: what comes by SMTP is read by whoever asks."""

import hashlib
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from functools import partial
from secrets import token_urlsafe
from smtplib import SMTP

import requests
from docker import DockerClient
from docker.models.containers import Container

from acceptance.docker_client import EngineError
from acceptance.images import Recipe, image
from acceptance.targets.run_resources import RunResources
from acceptance.waiting import eventually
from features.project import ROOT
from tests.mail.postfix import HERS, SENDER, TIMEOUT_S, address_of, answers, login_mail

CONTEXT = ROOT / "tests" / "mail" / "catcher"
PACKAGES = CONTEXT / "node_modules"
LOCK = CONTEXT / "package-lock.json"
SMTP_PORT, API_PORT = 1025, 1080
READY_WITHIN_S = 30.0
NPM_TIMEOUT_S = 300


@dataclass(frozen=True)
class Catcher:
    """A catcher that is up, and the login that it demands of who sends."""

    container: Container
    address: str
    sender: str
    password: str = field(repr=False)

    @property
    def url(self) -> str:
        return f"http://{self.address}:{API_PORT}"

    def count(self) -> int:
        """Return how many mails it has caught."""
        return len(requests.get(f"{self.url}/email", timeout=TIMEOUT_S).json())

    def empty(self) -> None:
        """Throw away all that it caught."""
        requests.delete(f"{self.url}/email/all", timeout=TIMEOUT_S).raise_for_status()

    @contextmanager
    def sending(self) -> Iterator[SMTP]:
        """Give a connection that has logged in."""
        with closing(SMTP(self.address, SMTP_PORT, timeout=TIMEOUT_S)) as connection:
            connection.login(self.sender, self.password)
            yield connection


def send_link(connection: SMTP, token: str, to: str = HERS) -> None:
    """Send a login link, as the site does."""
    connection.sendmail(SENDER, [to], login_mail(token, to))


@contextmanager
def mail_catcher(engine: DockerClient, owned: RunResources) -> Iterator[Catcher]:
    """Give a catcher that answers."""
    sender, password = "superlists", token_urlsafe()
    demanded = {"MAILDEV_INCOMING_USER": sender, "MAILDEV_INCOMING_PASS": password}
    container = engine.containers.run(image(engine, MAILDEV), detach=True, labels=owned.labels, environment=demanded)
    try:
        address = address_of(container)
        for port in (SMTP_PORT, API_PORT):
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
        ran = subprocess.run(command, cwd=CONTEXT, capture_output=True, text=True, check=False, timeout=NPM_TIMEOUT_S)
    except FileNotFoundError as error:
        raise EngineError("There is no npm, which gathers the mail catcher. Install npm.") from error
    if ran.returncode:
        raise EngineError(f"npm could not gather the mail catcher: {ran.stderr.strip()[-500:]}")
    done.touch()


MAILDEV = Recipe("mail-catcher", CONTEXT, "Dockerfile", gathered=PACKAGES, gather=gather_packages)
