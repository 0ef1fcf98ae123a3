"""The service from the other side: asks a service at an address, with a token."""

import json
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any
from urllib.parse import quote, urlsplit

from .errors import RefusedError

# A new server may take its time, and wait for another request before.
PATIENCE_S = 180


class UnreachableError(Exception):
    """Nothing at that address answers as the service does."""


class Client:
    """Asks one service; each answer is its JSON. Raises RefusedError with what it says, or UnreachableError."""

    def __init__(self, url: str, token: str) -> None:
        """Take where the service is, such as http://127.0.0.1:8700, and whose databases are meant."""
        self._url = urlsplit(url.rstrip("/"))
        self._token = token

    def make(self, storage_dir: str, admin_password: str, port: int | None = None) -> dict[str, Any]:
        """Return where a database is that can be connected to."""
        asked: dict[str, Any] = {"storage_dir": storage_dir, "admin_password": admin_password}
        return self.ask("POST", "", asked if port is None else asked | {"port": port})

    def all(self) -> list[dict[str, Any]]:
        """Return what there is of this token's."""
        found: list[dict[str, Any]] = self.ask("GET", "")["containers"]
        return found

    def one(self, identity: str) -> dict[str, Any]:
        """Return one database: where it is, its state and health, size in bytes, age in s."""
        return self.ask("GET", f"{quote(identity, safe='')}/")

    def stop(self, identity: str) -> dict[str, Any]:
        """Stop a server; its data stays."""
        return self.ask("POST", f"{quote(identity, safe='')}/stop/")

    def start(self, identity: str) -> dict[str, Any]:
        """Start it again."""
        return self.ask("POST", f"{quote(identity, safe='')}/start/")

    def delete(self, identity: str, data: str = "keep") -> dict[str, Any]:
        """Remove a server; `data` is keep or drop."""
        return self.ask("DELETE", f"{quote(identity, safe='')}/?data={quote(data, safe='')}")

    def ask(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        """Return what the service answers to a request below /api/containers/."""
        headers = {"Authorization": f"Bearer {self._token}"}
        if body is not None:
            headers["Content-Type"] = "application/json"
        sent = None if body is None else json.dumps(body).encode()
        connection = (HTTPSConnection if self._url.scheme == "https" else HTTPConnection)(
            self._url.hostname or "", self._url.port, timeout=PATIENCE_S
        )
        try:
            connection.request(method, f"{self._url.path}/api/containers/{path}", sent, headers)
            answer = connection.getresponse()
            status, said = answer.status, json.loads(answer.read())
        except (OSError, HTTPException, ValueError) as error:
            raise UnreachableError(f"No service of databases answers at {self._url.geturl()}: {error}") from error
        finally:
            connection.close()
        if not isinstance(said, dict):
            raise UnreachableError(f"At {self._url.geturl()} is no service of databases: it said {str(said)[:100]!r}")
        if status != 200 or said.get("status") != "OK":  # noqa: PLR2004 - HTTP's own
            raise RefusedError(status, str(said.get("error", f"HTTP status {status}")))
        return said
