"""Where the links in the site's mails lead: what a request says of that may be anybody's."""

import re

ORIGIN = re.compile(r"(https?)://([a-z0-9._-]+)(?::([0-9]{1,5}))?")
PORTS = {"http": 80, "https": 443}
MAX_PORT = 65535
# Where `manage.py runserver` serves unless told otherwise.
IN_A_CHECKOUT = "http://localhost:8000"


def origin_of(given: str, host: str, *, https: bool) -> str:
    """Return scheme, host and port; they follow from the host where none are given. Raises ValueError that says why.

    A usual port is left out, as browsers do.
    """
    if not given:
        return f"{'https' if https else 'http'}://{host.lower()}" if host else IN_A_CHECKOUT
    found = ORIGIN.fullmatch(given.lower())
    # The value is not told: what is no origin may hold a password.
    if not found or not 1 <= int(found[3] or PORTS[found[1]]) <= MAX_PORT:
        raise ValueError(
            "is not scheme, host and port alone, such as https://lists.example.com or http://localhost:8888"
        )
    scheme, name, port = found[1], found[2], int(found[3] or PORTS[found[1]])
    if host and name != host.lower():
        raise ValueError(f"leads to {name}, and the site answers to {host} alone; see DJANGO_ALLOWED_HOST")
    if https and scheme != "https":
        raise ValueError("begins with http://, and DJANGO_HTTPS is on")
    return f"{scheme}://{name}" + ("" if port == PORTS[scheme] else f":{port}")
