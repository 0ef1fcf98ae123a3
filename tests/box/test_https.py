"""A site with a certificate, of an authority of its own."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.error import URLError
from urllib.request import HTTPRedirectHandler, build_opener

import pytest

from acceptance import certificates as box_certificate
from acceptance.sites import read_sites
from acceptance.targets.health import health
from deploy import box as boxes
from deploy.box import Box
from deploy.deployment import deploy
from deploy.doctor import BrokenError, examine
from deploy.provision import provision
from deploy.site_layout import SiteLayout
from deploy.source import committed


class _Staying(HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


@pytest.fixture(scope="module")
def secure(tmp_path_factory: pytest.TempPathFactory, labels: dict[str, str]) -> Iterator[Box]:
    """A box that serves the site over HTTPS."""
    there = boxes.start(tmp_path_factory.mktemp("secure"), labels=labels, tls=True)
    try:
        sites = there.folder / "sites.toml"
        site = read_sites(sites)["box"]
        provision(site)
        assert provision(site) == []
        deploy(site, committed(dirty=True), sites=sites)
        yield there
    finally:
        boxes.stop(there)


def behave(*arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "behave", "--no-color", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=180, stdin=subprocess.DEVNULL)


def test_the_journeys_pass_over_https(secure):
    where = ["-D", "target=box", "-D", f"sites={secure.folder}/sites.toml"]
    ran = behave(*where, "-D", "mailbox=server", "--format=progress")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert re.search(r"\b[1-9]\d* scenarios passed, 0 failed, 0 skipped", ran.stdout)
    assert "https://127.0.0.1" in ran.stdout


def test_plain_http_leads_to_https(secure):
    with pytest.raises(URLError) as answer:
        build_opener(_Staying).open(f"http://127.0.0.1:{secure.http_port}/lists/mine/", timeout=10)
    assert answer.value.code == 301  # type: ignore[attr-defined]
    origin = f"https://127.0.0.1:{secure.https_port}"
    assert answer.value.headers["Location"] == f"{origin}/lists/mine/"  # type: ignore[attr-defined]
    answer.value.close()  # type: ignore[attr-defined]


def test_a_certificate_of_another_authority_is_refused_by_checks_and_by_the_browser(secure, tmp_path: Path):
    box_certificate.write(tmp_path, "127.0.0.1")
    for authority in (None, tmp_path / "ca.pem"):
        with pytest.raises(OSError, match="CERTIFICATE_VERIFY_FAILED"):
            health(f"https://127.0.0.1:{secure.https_port}", authority)
    sites = tmp_path / "sites.toml"
    sites.write_text(
        (secure.folder / "sites.toml").read_text().replace(f"{secure.folder}/ca.pem", f"{tmp_path}/ca.pem")
    )
    ran = behave("-D", "target=box", "-D", f"sites={sites}", "--tags=@smoke")
    assert ran.returncode == 2
    assert "CERTIFICATE_VERIFY_FAILED" in ran.stderr
    assert "broken: its certificate is valid" in ran.stderr


def test_its_key_is_for_root_alone(secure):
    asked = secure.ssh("sudo", "find", "/etc/superlists", "-type", "f", "-perm", "/077")
    assert subprocess.check_output(asked, text=True, stdin=subprocess.DEVNULL) == ""
    listed = secure.ssh("sudo", "find", "/etc/superlists", "-name", "privkey.pem")
    assert subprocess.check_output(listed, text=True, stdin=subprocess.DEVNULL).strip()


def test_a_site_that_is_down_is_not_taken_for_a_bad_certificate(secure):
    site = read_sites(secure.folder / "sites.toml")["box"]
    unit = SiteLayout(site).unit
    subprocess.run(secure.ssh("sudo", "systemctl", "stop", f"{unit}.socket", f"{unit}.service"), check=True)
    try:
        with pytest.raises(BrokenError, match="broken: systemd holds the site's socket"):
            list(examine(site))
    finally:
        subprocess.run(secure.ssh("sudo", "systemctl", "start", f"{unit}.socket"), check=True)
