"""From staging to production: what passed there, to the byte, and nothing else."""

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from pathlib import Path

import pytest

from acceptance.sites import read_isolated_sites
from deploy import promotion
from deploy.deployment import DeployError
from deploy.promotion import promote
from deploy.smoke import SmokeError
from features.project import ROOT
from tests.box.conftest import look_at_start, serving
from tests.box.deployed_image import deployed_image
from tests.box.deployed_site import Checkout, DeployedSite
from tests.deploy.this_machine import site
from tests.test_pipelines import PIPELINES, commands

JOBS = {"github": PIPELINES["github"]["jobs"]["promote"], "gitlab": PIPELINES["gitlab"]["promote"]}
APPROVED = {"github": "GITHUB_SHA", "gitlab": "CI_COMMIT_SHA"}


@pytest.fixture(scope="module")
def origin(
    tmp_path_factory: pytest.TempPathFactory, labels: dict[str, str], checkout: Checkout
) -> Iterator[DeployedSite]:
    """A staging site beside production."""
    image = deployed_image(checkout.base, labels)
    yield from serving(tmp_path_factory.mktemp("origin"), checkout, labels=labels, image=image)


@pytest.fixture
def both(origin: DeployedSite, production: DeployedSite, tmp_path: Path) -> Path:
    """A sites file with both."""
    path = tmp_path / "sites.toml"
    path.write_text(origin.sites.read_text() + production.sites.read_text())
    return path


@pytest.fixture
def pipeline(both: Path, origin: DeployedSite, production: DeployedSite, tmp_path: Path) -> Callable[..., str]:
    """Runs the job of a pipeline that was approved for a commit, on a machine that has nothing but its secrets."""
    text, known = both.read_text(), ""
    secrets = {}
    for there, secret in ((origin, "DEPLOY_KEY"), (production, "PRODUCTION_KEY")):
        ssh = there.site.ssh
        secrets[secret] = ssh.key.read_text()
        text = text.replace(json.dumps(str(ssh.key)), json.dumps(f"~/.ssh/superlists-{there.site.name}"))
        text = text.replace(json.dumps(str(ssh.known_hosts)), json.dumps("~/.ssh/known_hosts"))
        known += ssh.known_hosts.read_text()
    both.write_text(text)
    home = tmp_path / "home"
    home.mkdir()

    def run(system: str, commit: str) -> str:
        told = {"SITE": "staging", "SITES": str(both), "KNOWN_HOSTS": known, APPROVED[system]: commit}
        environ = os.environ | secrets | told | {"HOME": str(home)}
        script = "set -e\n" + "\n".join(commands(JOBS[system]))
        ran = subprocess.run(
            ["sh", "-c", script], cwd=ROOT, env=environ, capture_output=True, text=True, check=False, timeout=180
        )
        return f"exit code {ran.returncode}\n{ran.stdout}{ran.stderr}"

    return run


def test_the_job_of_a_pipeline_brings_the_release_it_was_approved_for_or_none(origin, production, pipeline):
    newer = origin.checkout.commit({"superlists/marked.py": '"""Newer."""\n'})
    origin.deploy(newer)
    before, rows = production.release, production.rows()
    told = pipeline("github", before)
    assert f"staging serves {newer.commit}, and not {before}" in told
    assert not told.startswith("exit code 0")
    assert production.release == before
    told = pipeline("gitlab", newer.commit)
    assert told.startswith("exit code 0\n"), told
    assert (production.release, production.previous, production.rows()) == (newer.commit, before, rows)
    assert told.count(f"is healthy with {newer.commit}; the smoke run…") == 2
    # As it came: without settings, and with gunicorn's where a deploy has them.
    here, there = (
        set(each.run("ls", "--almost-all", f"{each.layout.releases}/{newer.commit}").split())
        for each in (origin, production)
    )
    assert here == there


def test_what_fails_on_staging_or_is_another_there_is_refused_and_force_names_a_release(
    origin, production, both, monkeypatch
):
    def fails_there(there, *arguments, **options):
        def fail():
            raise SmokeError("The smoke run failed")

        return nullcontext(fail) if there.name == "staging" else look_at_start(there)

    monkeypatch.setattr("deploy.smoke.smoke_run", fails_there)
    sites, said = read_isolated_sites(both), list[str]()
    # Built for each of the two, and the same all the same.
    before, older = production.release, origin.checkout.base.commit
    refused = "does not pass on staging. Nothing was promoted"
    with pytest.raises(DeployError, match=refused):
        promote(sites["staging"], sites["production"], sites=both, say=said.append)
    with pytest.raises(DeployError, match=r"'0123456' matches 0; allowed: --release=COMMIT"):
        promote(sites["staging"], sites["production"], release="0123456", force=True, sites=both)
    assert production.release == before
    named = {"release": older[:8], "force": True, "sites": both, "say": said.append}
    promote(sites["staging"], sites["production"], **named)
    assert f"By force: nobody looks whether {older} passes on staging" in said
    assert production.release == older
    # What somebody changed there is not what production has.
    wsgi = str(origin.layout.releases / older / "superlists" / "wsgi.py")
    origin.run("sed", "--in-place", "1i # Changed.", wsgi)
    with pytest.raises(DeployError, match=rf"{older} is not the same here"):
        promote(sites["staging"], sites["production"], **named)
    origin.run("sed", "--in-place", "1d", wsgi)
    assert production.release == older


def test_what_a_site_says_of_itself_names_no_folder_on_the_other(monkeypatch):
    monkeypatch.setattr(promotion, "serving", lambda _: "../database")
    with pytest.raises(DeployError, match=r"says that it serves '\.\./database', which is no commit"):
        promotion._passed(site(), "", Path("sites.toml"), print)


def test_what_passed_in_a_container_cannot_run_without_one():
    with pytest.raises(
        DeployError, match=r"staging runs by docker, and production by virtualenv: .* Nothing was done\."
    ):
        promote(site(runtime="docker"), site(name="production"))
