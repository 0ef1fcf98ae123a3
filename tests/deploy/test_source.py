"""What is deployed is what was committed, and nothing else."""

import io
import subprocess
import tarfile

import pytest

from deploy.source import CodeError, committed

SENT = {
    *("acceptance/__init__.py", "acceptance/django_app/guard.py", "deploy/Dockerfile", "deploy/gunicorn.conf.py"),
    *("manage.py", "superlists/urls.py", "superlists/requirements.txt"),
}


@pytest.fixture
def checkout(tmp_path):
    """A checkout with one commit, which holds more than is sent."""
    for name in (*SENT, "acceptance/runner.py", "features/a.feature"):
        (tmp_path / name).parent.mkdir(exist_ok=True, parents=True)
        (tmp_path / name).write_text("committed")
    for command in (["init", "--quiet"], ["add", "."], ["commit", "--quiet", "--message=x"]):
        identity = ["-c", "user.name=Edith", "-c", "user.email=edith@example.com"]
        subprocess.run(["git", "-C", str(tmp_path), *identity, *command], check=True)
    return tmp_path


def test_what_is_committed_is_sent_and_nothing_else(checkout):
    code = committed(checkout)
    with tarfile.open(fileobj=io.BytesIO(code.archive)) as archive:
        assert {entry.name for entry in archive if entry.isfile()} == SENT
    head = subprocess.check_output(["git", "-C", str(checkout), "rev-parse", "HEAD"], text=True)
    assert head.startswith(code.commit)
    assert len(code.commit) == 12


def test_a_change_that_is_not_committed_is_refused_by_its_name_or_left_out(checkout):
    for name in ("superlists/urls.py", "superlists/requirements.txt"):
        (checkout / name).write_text("changed")
    with pytest.raises(CodeError, match=r"(?s)superlists/urls\.py.*--dirty"):
        committed(checkout)
    code = committed(checkout, dirty=True)
    assert (b"changed" in code.archive, code.requirements) == (False, "committed")


def test_what_cannot_be_deployed_says_so(checkout, tmp_path_factory):
    with pytest.raises(CodeError, match="git status: fatal: not a git repository"):
        committed(tmp_path_factory.mktemp("elsewhere"))
    identity = ["-c", "user.name=Edith", "-c", "user.email=edith@example.com"]
    for command in (["rm", "--quiet", "superlists/requirements.txt"], ["commit", "--quiet", "--message=x"]):
        subprocess.run(["git", "-C", str(checkout), *identity, *command], check=True)
    with pytest.raises(CodeError, match=r"The commit \w{12} has no superlists/requirements\.txt"):
        committed(checkout).requirements  # noqa: B018 - it raises
