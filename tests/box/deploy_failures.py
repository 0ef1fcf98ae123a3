"""Deploys that are to fail, or that somebody means to disturb."""

import os
import re
import subprocess
import sys

import pytest

from acceptance.ssh import Server
from deploy import site_env
from deploy.deployment import DeployError
from deploy.release import Releases
from deploy.source import Code, committed
from features.project import ROOT
from tests.box.conftest import said
from tests.box.deployed_site import DeployedSite

MIGRATION = """from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("lists", "{before}")]
    operations = [migrations.RunSQL("{sql}")]
"""
# Backups, the links to them, and data; the links that lead to a release are looked at by the release; compiled Python.
KEPT = ("backup*", "database", "mail", "current", "previous", "__pycache__")
BACKUP = re.compile(r"the database before is (/\S+\.sqlite3)\.")


def refused(there: DeployedSite, code: Code | None) -> str:
    """Deploy what cannot be deployed, and return what was told; the site goes on as it was, and nothing is left."""
    before, rows, files = there.release, there.rows(), made(there)
    with pytest.raises(DeployError) as failure:
        there.deploy(code)
    assert (there.release, there.rows()) == (before, rows)
    left = made(there) - files
    assert not left, left
    return str(failure.value)


def made(there: DeployedSite) -> set[str]:
    """Return all that deploys have made for the site, but backups and data: files, and images by their checksums."""
    layout, kept = there.layout, [arg for name in KEPT for arg in ("-name", name, "-prune", "-o")]
    files = there.run("find", str(layout.home), *kept, "-printf", "%y %m %l %P\n").splitlines()
    return {*files, *(there.container("image", "ls", "--quiet").split() if there.site.runtime == "docker" else ())}


def settings(there: DeployedSite) -> str:
    """Return the site's .env."""
    return said(there.box, "sudo", "cat", str(there.layout.environment))


def make(there: DeployedSite, code: Code) -> None:
    """Make a release as a deploy does, and no more."""
    with Server(there.site) as server:
        site_env.prepare(server, there.layout, site_env.settings_of(there.layout))
        Releases(server, there.layout).make(code)


def deploying(there: DeployedSite, code: Code, *, silence_s: int = 30) -> "subprocess.Popen[str]":
    """Return a process that deploys, and whose lock is given to others after some silence."""
    program = (
        "import sys; from pathlib import Path; from deploy import site_lock; from deploy.deployment import deploy;"
        f"site_lock.SILENCE_S, site_lock.KEEPALIVE_S = {silence_s}, {silence_s / 5};"
        "from acceptance.sites import read_sites; from deploy.source import Code, committed; sites = Path(sys.argv[1]);"
        "deploy(read_sites(sites)[sys.argv[2]], committed(Path(sys.argv[3])), sites=sites,"
        " say=lambda line: print(line, flush=True))"
    )
    arguments = [str(there.sites), there.site.name, str(there.checkout.root)]
    assert committed(there.checkout.root) == code
    return subprocess.Popen(
        [sys.executable, "-c", program, *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ,
    )
