"""The engine as a package: another project that installs it has all of it."""

import ast
import shutil
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import packages_distributions
from pathlib import Path

from tests.runs.conftest import ROOT

ENGINE = ("acceptance", "databases")
# That the engine imports none of them is for the rules of the rooms.
ROOMS = {"deploy", "superlists"}
# For the service alone, which is deployed from a checkout.
NOT_PACKED = {"databases/README.md", "databases/requirements.in", "databases/requirements.txt"}
ANOTHER = """
from acceptance.project import Project

PROJECT = Project(name="another", settings_module="another.settings", resting_path="/icon.svg", cast=None)
"""


def test_a_wheel_holds_every_file_and_is_imported_without_the_project(tmp_path: Path):
    listed = subprocess.check_output(["git", "ls-files", *ENGINE, "pyproject.toml", "README.md", "LICENSE"], cwd=ROOT)
    for name in listed.decode().split():
        (tmp_path / "copy" / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / "copy" / name)
    uv = [sys.executable, "-m", "uv", "build", "--wheel", "--quiet", "--out-dir", str(tmp_path), str(tmp_path / "copy")]
    subprocess.run(uv, check=True, timeout=120)
    (wheel,) = tmp_path.glob("*.whl")
    packed = set(zipfile.ZipFile(wheel).namelist())
    assert {name for name in listed.decode().split() if name.startswith(ENGINE)} - NOT_PACKED <= packed
    (tmp_path / "features").mkdir()
    (tmp_path / "features/__init__.py").touch()
    (tmp_path / "features/project.py").write_text(ANOTHER)
    program = (
        "import acceptance.runner, acceptance.hooks, acceptance.page, acceptance.project as project;"
        "print(acceptance.page.__file__, project.project().name)"
    )
    # As behave does, it lies in another folder than the one it is started in.
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/program").write_text(program)
    imported = subprocess.check_output(
        [sys.executable, "bin/program"], cwd=tmp_path, env={"PYTHONPATH": str(wheel)}, text=True, timeout=60
    )
    assert imported.startswith(str(wheel))
    assert imported.split()[-1] == "another"


def test_the_package_asks_for_all_that_it_imports():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    asked = [*project["dependencies"], *project["optional-dependencies"]["databases"]]
    distributions = {name.partition(">")[0].partition("[")[0].lower() for name in asked}
    installed = packages_distributions()
    for file in [file for room in ENGINE for file in (ROOT / room).rglob("*.py")]:
        for node in ast.walk(ast.parse(file.read_text())):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) and not node.level else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            for package in {name.partition(".")[0] for name in names} - sys.stdlib_module_names - {"", *ENGINE, *ROOMS}:
                named = {name.lower() for name in installed.get(package, [package])}
                assert named & distributions, f"{file}: {package}"
