"""The service over HTTP: requests, answers, and errors as JSON, each with its status."""

import logging
import re
from collections.abc import Callable
from functools import cache
from threading import Lock
from typing import Any

import docker
from docker import DockerClient
from docker.errors import DockerException
from flask import Flask, Response, g, jsonify, request
from requests.exceptions import RequestException
from werkzeug.exceptions import BadRequest, HTTPException

from . import RefusedError
from .databases import Databases
from .settings import Settings
from .tokens import Tokens

API = "/api/containers/"
LARGEST_BODY = 16 * 1024
UNAUTHORIZED = 401
# Longer than the slowest stop.
ENGINE_TIMEOUT_S = 60
# A name, and never a path: nothing in it that a file system takes for more than that.
NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")
# Of other characters, clients differ in how they prepare them for SCRAM.
PASSWORD = re.compile(r"[\x20-\x7e]{8,128}")
KEYS = ("storage_dir", "admin_password", "port")
DATA = ("keep", "drop")
logger = logging.getLogger(__name__)


def connect() -> DockerClient:
    """Return the engine that DOCKER_HOST or its default names; raises DockerException."""
    return docker.from_env(timeout=ENGINE_TIMEOUT_S)


def create_app(settings: Settings | None = None) -> Flask:
    """Return the service for gunicorn; raises SettingsError."""
    settings = settings or Settings.read()
    app = Flask(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    app.url_map.strict_slashes = False
    app.json.sort_keys, app.json.ensure_ascii = False, False  # type: ignore[attr-defined] # of the usual provider
    _handle_errors(app)
    _authenticate(app, Tokens(settings.root))
    _add_routes(app, settings, _once_the_engine_answers(settings))
    return app


def _once_the_engine_answers(settings: Settings) -> Callable[[], Databases]:
    """Return a way to the databases: the engine may come up later, and what was half made is repaired first."""
    lock = Lock()

    @cache
    def opened() -> Databases:
        databases = Databases(connect(), settings)
        databases.recover()
        return databases

    def databases() -> Databases:
        with lock:
            return opened()

    try:
        databases()
    except (DockerException, RequestException) as error:
        logger.warning("The engine does not answer yet: %s", error)
    return databases


def _add_routes(app: Flask, settings: Settings, databases: Callable[[], Databases]) -> None:
    def delete(identity: str) -> dict[str, Any]:
        data = request.args.get("data", "keep")
        if data not in DATA:
            raise RefusedError(400, f"data: {data[:40]!r} is not known; allowed: {', '.join(DATA)}")
        databases().delete(g.owner, identity, keep=data == "keep")
        return {"data": data}

    routes: dict[tuple[str, str], Callable[..., dict[str, Any]]] = {
        ("POST", ""): lambda: databases().make(g.owner, *_requested(settings.ports)),
        ("GET", ""): lambda: {"containers": databases().all(g.owner)},
        ("GET", "<identity>/"): lambda identity: databases().one(g.owner, identity),
        ("POST", "<identity>/stop/"): lambda identity: databases().stop(g.owner, identity),
        ("POST", "<identity>/start/"): lambda identity: databases().start(g.owner, identity),
        ("DELETE", "<identity>/"): delete,
    }

    def answer(view: Callable[..., dict[str, Any]]) -> Callable[..., Response]:
        return lambda **parts: jsonify({"status": "OK", **view(**parts)})

    for (method, path), view in routes.items():
        app.add_url_rule(f"{API}{path}", f"{method} {path}", answer(view), methods=[method])


def _requested(ports: range) -> tuple[str, str, int | None]:
    """Return the name, password and port of a request for a database; raises RefusedError with all its mistakes."""
    try:
        body = request.get_json()
    except (BadRequest, RecursionError) as error:
        raise RefusedError(400, "The body is no JSON") from error
    if not isinstance(body, dict):
        raise RefusedError(400, f"The body is no JSON object; allowed in it: {', '.join(KEYS)}")
    mistakes = [f"{str(key)[:40]!r} is not known; allowed: {', '.join(KEYS)}" for key in body if key not in KEYS]
    name, password, port = (body.get(key) for key in KEYS)
    if not isinstance(name, str) or not NAME.fullmatch(name):
        mistakes.append("storage_dir: a name of 1 to 63 of a-z, 0-9, - and _, which begins with a letter or digit")
    if not isinstance(password, str) or not PASSWORD.fullmatch(password):
        # It is not repeated: it may be a real one.
        mistakes.append("admin_password: 8 to 128 printable ASCII characters")
    if port is not None and (type(port) is not int or port not in ports):
        mistakes.append(f"port: a whole number from {ports[0]} to {ports[-1]}, or nothing for any that is free")
    if mistakes:
        raise RefusedError(400, "; ".join(mistakes))
    return str(name), str(password), port


def _authenticate(app: Flask, tokens: Tokens) -> None:
    @app.before_request
    def require_token() -> None:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        owner = tokens.owner_of(token.strip()) if scheme.lower() == "bearer" else None
        if owner is None:
            raise RefusedError(UNAUTHORIZED, "A token that is known is needed: Authorization: Bearer …")
        g.owner = owner


def _handle_errors(app: Flask) -> None:
    def answer(status: int, message: str, headers: dict[str, str] | None = None) -> Response:
        response = jsonify({"status": "error", "error": message})
        response.status_code = status
        response.headers.update(headers or {})
        return response

    @app.errorhandler(RefusedError)
    def refused(error: RefusedError) -> Response:
        return answer(error.status, str(error), {"WWW-Authenticate": "Bearer"} if error.status == UNAUTHORIZED else {})

    @app.errorhandler(HTTPException)
    def misdirected(error: HTTPException) -> Response:
        headers = {name: value for name, value in error.get_headers() if name != "Content-Type"}
        return answer(error.code or 500, error.description or error.name, headers)

    @app.errorhandler(DockerException)
    @app.errorhandler(RequestException)
    @app.errorhandler(OSError)
    def unavailable(error: Exception) -> Response:
        status, message = 503, f"The container engine refused, or does not answer: {error}"
        if isinstance(error, OSError) and not isinstance(error, RequestException):
            status, message = 507, f"The storage cannot be used: {error.strerror}"
        logger.warning(message)
        return answer(status, message)

    @app.errorhandler(Exception)
    def unforeseen(error: Exception) -> Response:
        logger.error("A request failed", exc_info=error)
        return answer(500, "An internal error; the service's log has the details")
