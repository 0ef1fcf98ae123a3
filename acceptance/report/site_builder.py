"""Makes the static pages: a folder that opens from disk, without a server and without a network."""

import fcntl
import os
import shutil
import tempfile
import time
from pathlib import Path

from acceptance.report.index_page import index
from acceptance.report.paths import REPORTS, SITE
from acceptance.report.rendering import STATIC, render
from acceptance.report.report_data import Knowledge, gather
from acceptance.report.report_folder import LOCK, claim
from acceptance.report.scenario_page import pages


def build(reports: Path = REPORTS, features: Path | None = None) -> Path:
    """Make the pages anew of all results there are; return the first one.

    The old pages stay whole until the new ones are. Raises ReportFolderError.
    """
    claim(reports)
    with (reports / LOCK).open("a") as lock:
        # One at a time: two runs may end together.
        fcntl.flock(lock, fcntl.LOCK_EX)
        return _build(reports, features)


def _build(reports: Path, features: Path | None) -> Path:
    new = Path(tempfile.mkdtemp(prefix=".site-", dir=reports))
    try:
        new.chmod(0o755)
        _write(new, gather(reports, features), reports)
        _replace(reports / SITE, new)
    finally:
        shutil.rmtree(new, ignore_errors=True)
    return reports / SITE / "index.html"


def _write(site: Path, known: Knowledge, reports: Path) -> None:
    built = time.time()
    shutil.copytree(STATIC, site / "static")
    (site / "index.html").write_text(render("index.html", root="", **index(known, built)), encoding="utf-8")
    for page in pages(known, reports, built):
        file = site / page.path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(render("scenario.html", root="../../", **page.values), encoding="utf-8")
        for source, name in page.evidence:
            _hand_on(source, file.with_suffix("") / name)


def _hand_on(source: Path, place: Path) -> None:
    """Put a file of evidence beside its page: the same file, where the disk can name it twice."""
    place.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(source, place)
    except OSError:
        shutil.copy(source, place)


def _replace(site: Path, new: Path) -> None:
    old = Path(tempfile.mkdtemp(prefix=".site-", dir=site.parent))
    try:
        if site.exists():
            site.rename(old / SITE)
        new.rename(site)
    finally:
        shutil.rmtree(old, ignore_errors=True)
