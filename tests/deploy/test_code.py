import io
import subprocess
import tarfile

import pytest

from deploy import source as code


@pytest.fixture
def checkout(tmp_path):
    """A checkout with one commit, which holds more than is sent."""
    for name in (
        "manage.py",
        "superlists/urls.py",
        "acceptance/__init__.py",
        "acceptance/runner.py",
        "acceptance/django_app/guard.py",
        "deploy/gunicorn.conf.py",
        "deploy/Dockerfile",
        "features/a.feature",
    ):
        (tmp_path / name).parent.mkdir(exist_ok=True, parents=True)
        (tmp_path / name).write_text("committed")
    for command in (["init", "--quiet"], ["add", "."], ["commit", "--quiet", "--message=x"]):
        identity = ["-c", "user.name=Edith", "-c", "user.email=edith@example.com"]
        subprocess.run(["git", "-C", str(tmp_path), *identity, *command], check=True)
    return tmp_path


def test_what_is_committed_is_sent_and_nothing_else(checkout):
    sent = code.committed(checkout)
    with tarfile.open(fileobj=io.BytesIO(sent.archive)) as archive:
        names = sorted(entry.name for entry in archive if entry.isfile())
    assert names == [
        "acceptance/__init__.py",
        "acceptance/django_app/guard.py",
        "deploy/Dockerfile",
        "deploy/gunicorn.conf.py",
        "manage.py",
        "superlists/urls.py",
    ]
    head = subprocess.check_output(["git", "-C", str(checkout), "rev-parse", "HEAD"], text=True)
    assert head.startswith(sent.commit)
    assert len(sent.commit) == 12


def test_a_change_that_is_not_committed_is_refused_by_its_name(checkout):
    (checkout / "superlists" / "urls.py").write_text("changed")
    with pytest.raises(code.CodeError, match=r"(?s)superlists/urls\.py.*--dirty"):
        code.committed(checkout)


def test_a_dirty_deploy_sends_what_is_committed(checkout):
    (checkout / "manage.py").write_text("changed")
    with tarfile.open(fileobj=io.BytesIO(code.committed(checkout, dirty=True).archive)) as archive:
        file = archive.extractfile("manage.py")
        assert file
        assert file.read() == b"committed"


def test_what_is_no_checkout_says_so(tmp_path):
    with pytest.raises(code.CodeError, match="git status: fatal: not a git repository"):
        code.committed(tmp_path)


def test_what_the_commit_asks_for_is_told_whatever_the_checkout_says_now(checkout):
    path = checkout / "superlists" / "requirements.txt"
    path.write_text("committed==1\n")
    identity = ["-c", "user.name=Edith", "-c", "user.email=edith@example.com"]
    for command in (["add", "."], ["commit", "--quiet", "--message=x"]):
        subprocess.run(["git", "-C", str(checkout), *identity, *command], check=True)
    path.write_text("changed==2\n")
    assert code.committed(checkout, dirty=True).requirements == "committed==1\n"


def test_a_commit_that_asks_for_nothing_says_so(checkout):
    with pytest.raises(code.CodeError, match=r"The commit \w{12} has no superlists/requirements\.txt"):
        code.committed(checkout).requirements  # noqa: B018 - it raises
