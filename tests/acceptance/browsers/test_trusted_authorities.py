"""What a person is told of a browser that cannot be told whom to trust; box tests prove one that is."""

import tempfile
from pathlib import Path

import pytest

from acceptance.browsers.base import BrowserError, Installed
from acceptance.browsers.chromium import Chrome

REFUSES = '#!/bin/sh\necho "certutil: could not read it" >&2\nexit 255\n'


@pytest.mark.parametrize(
    ("certutil", "reason"),
    [
        (REFUSES, "The browser cannot be told of the site's authority: certutil: could not read it"),
        ("", "sudo apt-get install libnss3-tools"),
    ],
)
def test_a_browser_that_cannot_trust_the_sites_authority_is_told_and_leaves_nothing(
    tmp_path: Path, monkeypatch, certutil: str, reason: str
):
    if certutil:
        (tmp_path / "certutil").write_text(certutil)
        (tmp_path / "certutil").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    chrome = Chrome(Installed("chromium", "chromedriver"), headless=True, authority=tmp_path / "ca.pem")
    with pytest.raises(BrowserError, match=reason):
        chrome.start()
    assert list((tmp_path / "temporary").iterdir()) == []
