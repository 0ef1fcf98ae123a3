"""Only a folder that bears this suite's mark, and this user's, is written to and cleared."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from acceptance.report.merge import CollectError, collect
from acceptance.report.pages import build
from acceptance.report.paths import VARIABLE
from acceptance.report.report_folder import MARK, ReportFolderError, claim, mistake
from acceptance.report.retention import remove_unneeded
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


def there(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def python(*arguments: str, reports: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, *arguments]
    return subprocess.run(command, env=os.environ | {VARIABLE: reports}, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("command", [("acceptance.report",), ("acceptance.report.merge", "docs"), ("behave",)])
def test_a_folder_of_photos_stays_what_it_is_and_is_named(tmp_path, command):
    filled(tmp_path)
    ran = python("-m", *command, reports=str(tmp_path))
    assert there(tmp_path) == set(PHOTOS)
    assert ran.returncode == (2 if command == ("behave",) else 1)
    assert f"{tmp_path} holds .git, local and site, and bears no mark of this suite" in ran.stderr
    assert VARIABLE in ran.stderr
    assert "Traceback" not in ran.stderr


@pytest.mark.parametrize("name", ["new", "empty"])
def test_a_new_or_empty_folder_becomes_the_suites_own(tmp_path, name):
    (tmp_path / "empty").mkdir()
    folder = tmp_path / name
    assert python("-m", "acceptance.report", reports=str(folder)).returncode == 0
    assert (folder / MARK).exists()
    assert (folder / "site/index.html").exists()
    # What somebody adds later changes nothing of whose it is.
    filled(folder, ("notes.txt",))
    assert python("-m", "acceptance.report", reports=str(folder)).returncode == 0


def test_what_stands_in_the_way_of_a_folder_is_named(tmp_path):
    (tmp_path / "file").write_text("dear to somebody")
    below = tmp_path / "file" / "reports"
    said = f"The report cannot be written: {tmp_path}/file is no folder. {VARIABLE} names another folder for it"
    assert mistake(below) == said
    with pytest.raises(ReportFolderError, match="is no folder"):
        claim(below)


def test_an_unnamed_variable_is_no_folder_but_the_usual_one():
    said = python("-c", "from acceptance.report.paths import REPORTS; print(REPORTS)", reports="")
    assert said.stdout == "reports\n"


def test_a_folder_that_has_only_what_is_never_cleared_becomes_the_suites_own(tmp_path):
    filled(tmp_path, ("junit/local/TESTS-sharing.xml", "junit/plan.odt", "bench.json", ".coverage.unit"))
    before = there(tmp_path)
    build(tmp_path, tmp_path)
    assert before | {MARK} <= there(tmp_path)


@pytest.mark.parametrize("foreign", ["notes.txt", "local/results.jsonl", "local/holidays/beach.png", "site/mkdocs.yml"])
def test_a_folder_without_mark_is_no_suites_own_with_anything_else_in_it(tmp_path, foreign):
    filled(tmp_path, (foreign,))
    with pytest.raises(ReportFolderError, match=f"holds {foreign.partition('/')[0]}, and bears no mark"):
        build(tmp_path, tmp_path)
    assert there(tmp_path) == {foreign}


def test_a_folder_of_another_user_is_refused_also_with_a_mark(tmp_path):
    if os.geteuid():
        pytest.skip("only root can give a folder away")
    claim(tmp_path)
    os.chown(tmp_path / MARK, NOBODY, NOBODY)
    with pytest.raises(ReportFolderError, match="is another user's"):
        claim(tmp_path)
    os.chown(tmp_path, NOBODY, NOBODY)
    with pytest.raises(ReportFolderError, match="is another user's"):
        claim(tmp_path)


@pytest.mark.parametrize(
    "link", ["local", "local/sharing-a-list", f"local/{FINDS}", "local/results.jsonl", ".site.lock"]
)
def test_no_link_below_the_folder_is_followed(tmp_path, link):
    victim, folder = filled(tmp_path / "victim"), tmp_path / "reports"
    claim(folder)
    write_run(folder / LOCAL)
    place = folder / link
    if place.is_file():
        place.rename(tmp_path / "results.jsonl")
    elif place.is_dir():
        place.rename(tmp_path / "before")
    place.parent.mkdir(parents=True, exist_ok=True)
    place.symlink_to(victim / PHOTOS[0] if place.suffix else victim)
    with pytest.raises(ReportFolderError, match=f"{place} is a link"):
        claim(folder, target="local")
    assert there(victim) == set(PHOTOS)
    assert {(victim / name).read_text() for name in PHOTOS} == {"dear to somebody"}


def test_what_is_removed_follows_no_link(tmp_path):
    victim, folder = filled(tmp_path / "victim", ("of-somebody/photo",)), tmp_path / "reports"
    write_run(folder / LOCAL)
    (folder / "local" / "gone").symlink_to(victim)
    remove_unneeded(folder / "local", set())
    assert there(victim) == {"of-somebody/photo"}


@pytest.mark.parametrize(
    "key", ["../../victim", "/victim", "a/../../../victim", "..", "a\0/b", "a", "a/b/c", "", "a/" + "b" * 300, 7]
)
def test_a_key_that_leaves_the_folder_is_refused(tmp_path, key):
    victim, here, hostile = filled(tmp_path / "victim"), tmp_path / "here", tmp_path / "hostile"
    file = hostile / "local" / "results.jsonl"
    write_run(file, only="finds")
    known = file.read_text()
    file.write_text(known.replace(f'"{FINDS}"', json.dumps(key)))
    claim(here)
    with pytest.raises(CollectError, match=r"the key .*is no name of a scenario"):
        collect(hostile, here)
    assert there(victim) == set(PHOTOS)
    assert there(here) == {MARK}


def test_what_collected_links_lead_to_is_not_handed_on(tmp_path):
    secret, here, hostile = tmp_path / "secret", tmp_path / "here", tmp_path / "hostile"
    secret.write_text("a private key")
    file = hostile / "local" / "results.jsonl"
    write_run(file, only="finds")
    run = json.loads(file.read_text().splitlines()[0])["run"]
    evidence = hostile / "local" / FINDS / run
    filled(evidence, ("site.log",))
    (evidence / "edith.html").symlink_to(secret)
    collect(hostile, here)
    assert there(here / "local" / FINDS) == {f"{run}/site.log"}
