"""A client of the service: asks a service at an address, with a token."""

from typing import Any
from urllib.parse import quote

import requests

from . import RefusedError

# A new server may take its time, and wait for another request before.
TIMEOUT_S = 180


class UnreachableError(Exception):
    """Nothing at that address answers as the service does."""


class Client:
    """Asks one service; each answer is its JSON. Raises RefusedError with what it says, or UnreachableError."""

    def __init__(self, url: str, token: str) -> None:
        """Take where the service is, such as http://127.0.0.1:8700, and whose databases are meant."""
        self._url = url.rstrip("/")
        self._session = requests.Session()
        # Proxies and passwords of the environment are for other addresses.
        self._session.trust_env = False
        self._session.headers["Authorization"] = f"Bearer {token}"

    def make(self, storage_dir: str, admin_password: str, port: int | None = None) -> dict[str, Any]:
        """Return where a database is that can be connected to."""
        body: dict[str, Any] = {"storage_dir": storage_dir, "admin_password": admin_password}
        return self.request("POST", "", body if port is None else body | {"port": port})

    def all(self) -> list[dict[str, Any]]:
        """Return the databases of this token's owner."""
        databases: list[dict[str, Any]] = self.request("GET", "")["containers"]
        return databases

    def delete(self, identity: str, data: str = "keep") -> dict[str, Any]:
        """Remove a server; `data` is keep or drop."""
        return self.request("DELETE", f"{quote(identity, safe='')}/?data={quote(data, safe='')}")

    def request(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        """Return the answer to a request below /api/containers/."""
        try:
            response = self._session.request(
                method, f"{self._url}/api/containers/{path}", json=body, timeout=TIMEOUT_S, allow_redirects=False
            )
            answer = response.json()
        except (requests.RequestException, ValueError) as error:
            raise UnreachableError(f"No service of databases answers at {self._url}: {error}") from error
        if not isinstance(answer, dict):
            raise UnreachableError(f"At {self._url} is no service of databases: it answered {str(answer)[:100]!r}")
        if not response.ok or answer.get("status") != "OK":
            raise RefusedError(response.status_code, str(answer.get("error", f"HTTP status {response.status_code}")))
        return answer
