"""Mail in a catcher, which takes mail to anyone and shows it over HTTP; maildev is one."""

import time
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import requests

from acceptance.mailboxes.base import MailboxError, MailQuery, Match
from acceptance.mailboxes.external_base import ExternalMailbox
from acceptance.mailboxes.message import Message, read_message
from acceptance.waiting import NotReadyError


class CatcherMailbox(ExternalMailbox):
    """Reads what was caught, and leaves it there for people to look at."""

    @property
    def _url(self) -> str:
        return self.settings.mailbox_url.rstrip("/")

    def __str__(self) -> str:
        return f"the mail catcher at {self._url}"

    def look(self, query: MailQuery) -> Match:
        """Read the mails that came since."""
        looked_at = time.time()
        with requests.Session() as session:
            # No proxy and no login of the environment is for this.
            session.trust_env = False
            session.verify = str(self.authority) if self.authority else True
            session.auth = (self.user, self.password) if self.user else None
            mails = self._mails(session)
            new = self.new_mails(mails, query.after, looked_at)
            messages = [self._message(session, mails[mail_id], arrived) for mail_id, arrived in new.items()]
        return Match(query, messages, older=len(mails) - len(new))

    def _mails(self, session: requests.Session) -> dict[str, dict[str, Any]]:
        """Return what is told of each mail, by its id."""
        try:
            return {str(mail["id"]): mail for mail in self._get(session, "/email").json()}
        except (ValueError, TypeError, KeyError) as error:
            raise MailboxError(f"{self} does not answer as maildev does at /email") from error

    def _message(self, session: requests.Session, mail: dict[str, Any], arrived: float) -> Message:
        source = self._get(session, f"/email/{quote(str(mail['id']), safe='')}/source").content
        # To whom it was delivered, whatever its headers say.
        return read_message(source, arrived, [str(recipient["address"]) for recipient in mail["envelope"]["to"]])

    def _get(self, session: requests.Session, path: str) -> requests.Response:
        try:
            answer = session.get(self._url + path, timeout=self.timeout_s)
        except requests.exceptions.SSLError as error:
            raise self.untrusted(str(error)) from error
        except requests.exceptions.RequestException as error:
            raise NotReadyError(f"{self} cannot be read: {error}") from error
        if answer.status_code == HTTPStatus.UNAUTHORIZED:
            raise self.login_refused("")
        if not answer.ok:
            raise NotReadyError(f"{self} answers {answer.status_code} {answer.reason} at {path}")
        return answer
