"""`/health/` and the report name the release: a RELEASE file's, or else the commit of the checkout."""

import subprocess

import pytest

from acceptance import images
from superlists import health


@pytest.fixture
def release(tmp_path, monkeypatch):
    """A folder of a release, which holds no RELEASE file yet."""
    health.release.cache_clear()
    monkeypatch.setattr(health, "BASE_DIR", tmp_path)
    yield tmp_path
    health.release.cache_clear()


def git(folder, *arguments):
    author = ["-c", "user.name=Edith", "-c", "user.email=edith@example.com"]
    command = ["git", "-C", str(folder), *author, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def test_a_checkout_is_known_by_its_commit(release):
    git(release, "init", "--quiet")
    git(release, "commit", "--quiet", "--allow-empty", "--message", "Begin")
    assert health.release() == git(release, "rev-parse", "--short", "HEAD")


def changed(folder):
    (folder / "views.py").write_text("changed")


def added(folder):
    (folder / "forms.py").write_text("new")


def staged(folder):
    changed(folder)
    git(folder, "add", ".")


def removed(folder):
    (folder / "views.py").unlink()


def ignored(folder):
    (folder / "db.sqlite3").write_text("nobody's code")


@pytest.mark.parametrize(
    ("happened", "mark"),
    [(changed, "-dirty"), (added, "-dirty"), (staged, "-dirty"), (removed, "-dirty"), (ignored, "")],
)
def test_code_that_no_commit_has_is_not_taken_for_a_commit(release, happened, mark):
    (release / "views.py").write_text("as it was")
    (release / ".gitignore").write_text("*.sqlite3\n")
    git(release, "init", "--quiet")
    git(release, "add", ".")
    git(release, "commit", "--quiet", "--message", "Begin")
    happened(release)
    expected = git(release, "rev-parse", "--short", "HEAD") + mark
    assert (health.release(), images.release(release)) == (expected, expected)


def test_what_git_cannot_compare_is_unknown(release):
    git(release, "init", "--quiet")
    git(release, "commit", "--quiet", "--allow-empty", "--message", "Begin")
    (release / ".git" / "index").write_text("broken")
    assert (health.release(), images.release(release)) == ("unknown", "unknown")


def test_code_from_nowhere_is_unknown(release):
    assert health.release() == "unknown"


def test_without_git_it_is_unknown(monkeypatch, release, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert health.release() == "unknown"


def test_a_git_that_does_not_answer_is_no_reason_not_to(monkeypatch, release):
    def hang(command, **options):
        raise subprocess.TimeoutExpired(command, options["timeout"])

    monkeypatch.setattr(subprocess, "run", hang)
    assert health.release() == "unknown"


def test_the_release_is_looked_up_once(release):
    (release / "RELEASE").write_text("first")
    health.release()
    (release / "RELEASE").write_text("second")
    assert health.release() == "first"
