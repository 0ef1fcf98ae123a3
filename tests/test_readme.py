"""The README is true: what it names exists, and what CI runs is what it says."""

import re
from pathlib import Path

from acceptance.settings import SETTINGS
from superlists.configuration import VARIABLES

README = Path("README.md").read_text()
MAKEFILE = Path("Makefile").read_text()
MADE = set(re.findall(r"^([a-z-]+):", MAKEFILE, re.MULTILINE))


def test_ci_runs_the_readmes_test_command():
    assert re.search(r"^make test +#", README, re.MULTILINE)
    assert Path(".ci/run").read_text().strip().splitlines()[-1] == "exec make test"


def test_every_make_command_of_the_readme_exists_and_the_reverse():
    told = set(re.findall(r"\bmake ([a-z-]+)\b(?! sure)", README))
    assert told <= MADE
    explained = set(re.findall(r"^([a-z-]+):.*## ", MAKEFILE, re.MULTILINE)) - {"help"}
    assert explained <= told


def test_every_setting_of_a_run_is_in_the_readme():
    rows = set(re.findall(r"^\| `([a-z.]+)` \|", README, re.MULTILINE))
    assert set(SETTINGS) <= rows


def test_every_variable_of_the_site_is_in_the_readme():
    assert [name for name in VARIABLES if f"`{name}`" not in README] == []


def test_every_room_of_the_map_exists():
    plan = re.search(r"## The rooms\n+```\n(.*?)```", README, re.DOTALL)
    assert plan
    room = Path()
    for line in plan[1].splitlines():
        names = line.strip().split("   ")[0].split(", ")
        room = Path(names[0]) if not line.startswith(" ") else room
        for name in names:
            place = room / name if line.startswith(" ") else Path(name)
            assert list(Path().glob(str(place))), f"{place} is in the README only"


def test_every_test_the_readme_names_exists():
    named = re.findall(r"`(tests/\S+\.py)::(\w+)`", README)
    assert len(named) >= 9
    for file, test in named:
        assert f"def {test}(" in Path(file).read_text(), f"{file}::{test}"


def test_every_file_the_readme_links_to_exists():
    links = re.findall(r"\]\((?!http)([^)#]+)\)", README)
    assert links
    assert [link for link in links if not Path(link).exists()] == []
