"""The README of the service: its session works as it is written, and it tells of everything."""

import os
import re
import subprocess
from pathlib import Path

from databases.app import API, create_app
from databases.settings import PREFIX, Settings
from tests.databases.service import containers, directories

README = Path("databases/README.md").read_text()
SESSION = re.findall(r"```sh\n(.*?)```", README, re.DOTALL)[1]


def test_the_session_works_as_it_is_written(service, edith, client, tmp_path):
    usual = "http://127.0.0.1:8700"
    assert SESSION.count(usual) == 1
    ran = subprocess.run(
        ["bash", "-eu", "-o", "pipefail", "-c", SESSION.replace(usual, service.url)],
        cwd=tmp_path,
        env=os.environ | {"TOKEN": service.tokens["edith"]},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "CREATE TABLE" in ran.stdout
    assert '"state":"exited"' in ran.stdout
    assert "(0 rows)" in ran.stdout, "the table is still there"
    assert (containers(client, service.root), directories(service.root)) == ([], [])


def test_every_request_and_every_setting_is_explained(tmp_path):
    for rule in create_app(Settings(root=tmp_path / "root")).url_map.iter_rules():
        (method,) = (rule.methods or set()) - {"HEAD", "OPTIONS"}
        assert f"`{method} {API}" in README, rule
        assert rule.rule.rpartition(">")[2].strip("/") in README
    # Only a run of scenarios in this process does without durability.
    names = {f"{PREFIX}{name}".upper() for name in Settings.model_fields} - {"DATABASES_DURABLE"}
    assert names == set(re.findall(r"^\| `(DATABASES_\w+)`", README, re.MULTILINE))
