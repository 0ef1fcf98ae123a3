import os
from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service

from acceptance.browsers.chromium import Chrome
from acceptance.report.pages import build
from acceptance.report.report_folder import claim
from acceptance.scratch_dir import BROWSER, ScratchDir
from acceptance.settings import search_path
from tests.acceptance.report.sample import FINDS, HELPS, write_feature, write_run
from tests.screens.page_viewer import PageViewer

PIXEL = b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")


@pytest.fixture(scope="session")
def driver() -> Iterator[webdriver.Chrome]:
    installed = Chrome.find(search_path(os.environ))
    options = Chrome(installed, headless=True).options()
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    # The headless shell may go on after its driver has quit; it ends with this folder.
    scratch = ScratchDir(BROWSER)
    try:
        service = Service(installed.driver, env=os.environ | {"TMPDIR": str(scratch.folder)})
        started = webdriver.Chrome(options, service)
        yield started
        started.quit()
    finally:
        scratch.remove()


@pytest.fixture
def viewer(driver: webdriver.Chrome) -> PageViewer:
    """A browser as it is on a desk, in daylight."""
    viewer = PageViewer(driver)
    viewer.at_size(1280, 900)
    viewer.in_the_dark(False)
    return viewer


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Pages about three targets: all well on one; a failure of two people on another; a third seen in part."""
    root = tmp_path_factory.mktemp("report")
    claim(root / "reports")
    write_run(root / "reports/local/results.jsonl")
    run = write_run(root / "reports/docker/results.jsonl", fails="helps")
    write_run(root / "reports/staging/results.jsonl", only="Boris", release="<script>window.attacked = 1</script>")
    write_run(root / "reports/staging/results.jsonl", only="Zoë")
    keep(root / "reports/docker" / HELPS / run)
    keep(root / "reports/docker" / FINDS / run)
    return build(root / "reports", write_feature(root / "features"))


def keep(folder: Path) -> None:
    folder.mkdir(parents=True)
    for who in ("edith", "onesiphorus"):
        (folder / f"{who}.png").write_bytes(PIXEL)
        (folder / f"02-{who}.png").write_bytes(PIXEL)
        (folder / f"{who}.html").write_text("<script>window.attacked = 2</script><img src='http://elsewhere.invalid/'>")
        (folder / f"{who}.url").write_text("http://127.0.0.1:1/lists/1/")
    (folder / "site.log").write_text(
        "ERROR <script>window.attacked = 3</script>\n-- without a scenario, since this one began: --\nup"
    )
    (folder / "console.log").write_text("SEVERE <img src=x onerror='window.attacked = 4'>")
