"""What is deployed is what was committed, and nothing else."""

import subprocess

import pytest

from deploy.source import SENT, CodeError, committed


@pytest.fixture
def git(tmp_path):
    """Run git in a checkout with one commit, which holds all that is sent, and more."""
    for name in (*SENT, "superlists/requirements.txt", "features/a.feature"):
        # Of what is sent, two are folders.
        path = tmp_path / name if "." in name else tmp_path / name / "urls.py"
        path.parent.mkdir(exist_ok=True, parents=True)
        path.write_text("committed")

    def run(*command):
        identity = ("-c", "user.name=Edith", "-c", "user.email=edith@example.com")
        return subprocess.check_output(["git", "-C", str(tmp_path), *identity, *command], text=True)

    for command in (("init", "--quiet"), ("add", "."), ("commit", "--quiet", "--message=x")):
        run(*command)
    return run


def test_a_change_that_is_not_committed_is_refused_by_its_name_or_left_out(git, tmp_path):
    for name in ("superlists/urls.py", "superlists/requirements.txt"):
        (tmp_path / name).write_text("changed")
    with pytest.raises(CodeError, match=r"(?s)superlists/urls\.py.*--dirty"):
        committed(tmp_path)
    code = committed(tmp_path, dirty=True)
    assert (b"changed" in code.archive, b"features" in code.archive, code.requirements) == (False, False, "committed")
    assert git("rev-parse", "HEAD").startswith(code.commit)
    assert len(code.commit) == 12


def test_what_cannot_be_deployed_says_so(git, tmp_path, tmp_path_factory):
    with pytest.raises(CodeError, match="git status: fatal: not a git repository"):
        committed(tmp_path_factory.mktemp("elsewhere"))
    git("rm", "--quiet", "superlists/requirements.txt")
    git("commit", "--quiet", "--message=x")
    with pytest.raises(CodeError, match=r"The commit \w{12} has no superlists/requirements\.txt"):
        committed(tmp_path).requirements  # noqa: B018 - it raises
