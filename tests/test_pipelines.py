"""The pipelines of docs/ci are well formed, and what they run exists."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from behave.formatter import _registry
from behave.userdata import UserData

from tests.test_readme import MADE

PIPELINES = {path.stem: yaml.safe_load(path.read_text()) for path in Path("docs/ci").glob("*.yml")}
# The jobs of a run that five machines share, on GitHub and on GitLab.
SHARED = list(map(yaml.safe_load, re.findall(r"```yaml\n(.*?)```", Path("docs/ci/README.md").read_text(), re.DOTALL)))


def commands(pipeline: Any) -> list[str]:
    """Return everything that a pipeline runs, wherever it stands."""
    if isinstance(pipeline, dict):
        own = [pipeline["run"]] if isinstance(pipeline.get("run"), str) else list(pipeline.get("script", []))
        return own + [line for value in pipeline.values() for line in commands(value)]
    return [line for value in pipeline for line in commands(value)] if isinstance(pipeline, list) else []


@pytest.mark.parametrize("name", ["github", "gitlab"])
def test_what_a_pipeline_runs_exists_and_has_no_secret_on_its_command_line(name):
    run = commands(PIPELINES[name])
    made = re.findall(r"\bmake ([a-z-]+)", "\n".join(run))
    assert {"check", "features", "deploy", "promote", "collect"} <= set(made) <= MADE
    for command in run:
        assert not re.search(r"\$\{?(\{ *secrets|(DEPLOY|PRODUCTION)_KEY|EMAIL_PASSWORD|KNOWN_HOSTS)", command), command


def test_production_waits_for_somebody_and_the_page_for_nobody():
    github, gitlab = PIPELINES["github"]["jobs"], PIPELINES["gitlab"]
    assert (github["promote"]["environment"], github["promote"]["needs"]) == ("production", "release")
    assert (gitlab["promote"]["environment"], gitlab["promote"]["rules"][0]["when"]) == ("production", "manual")
    assert "promote" not in github["page"]["needs"]
    assert gitlab["stages"].index(gitlab["pages"]["stage"]) < gitlab["stages"].index(gitlab["promote"]["stage"])


def test_the_machines_that_share_a_run_have_one_seed_and_all_its_parts():
    on_github, on_gitlab = (job["local"] for job in SHARED)
    assert on_github["strategy"]["matrix"]["shard"] == [f"{number}/5" for number in range(1, 6)]
    assert on_gitlab["parallel"] == 5
    for job, seed in ((on_github, "github.run_number"), (on_gitlab, "CI_PIPELINE_IID")):
        (run,) = [command for command in commands(job) if "-D shard=" in command]
        assert re.search(rf"-D seed=\$.*{seed}", run)


@pytest.mark.parametrize("name", ["github", "gitlab"])
def test_every_format_can_be_loaded(name):
    ini = Path("behave.ini").read_text().partition("[behave.formatters]")[2].partition("[behave.userdata]")[0]
    ours = UserData(line.split(" = ") for line in ini.splitlines() if " = " in line)
    for named in re.findall(r"--format=(\w+)", Path(f"docs/ci/{name}.yml").read_text()):
        assert _registry.load_formatter_class(ours[named])
