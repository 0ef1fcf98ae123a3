import ssl
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from acceptance import certificates as box_certificate
from acceptance.targets.health import page


class Hello(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"hello")

    def log_message(self, *_):
        pass


@contextmanager
def served(folder, address):
    """Serve one answer with the certificate of this folder."""
    with HTTPServer((address, 0), Hello) as server:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(folder / "fullchain.pem", folder / "privkey.pem")
        server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.handle_request, daemon=True).start()
        yield f"https://{address}:{server.server_port}/"


@pytest.fixture
def folder(tmp_path):
    box_certificate.write(tmp_path, "127.0.0.1")
    return tmp_path


def test_it_is_trusted_by_who_knows_its_authority(folder):
    with served(folder, "127.0.0.1") as url:
        assert page(url, folder / "ca.pem") == "hello"


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_it_is_refused_by_everyone_else(folder, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    box_certificate.write(other, "127.0.0.1")
    for authority in (None, other / "ca.pem"):
        with served(folder, "127.0.0.1") as url, pytest.raises(URLError, match="CERTIFICATE_VERIFY_FAILED"):
            page(url, authority)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_it_is_for_its_own_address_only(folder):
    with served(folder, "127.0.0.2") as url, pytest.raises(URLError, match="IP address mismatch"):
        page(url, folder / "ca.pem")


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_it_can_be_for_more_than_one(tmp_path):
    box_certificate.write(tmp_path, "127.0.0.1", "127.0.0.2")
    for address in ("127.0.0.1", "127.0.0.2"):
        with served(tmp_path, address) as url:
            assert page(url, tmp_path / "ca.pem") == "hello"


def test_its_key_is_for_its_owner_and_the_authoritys_is_kept_nowhere(folder):
    assert (folder / "privkey.pem").stat().st_mode & 0o777 == 0o600
    assert "PRIVATE" not in (folder / "ca.pem").read_text() + (folder / "fullchain.pem").read_text()
    assert sorted(path.name for path in folder.iterdir()) == ["ca.pem", "fullchain.pem", "privkey.pem"]


def test_it_stands_up_to_the_strict_checks_of_newer_pythons(folder):
    trusted = ssl.create_default_context(cafile=folder / "ca.pem")
    trusted.verify_flags |= ssl.VERIFY_X509_STRICT
    with served(folder, "127.0.0.1") as url, urlopen(url, context=trusted, timeout=5) as answer:
        assert answer.read() == b"hello"


def test_it_is_trusted_beside_another_of_the_same_name(folder, tmp_path):
    both = tmp_path / "both.pem"
    both.write_text((folder / "ca.pem").read_text())
    box_certificate.write(folder, "127.0.0.1")
    both.write_text(both.read_text() + (folder / "ca.pem").read_text())
    with served(folder, "127.0.0.1") as url:
        assert page(url, both) == "hello"
