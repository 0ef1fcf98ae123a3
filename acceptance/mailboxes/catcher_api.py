"""What a mail catcher of the kind of maildev tells over HTTP."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from acceptance.mailboxes.base import MailboxError
from acceptance.mailboxes.tls_connection import ANSWERED_WITHIN_S, cut_off, told, trust
from acceptance.waiting import NotReadyError

FOUND, UNAUTHORIZED, NOT_FOUND = 200, 401, 404


@dataclass(frozen=True)
class Catcher:
    """Where a catcher is, and who may look into it."""

    url: str
    user: str = ""
    password: str = field(default="", repr=False)
    # Who vouches for it, where the usual authorities do not.
    authority: Path | None = None
    within_s: float = ANSWERED_WITHIN_S

    def __str__(self) -> str:
        """Return where it is."""
        return f"the mail catcher at {self.url}"

    def mails(self, only: Mapping[str, str] | None = None) -> list[dict[str, Any]]:
        """Return what it tells of each of its mails, the oldest first; `only` those of which this holds."""
        try:
            listed = json.loads(self._get(f"/email?{urlencode(only)}" if only else "/email"))
        except ValueError as error:
            raise self._stranger() from error
        if not isinstance(listed, list) or not all(isinstance(mail, dict) and "id" in mail for mail in listed):
            raise self._stranger()
        return listed

    def source(self, mail_id: str) -> bytes:
        """Return a mail as it was sent."""
        return self._get(f"/email/{quote(mail_id, safe='')}/source")

    def _stranger(self) -> MailboxError:
        return MailboxError(f"{self} does not answer as maildev does at /email")

    def _get(self, path: str) -> bytes:
        """Return an answer; raises NotReadyError for what another look may mend, MailboxError for what none will."""
        with told(str(self)):
            connection = self._connection()
            try:
                connection.connect()
                with cut_off(connection.sock, self.within_s):
                    connection.request("GET", urlsplit(self.url).path.rstrip("/") + path, headers=self._login())
                    answer = connection.getresponse()
                    body = answer.read()
            except HTTPException as error:
                raise NotReadyError(f"{self} answers in something else than whole HTTP: {error!r}") from error
            finally:
                connection.close()
        if answer.status == UNAUTHORIZED:
            raise MailboxError(
                f"{self} refuses the login of {self.user or 'nobody'}. "
                "It is set by -D mailbox.user=…, the password is taken from MAILBOX_PASSWORD."
            )
        if answer.status == NOT_FOUND and path.endswith("/email"):
            raise self._stranger()
        if answer.status != FOUND:
            raise NotReadyError(f"{self} answers {answer.status} {answer.reason}")
        return body

    def _connection(self) -> HTTPConnection:
        parts = urlsplit(self.url)
        host, limit = parts.hostname or "", self.within_s
        if parts.scheme == "https":
            return HTTPSConnection(host, parts.port, timeout=limit, context=trust(self.authority))
        return HTTPConnection(host, parts.port, timeout=limit)

    def _login(self) -> dict[str, str]:
        if not self.user:
            return {}
        pair = base64.b64encode(f"{self.user}:{self.password}".encode()).decode()
        return {"Authorization": f"Basic {pair}"}
