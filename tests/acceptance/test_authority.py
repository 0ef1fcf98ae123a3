from pathlib import Path

import pytest

from acceptance.browsers import certificate_authority as authority
from acceptance.browsers.certificate_authority import AuthorityError, trust
from acceptance.browsers.chromium_process import BrowserError, _home

TELLS = '#!/bin/sh\necho "$@" >> "$TOLD"\n'
REFUSES = '#!/bin/sh\necho "certutil: could not read it" >&2\nexit 255\n'


@pytest.fixture
def certutil(tmp_path: Path, monkeypatch):
    """Put a program of this name on the PATH; return where it writes what it was told."""

    def put(script: str) -> Path:
        (tmp_path / "certutil").write_text(script)
        (tmp_path / "certutil").chmod(0o755)
        monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
        monkeypatch.setenv("TOLD", str(tmp_path / "told"))
        return tmp_path / "told"

    return put


def test_the_browser_is_told_of_an_authority_that_vouches_for_servers_only(certutil, tmp_path):
    told = certutil(TELLS)
    assert _home(tmp_path / "litter", tmp_path / "ca.pem") == {"HOME": str(tmp_path / "litter" / "home")}
    database = f"-d sql:{tmp_path}/litter/home/.pki/nssdb"
    assert told.read_text().splitlines() == [
        f"{database} -N --empty-password",
        f"{database} -A -t C,, -n authority -i {tmp_path}/ca.pem",
    ]


def test_without_an_authority_a_browser_keeps_its_home(tmp_path):
    assert _home(tmp_path, None) == {}


def test_an_authority_that_cannot_be_read_is_told(certutil, tmp_path):
    certutil(REFUSES)
    with pytest.raises(BrowserError, match="cannot be told of the site's authority: certutil: could not read it"):
        _home(tmp_path, tmp_path / "ca.pem")


def test_a_missing_program_is_told_with_what_to_do(monkeypatch, tmp_path):
    monkeypatch.setattr(authority, "PROGRAM", "certutil-that-is-not-there")
    with pytest.raises(AuthorityError, match="sudo apt-get install libnss3-tools"):
        trust(tmp_path / "ca.pem", tmp_path / "home")
