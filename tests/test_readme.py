"""README and docs are true: what they name exists, and what CI runs is what they say."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from acceptance.settings import SETTINGS
from superlists.configuration import VARIABLES

README = Path("README.md").read_text()
PAGES = {page: page.read_text() for page in (Path("README.md"), *sorted(Path("docs").rglob("*.md")))}
SETTINGS_PAGE = Path("docs/settings.md").read_text()
MAKEFILE = Path("Makefile").read_text()
MAKE = re.compile(r"\bmake ([a-z-]+)\b(?! sure)")
MADE = set(re.findall(r"^([a-z-]+):", MAKEFILE, re.MULTILINE))


def test_ci_runs_the_readmes_test_command():
    assert re.search(r"^make test +#", README, re.MULTILINE)
    assert Path(".ci/run").read_text().strip().splitlines()[-1] == "exec make test"


def test_every_make_command_that_help_explains_is_in_the_readme():
    explained = set(re.findall(r"^([a-z-]+):.*## ", MAKEFILE, re.MULTILINE)) - {"help"}
    assert explained <= set(MAKE.findall(README))


def test_every_setting_of_a_run_and_variable_of_the_site_is_explained():
    rows = set(re.findall(r"^\| `([a-z.]+)` \|", SETTINGS_PAGE, re.MULTILINE))
    assert set(SETTINGS) == rows
    assert [name for name in VARIABLES if f"`{name}`" not in SETTINGS_PAGE] == []


def test_the_readme_is_one_page():
    assert len(README.encode()) <= 10 * 1024


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


def test_every_catch_names_a_test_that_exists():
    rows = [row for row in Path("docs/data.md").read_text().splitlines() if row.startswith("| ")][2:]
    assert rows
    for row in rows:
        named = re.search(r"`(tests/\S+\.py)::(\w+)` \|$", row)
        assert named, row
        assert f"def {named[2]}(" in Path(named[1]).read_text(), row


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_every_file_that_a_page_links_to_and_every_make_command_exists(page):
    links = re.findall(r"\]\((?!http)([^)#]+)", PAGES[page])
    assert [link for link in links if not (page.parent / link).exists()] == []
    assert set(MAKE.findall(PAGES[page])) <= MADE


def test_the_program_behave_finds_the_runner_as_python_does():
    # Python puts the folder of a program, not the current one, where it looks for modules.
    program = Path(sys.executable).with_name("behave")
    command = [str(program), "--dry-run", "--no-summary", "--format=null", "--tags=@smoke"]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert (ran.returncode, ran.stderr) == (0, "")
