"""The service itself: from HTTP to what can be asked for, and back."""

import logging
from collections.abc import Callable
from threading import Lock
from typing import Any

import docker
from docker import DockerClient
from docker.errors import DockerException
from flask import Flask, Response, g, jsonify, request
from requests.exceptions import RequestException
from werkzeug.exceptions import BadRequest

from .database_request import Wanted
from .databases import Databases
from .error_handlers import handle_errors
from .errors import RefusedError
from .settings import Settings
from .tokens import Tokens

API = "/api/containers/"
LARGEST_BODY = 16 * 1024
# Longer than the slowest stop.
ENGINE_PATIENCE_S = 60
DATA = {"keep": True, "drop": False}
logger = logging.getLogger(__name__)


def connect() -> DockerClient:
    """Return the engine that DOCKER_HOST or its default names; raises DockerException."""
    return docker.from_env(timeout=ENGINE_PATIENCE_S)


class Service:
    """The databases, once the engine answers; what was left half made is seen to before anything else."""

    def __init__(self, settings: Settings, engine: Callable[[], DockerClient] = connect) -> None:
        """Ask nothing of the engine yet: it may be down, and come up later."""
        self._settings = settings
        self._engine = engine
        self._databases: Databases | None = None
        self._turn = Lock()

    def databases(self) -> Databases:
        """Return what can be asked; raises DockerException."""
        with self._turn:
            if self._databases is None:
                databases = Databases(self._engine(), self._settings)
                databases.recover()
                self._databases = databases
            return self._databases


def create_app(settings: Settings | None = None, engine: Callable[[], DockerClient] = connect) -> Flask:
    """Return the service for gunicorn; raises SettingsError."""
    settings = settings or Settings.read()
    app = Flask(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    app.url_map.strict_slashes = False
    app.json.sort_keys, app.json.ensure_ascii = False, False  # type: ignore[attr-defined] # of the usual provider
    handle_errors(app)
    _authenticate(app, Tokens(settings.root))
    service = Service(settings, engine)
    try:
        service.databases()
    except (DockerException, RequestException) as error:
        logger.warning("The engine does not answer yet: %s", error)
    for method, path, view in ROUTES:
        app.add_url_rule(f"{API}{path}", view.__name__, _answering(service, view), methods=[method])
    return app


View = Callable[..., dict[str, Any]]


def _answering(service: Service, view: View) -> Callable[..., Response]:
    def answer(**found: str) -> Response:
        return jsonify({"status": "OK", **view(service.databases(), **found)})

    return answer


def make(databases: Databases) -> dict[str, Any]:
    """Answer to who wants a database."""
    try:
        asked = request.get_json()
    except (BadRequest, RecursionError) as error:
        raise RefusedError(400, "The body is no JSON") from error
    return databases.make(g.owner, Wanted.read(asked, databases.settings.ports))


def show_all(databases: Databases) -> dict[str, Any]:
    """Answer to who wants to know what there is."""
    return {"containers": databases.all(g.owner)}


def show(databases: Databases, identity: str) -> dict[str, Any]:
    """Answer to who wants to know how one is."""
    return databases.one(g.owner, identity)


def stop(databases: Databases, identity: str) -> dict[str, Any]:
    """Answer to who does not need a server for now."""
    return databases.stop(g.owner, identity)


def start(databases: Databases, identity: str) -> dict[str, Any]:
    """Answer to who needs it again."""
    return databases.start(g.owner, identity)


def delete(databases: Databases, identity: str) -> dict[str, Any]:
    """Answer to who does not need a server any more, and perhaps not its data."""
    data = request.args.get("data", "keep")
    if data not in DATA:
        raise RefusedError(400, f"data: {data[:40]!r} is not known; allowed: {', '.join(DATA)}")
    databases.delete(g.owner, identity, keep=DATA[data])
    return {"data": data}


ROUTES: tuple[tuple[str, str, View], ...] = (
    ("POST", "", make),
    ("GET", "", show_all),
    ("GET", "<identity>/", show),
    ("POST", "<identity>/stop/", stop),
    ("POST", "<identity>/start/", start),
    ("DELETE", "<identity>/", delete),
)


def _authenticate(app: Flask, tokens: Tokens) -> None:
    @app.before_request
    def know_who_asks() -> None:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        owner = tokens.owner_of(token.strip()) if scheme.lower() == "bearer" else None
        if owner is None:
            raise RefusedError(401, "A token that is known is needed: Authorization: Bearer …")
        g.owner = owner
