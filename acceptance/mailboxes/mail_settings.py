"""What can be said of a run's mailbox, and what of it does not fit together."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from acceptance.mailboxes.addresses import DEFAULT
from acceptance.mailboxes.base import WAYS
from acceptance.mailboxes.mail_setting_values import PASSWORD, USUAL, a_file, a_port, a_text, a_url, a_wait, an_address
from acceptance.setting_values import one_of, seconds
from acceptance.targets import Mail, mail_of

# What a site of the run's own is told of the server to send by, where the run itself is none.
MAIL_SERVER = ("EMAIL_HOST", "EMAIL_PORT", "EMAIL_HOST_USER", "EMAIL_PASSWORD", "EMAIL_USE_TLS")
SENT_ELSEWHERE = ("pop3", "catcher")
# What each way needs of these settings, and what else it takes.
NEEDS = {"pop3": ("mailbox.host", "mailbox.user"), "catcher": ("mailbox.url",)}
TAKES = {"pop3": ("mailbox.port", "mailbox.poll", "mailbox.ca"), "catcher": ("mailbox.user", "mailbox.ca")}
WAIT_S = {"pop3": 60.0}
USUAL_WAIT_S = 10.0


SETTINGS: dict[str, Callable[[str], Any]] = {
    "mailbox": one_of({name: name for name in (USUAL, *WAYS)}),
    "mailbox.address": an_address,
    "mailbox.wait": a_wait,
    "mailbox.poll": seconds(0.1, 60),
    "mailbox.host": a_text,
    "mailbox.port": a_port,
    "mailbox.user": a_text,
    "mailbox.url": a_url,
    "mailbox.ca": a_file,
}
# What a setting that only some ways know has to be elsewhere.
DEFAULTS = {
    "mailbox.poll": "1",
    "mailbox.host": "",
    "mailbox.port": "995",
    "mailbox.user": "",
    "mailbox.url": "",
    "mailbox.ca": "",
}
Values = Mapping[str, Any]


def settle(values: dict[str, Any], environ: Mapping[str, str]) -> list[str]:
    """Put the target's own way in place of the default, and the way's own wait; return what does not fit.

    `values` are the fields of a run's settings, of which those that could not be read
    are missing.
    """
    target, container = values.get("target"), values.get("docker_container")
    if target is None or container is None:
        return []
    mail = mail_of(target, container)
    named = {name: values[field(name)] for name in SETTINGS if field(name) in values}
    found = list(_mistakes(named, environ, mail))
    if way := _chosen(named.get("mailbox"), mail.usual):
        values["mailbox"] = way
        values["mailbox_wait"] = named.get("mailbox.wait") or WAIT_S.get(way, USUAL_WAIT_S)
    return found


def field(name: str) -> str:
    """Return the name of a setting as a field of Config."""
    return name.replace(".", "_")


def _mistakes(values: Values, environ: Mapping[str, str], mail: Mail) -> Iterator[str]:
    way = _chosen(values.get("mailbox"), mail.usual)
    if way is None:
        return
    yield from _out_of_place(way, mail)
    yield from _of_other_ways(way, values)
    for name in NEEDS.get(way, ()):
        if values.get(name) == "":
            yield f"{name}: is not set, and mailbox={way} needs it"
    if _password_is_needed(way, values) and not environ.get(PASSWORD):
        whose = values.get("mailbox.user") or "its user"
        yield f"mailbox: {way} needs a password for {whose}: {PASSWORD} is not set in the environment"
    if way in SENT_ELSEWHERE and mail.made_here and not environ.get("EMAIL_HOST"):
        yield f"mailbox: with {way}, the site sends by a mail server of yours: EMAIL_HOST is not set in the environment"
    if way == "pop3" and values.get("mailbox.address") == DEFAULT:
        yield (
            f"mailbox.address: mail to {DEFAULT} comes to nobody's mailbox; "
            "allowed with mailbox=pop3: a pattern that leads to yours"
        )


def _chosen(asked: str | None, usual: str) -> str | None:
    return usual if asked == USUAL else asked


def mail_server(environ: Mapping[str, str]) -> dict[str, str]:
    """Return what the environment says of the server that a site is to send by."""
    return {name: environ[name] for name in MAIL_SERVER if environ.get(name)}


def _out_of_place(way: str, mail: Mail) -> Iterator[str]:
    possible = {"outbox": mail.in_process, "smtp": mail.made_here}
    allowed = [each for each in WAYS if possible.get(each, True)]
    if way not in allowed:
        yield f"mailbox: {way} is not to be had from this target; allowed here: {', '.join(allowed)}"


def _of_other_ways(way: str, values: Values) -> Iterator[str]:
    for name, default in DEFAULTS.items():
        knowing = [each for each in WAYS if name in NEEDS.get(each, ()) + TAKES.get(each, ())]
        changed = name in values and values[name] != SETTINGS[name](default)
        if changed and way not in knowing:
            where = " or ".join(knowing)
            yield f"{name}: means something with mailbox={where} only; allowed here: {default or 'nothing'}"


def _password_is_needed(way: str, values: Values) -> bool:
    return way == "pop3" or (way == "catcher" and bool(values.get("mailbox.user")))
