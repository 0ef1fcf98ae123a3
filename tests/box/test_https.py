"""A site with a certificate, of an authority of its own."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from urllib.error import URLError
from urllib.request import HTTPRedirectHandler, build_opener

import pytest

from acceptance.sites import SitesError, read_sites
from acceptance.targets.health_client import health
from deploy import box_certificate
from deploy.doctor import BrokenError, examine
from deploy.provision import provision
from tests.box.conftest import said, serving
from tests.box.deployed_image import deployed_image
from tests.box.deployed_site import Checkout, DeployedSite


class _Staying(HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


@pytest.fixture(scope="module")
def secure(
    tmp_path_factory: pytest.TempPathFactory, labels: dict[str, str], checkout: Checkout
) -> Iterator[DeployedSite]:
    """A site over HTTPS."""
    image = deployed_image(checkout.base, labels)
    yield from serving(tmp_path_factory.mktemp("secure"), checkout, labels=labels, image=image, tls=True)


def test_edith_logs_in_over_https(secure):
    ran = secure.behave("-D", "mailbox=server", "--format=progress", "features/logging_in.feature")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert re.search(r"\b[1-9]\d* scenarios passed, 0 failed, 0 skipped", ran.stdout)
    assert "https://127.0.0.1" in ran.stdout


def test_plain_http_leads_to_https(secure):
    with pytest.raises(URLError) as answer:
        build_opener(_Staying).open(f"http://127.0.0.1:{secure.box.http_port}/lists/mine/", timeout=10)
    assert answer.value.code == 301  # type: ignore[attr-defined]
    origin = f"https://127.0.0.1:{secure.box.https_port}"
    assert answer.value.headers["Location"] == f"{origin}/lists/mine/"  # type: ignore[attr-defined]
    answer.value.close()  # type: ignore[attr-defined]


def test_a_certificate_of_another_authority_is_refused_by_checks_and_by_the_browser(secure, tmp_path: Path):
    box_certificate.write(tmp_path, "127.0.0.1")
    for authority in (None, tmp_path / "ca.pem"):
        with pytest.raises(OSError, match="CERTIFICATE_VERIFY_FAILED"):
            health(f"https://127.0.0.1:{secure.box.https_port}", authority)
    sites = tmp_path / "sites.toml"
    sites.write_text(secure.sites.read_text().replace(f"{secure.box.folder}/ca.pem", f"{tmp_path}/ca.pem"))
    ran = secure.behave("--tags=@smoke", sites=sites)
    assert ran.returncode == 2
    assert "CERTIFICATE_VERIFY_FAILED" in ran.stderr
    with pytest.raises(BrokenError, match="broken: its certificate is valid"):
        list(examine(read_sites(sites)["staging"]))


def test_no_log_holds_a_login_token_or_the_address_of_a_list(secure):
    paths = "accounts/login/c2VjcmV0LXRva2Vu/", "lists/5c1a7d0e-0000-4000-8000-00000000000f/"
    origins = f"http://127.0.0.1:{secure.box.http_port}", f"https://127.0.0.1:{secure.box.https_port}"
    ask = ("curl", "--silent", "--insecure", "--output", "/dev/null", "--data", "next=/")
    units = [f"{secure.layout.unit}.{kind}" for kind in ("socket", "service")]
    # Once nobody answers nginx, its error log tells.
    for stopped in ([], units):
        if stopped:
            said(secure.box, "sudo", "systemctl", "stop", *stopped)
        for address in (f"{origin}/{path}" for origin in origins for path in ("", *paths)):
            subprocess.run([*ask, address], check=True, timeout=30)
    said(secure.box, "sudo", "systemctl", "start", units[0])
    logs = said(secure.box, "sudo", "cat", "/var/log/nginx/access.log", "/var/log/nginx/error.log")
    logs += said(secure.box, "sudo", "journalctl", "--boot", "--output=cat", "--no-pager")
    assert all(told in logs for told in ("POST 301 ", "POST 403 ", "POST 502 ", "while connecting to upstream"))
    assert not re.search("c2VjcmV0|5c1a7d0e", logs)


def test_the_key_of_its_certificate_is_for_root_alone(secure):
    assert provision(secure.site) == []
    found = said(secure.box, "sudo", "find", "/etc/ssl/private", "-name", "box.pem", "-printf", "%u:%m")
    assert found == "root:600"
    # It never was on this machine's disk for longer than it took to send it.
    assert not [file for file in secure.box.folder.iterdir() if "CERT" in file.read_text() and file.name != "ca.pem"]


@pytest.mark.parametrize("link", ["", "/etc/ssl/certs/mine.pem"])
def test_a_certificate_that_who_deploys_could_exchange_is_refused(secure, link):
    """What root reads in another account's folder can be made a link to whatever root may read."""
    theirs = "/home/deployer/fullchain.pem"
    said(secure.box, "sudo", "cp", "/etc/ssl/certs/box.pem", theirs)
    if link:
        said(secure.box, "sudo", "ln", "--symbolic", "--force", theirs, link)
    tls = secure.site.tls.model_copy(update={"certificate": PurePosixPath(link or theirs)})
    with pytest.raises(SitesError, match=rf"another account .* can change {link or theirs}.*: deployer \(drwx"):
        provision(secure.site.model_copy(update={"tls": tls}))


def test_a_site_that_is_down_is_not_taken_for_a_bad_certificate(secure):
    units = [f"{secure.layout.unit}.{kind}" for kind in ("socket", "service")]
    said(secure.box, "sudo", "systemctl", "stop", *units)
    try:
        with pytest.raises(BrokenError, match="broken: systemd holds the site's socket"):
            list(examine(secure.site))
    finally:
        said(secure.box, "sudo", "systemctl", "start", units[0])
