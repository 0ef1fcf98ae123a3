"""A certificate that the server orders itself: of Pebble, Let's Encrypt's own test server, in the same box."""

import json
import socket
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from acceptance.images import image
from acceptance.sites import Site, SitesError, read_sites
from acceptance.ssh import ServerError
from acceptance.waiting import eventually
from deploy import box as boxes
from deploy import box_certificate
from deploy.box import Box
from deploy.doctor import days_left
from deploy.provision import provision
from deploy.site_layout import SiteLayout
from tests.box.conftest import said, ssh
from tests.targets.engine import engine

DIRECTORY = "https://localhost:14000/dir"
# The same issuer by another name, as if it were another one.
OTHER = "https://127.0.0.1:14000/dir"
CERTIFICATE, KEY = "/etc/pebble.pem", "/etc/pebble.key"
PEBBLE = {
    "listenAddress": "127.0.0.1:14000",
    "managementListenAddress": "127.0.0.1:15000",
    "certificate": CERTIFICATE,
    "privateKey": KEY,
    "httpPort": 80,
    "tlsPort": 443,
}
UNIT = """[Service]
Environment=PEBBLE_VA_NOSLEEP=1 PEBBLE_WFE_NONCEREJECT=0
ExecStart=/usr/bin/pebble -config /etc/pebble.json
"""


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory, labels: dict[str, str]) -> Iterator[Box]:
    """A box with an issuer that it trusts."""
    folder = tmp_path_factory.mktemp("issuer")
    with engine() as client:
        tag = image(client, replace(boxes.BOX, kind="box-issuer", stage="issuer"))
    there = boxes.start(folder / "box", name="staging", labels=labels, image=tag)
    try:
        box_certificate.write(folder, "localhost", "127.0.0.1")
        put(there, "/etc/pebble.json", json.dumps({"pebble": PEBBLE}))
        put(there, "/etc/systemd/system/pebble.service", UNIT)
        put(there, CERTIFICATE, (folder / box_certificate.CERTIFICATE).read_text())
        put(there, KEY, (folder / box_certificate.KEY).read_text())
        put(there, "/usr/local/share/ca-certificates/pebble.crt", (folder / box_certificate.AUTHORITY).read_text())
        said(there, "sudo", "update-ca-certificates")
        yield there
    finally:
        boxes.remove(there.folder)


@pytest.fixture(scope="module")
def before(box: Box) -> Site:
    """The site as it is provisioned without a certificate."""
    site = read_sites(described(box, box.folder / "sites.toml"))["staging"]
    provision(site)
    return site


def described(box: Box, path: Path, more: str = "") -> Path:
    """Write a sites file of the box, with a host that can be ordered for."""
    text = (box.folder / "sites.toml").read_text()
    path.write_text(text.replace('[staging]\nhost = "127.0.0.1"', '[staging]\nhost = "localhost"') + more)
    return path


def ordering(box: Box, folder: Path, issuer: str = DIRECTORY) -> Site:
    """Return the site as one that orders its certificate from an issuer in the box."""
    root = folder / "root.pem"
    root.write_text(said(box, "curl", "--silent", "--insecure", "https://localhost:15000/roots/0"))
    tls = f'\n[staging.tls]\nissuer = "{issuer}"\nca = "{root}"\n'
    sites = described(box, folder / "sites.toml", tls)
    sites.write_text(sites.read_text().replace(f"port = {box.http_port}\n", f"port = {box.https_port}\n"))
    return read_sites(sites)["staging"]


def certificate_of(site: Site, *but: bytes) -> bytes:
    """Return what the site shows, whoever issued it, once it shows another than these: nginx reloads meanwhile."""
    return eventually(lambda: shown_by(site), lambda shown: shown not in (b"", *but), what="a certificate", within_s=10)


def shown_by(site: Site) -> bytes:
    anybody = ssl.create_default_context()
    anybody.check_hostname, anybody.verify_mode = False, ssl.CERT_NONE
    with (
        suppress(OSError),
        socket.create_connection((site.host, site.port), timeout=10) as plain,
        anybody.wrap_socket(plain, server_hostname=site.host) as secured,
    ):
        return secured.getpeercert(binary_form=True) or b""
    return b""


def put(box: Box, path: str, text: str) -> None:
    """Have root write a file on the box."""
    asked = box.ssh("sudo", "install", "--mode=644", "/dev/stdin", path)
    subprocess.run(asked, input=text, text=True, check=True, timeout=60)


def start_issuer(box: Box) -> None:
    said(box, "sudo", "systemctl", "start", "pebble.service")
    eventually(
        lambda: ssh(box, "curl", "--silent", "--insecure", DIRECTORY).stdout,
        lambda answer: "newOrder" in answer,
        what="the issuer",
        within_s=30,
    )


def test_an_order_that_fails_leaves_the_site_as_it_is(box, before, tmp_path):
    layout = SiteLayout(before)
    files = str(layout.environment), str(layout.nginx)
    read = said(box, "sudo", "sha256sum", *files)
    start_issuer(box)
    site = ordering(box, tmp_path)
    said(box, "sudo", "systemctl", "stop", "pebble.service")
    with pytest.raises(ServerError, match="Ordering the certificate of localhost"):
        provision(site)
    assert said(box, "sudo", "sha256sum", *files) == read


def test_a_host_that_leads_elsewhere_is_told_before_anything_is_ordered(box, before, tmp_path, monkeypatch):
    start_issuer(box)
    gateway = said(box, "ip", "route").split()[2]
    monkeypatch.setattr("deploy.certificate.addresses", lambda _: {"127.0.0.1", gateway})
    with pytest.raises(SitesError, match=f"localhost is {gateway}, which does not lead to this server. No certificate"):
        provision(ordering(box, tmp_path))
    assert not ssh(box, "sudo", "ls", "/etc/letsencrypt/live").stdout


def test_it_is_ordered_served_and_renewed_without_a_hand(box, before, tmp_path, monkeypatch):
    start_issuer(box)
    site = ordering(box, tmp_path)
    # This machine's own name for itself may have an address that the box has not.
    monkeypatch.setattr("deploy.certificate.addresses", lambda _: {"127.0.0.1"})
    assert f"ordered the certificate of localhost from {DIRECTORY}" in provision(site)
    first = certificate_of(site)
    # It is verified by the issuer's own root.
    assert days_left(site) > 14
    assert provision(site) == []
    assert said(box, "systemctl", "is-enabled", "certbot.timer") == "enabled"
    said(box, "sudo", "certbot", "renew", "--force-renewal", "--no-random-sleep-on-renew", "--quiet")
    renewed = certificate_of(site, first)
    assert days_left(site) > 14
    moved = ordering(box, tmp_path, OTHER)
    said(box, "sudo", "systemctl", "stop", "pebble.service")
    with pytest.raises(ServerError, match="Ordering the certificate of localhost"):
        provision(moved)
    assert certificate_of(site) == renewed
    start_issuer(box)
    assert provision(moved) == [f"ordered the certificate of localhost from {OTHER}"]
    assert certificate_of(site, renewed)
    assert provision(moved) == []
