"""How errors are told: as JSON, each with its status."""

import logging

from docker.errors import DockerException
from flask import Flask, Response, jsonify
from requests.exceptions import RequestException
from werkzeug.exceptions import HTTPException

from .errors import RefusedError

NO_TOKEN = 401
logger = logging.getLogger(__name__)


def handle_errors(app: Flask) -> None:
    """Let every error of this service be told in its own form."""
    app.register_error_handler(RefusedError, _refused)
    app.register_error_handler(HTTPException, _misdirected)
    for kind in (DockerException, RequestException):
        app.register_error_handler(kind, _no_engine)
    app.register_error_handler(OSError, _no_storage)
    app.register_error_handler(Exception, _unforeseen)


def _refused(error: RefusedError) -> Response:
    answer = _error(error.status, str(error))
    if error.status == NO_TOKEN:
        answer.headers["WWW-Authenticate"] = "Bearer"
    return answer


def _misdirected(error: HTTPException) -> Response:
    answer = _error(error.code or 500, error.description or error.name)
    for name, value in error.get_headers():
        if name != "Content-Type":
            answer.headers[name] = value
    return answer


def _no_engine(error: Exception) -> Response:
    logger.warning("The engine refused, or does not answer: %s", error)
    return _error(503, f"The container engine refused, or does not answer: {error}")


def _no_storage(error: OSError) -> Response:
    logger.warning("The storage is not to be had: %s", error)
    return _error(507, f"The storage is not to be had: {error.strerror}")


def _unforeseen(error: Exception) -> Response:
    logger.error("A request failed", exc_info=error)
    return _error(500, "This should not have happened; the service's log tells more")


def _error(status: int, message: str) -> Response:
    answer = jsonify({"status": "error", "error": message})
    answer.status_code = status
    return answer
