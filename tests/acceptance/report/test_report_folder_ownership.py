"""Only a folder that bears this suite's mark, and this user's, is written to and cleared."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from acceptance.report.pages import build
from acceptance.report.report_folder import MARK, VARIABLE, ReportFolderError, claim, mistake
from acceptance.report.results_file import remove_unneeded
from tests.acceptance.report.sample import FINDS, write_run

NOBODY = 65534
LOCAL = Path("local/results.jsonl")
PHOTOS = ("local/holidays/2024/beach.png", "site/index.html", ".git/HEAD")


def filled(folder: Path, names: tuple[str, ...] = PHOTOS) -> Path:
    """A folder of somebody's, with these files in it."""
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("dear to somebody")
    return folder


def files(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def python(*arguments: str, reports: Path) -> "subprocess.CompletedProcess[str]":
    environ = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    command = [sys.executable, "-m", *arguments]
    return subprocess.run(command, env=environ | {VARIABLE: str(reports)}, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("command", [("acceptance.report", "--collect", "docs"), ("behave",)])
def test_a_folder_of_photos_is_named_and_nothing_in_it_changes(tmp_path, command):
    filled(tmp_path)
    ran = python(*command, reports=tmp_path)
    assert files(tmp_path) == set(PHOTOS)
    assert ran.returncode == (2 if command == ("behave",) else 1)
    assert f"{tmp_path} holds .git, local and site, and bears no mark of this suite" in ran.stderr
    assert VARIABLE in ran.stderr
    assert "Traceback" not in ran.stderr


def test_a_new_folder_becomes_the_suites_own_and_needs_no_settings_of_any_site(tmp_path):
    for _ in range(2):
        ran = python("acceptance.report", reports=tmp_path / "new")
        assert (ran.stdout, ran.stderr) == (f"Report: {tmp_path}/new/site/index.html\n", "")
        # What somebody adds later does not change whose the folder is.
        filled(tmp_path / "new", ("notes.txt",))
    assert files(tmp_path / "new") >= {MARK, "site/index.html", "notes.txt"}


def test_what_stands_in_the_way_of_a_folder_is_named(tmp_path):
    below = filled(tmp_path, ("file",)) / "file" / "reports"
    problem = f"The report cannot be written: {tmp_path}/file is no folder. {VARIABLE} names another folder for it"
    assert mistake(below) == problem
    with pytest.raises(ReportFolderError, match="is no folder"):
        claim(below)


def test_a_folder_that_has_only_what_is_never_cleared_becomes_the_suites_own(tmp_path):
    filled(tmp_path, ("junit/local/TESTS-sharing.xml", "junit/plan.odt", "mutants.jsonl", ".coverage.unit"))
    before = files(tmp_path)
    build(tmp_path, tmp_path)
    assert before | {MARK} <= files(tmp_path)


@pytest.mark.parametrize("foreign", ["notes.txt", "local/results.jsonl", "local/holidays/beach.png", "site/mkdocs.yml"])
def test_a_folder_without_mark_is_refused_with_anything_else_in_it(tmp_path, foreign):
    filled(tmp_path, (foreign,))
    with pytest.raises(ReportFolderError, match=f"holds {foreign.partition('/')[0]}, and bears no mark"):
        build(tmp_path, tmp_path)
    assert files(tmp_path) == {foreign}


def test_a_folder_of_another_user_is_refused_also_with_a_mark(tmp_path):
    if os.geteuid():
        pytest.skip("only root can give a folder away")
    claim(tmp_path)
    for given_away in (tmp_path / MARK, tmp_path):
        os.chown(given_away, NOBODY, NOBODY)
        with pytest.raises(ReportFolderError, match="is another user's"):
            claim(tmp_path)


@pytest.mark.parametrize("link", ["local", "local/sharing-a-list", f"local/{FINDS}", str(LOCAL), ".site.lock"])
def test_no_link_below_the_folder_is_followed(tmp_path, link):
    victim, folder = filled(tmp_path / "victim"), tmp_path / "reports"
    claim(folder)
    write_run(folder / LOCAL)
    place = folder / link
    if place.exists():
        place.rename(tmp_path / "before")
    place.parent.mkdir(parents=True, exist_ok=True)
    place.symlink_to(victim / PHOTOS[0] if place.suffix else victim)
    with pytest.raises(ReportFolderError, match=f"{place} is a link"):
        claim(folder, target="local")
    assert files(victim) == set(PHOTOS)
    assert {(victim / name).read_text() for name in PHOTOS} == {"dear to somebody"}


def test_removal_follows_no_link(tmp_path):
    victim, folder = filled(tmp_path / "victim", ("of-somebody/album/photo", "empty/x")), tmp_path / "reports"
    (victim / "empty/x").unlink()
    write_run(folder / LOCAL)
    (folder / "local" / "gone").symlink_to(victim)
    remove_unneeded(folder / "local", set())
    assert files(victim) == {"of-somebody/album/photo"}
    assert (victim / "empty").exists()
