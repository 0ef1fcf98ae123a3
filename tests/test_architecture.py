"""The rules of the rooms."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest
from behave.parser import parse_file

from acceptance.mailboxes import MODULES
from acceptance.settings import MAILBOXES

FEATURES, SITE, STEPS, DEPLOY = Path("features"), Path("superlists"), Path("features/steps"), Path("deploy")
ENGINE, DATABASES, DJANGO_APP = Path("acceptance"), Path("databases"), Path("acceptance/django_app")
ROOMS = ("acceptance", "features", "superlists", "deploy", "databases", "examples", "tests", "benchmarks", "scripts")
CHOICES = Path("acceptance/targets/__init__.py")
BRANCHES = (ast.If, ast.IfExp, ast.While, ast.Try, ast.Match)


@cache
def modules(folder: Path) -> list[tuple[Path, ast.Module]]:
    return [
        (path, ast.parse(path.read_text())) for path in sorted(folder.rglob("*.py")) if "migrations" not in path.parts
    ]


def imports(tree: ast.AST) -> set[str]:
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
    return names


def importers(folder: Path, *packages: str) -> set[str]:
    return {
        str(path)
        for path, tree in modules(folder)
        if any(name == package or name.startswith(f"{package}.") for name in imports(tree) for package in packages)
    }


@pytest.mark.parametrize(
    ("room", "allowed"),
    [
        ("acceptance", {"databases"}),
        ("features", {"acceptance"}),
        ("superlists", {"acceptance"}),
        ("deploy", {"acceptance"}),
        ("databases", set()),
        # Its own features/ are no other room.
        ("examples", {"acceptance", "features"}),
    ],
)
def test_a_room_imports_only_the_rooms_below_it(room, allowed):
    named = {name.partition(".")[0] for _, tree in modules(Path(room)) for name in imports(tree)}
    assert named & {*ROOMS} - {room} <= allowed


def test_one_file_of_the_engine_uses_databases():
    assert importers(ENGINE, "databases") == {"acceptance/targets/container.py"}


def test_the_app_on_the_site_needs_django_alone():
    named = {name.partition(".")[0] for _, tree in modules(DJANGO_APP) for name in imports(tree)}
    assert named <= {"acceptance", "django", *sys.stdlib_module_names}
    assert all(name.startswith("acceptance.django_app") for _, name in used_of_engine(DJANGO_APP))


def test_production_uses_of_the_engine_only_what_guards_its_data():
    for path, name in used_of_engine(SITE):
        guards = ("acceptance.django_app.guard", "acceptance.django_app.lock")
        assert name.startswith("acceptance.django_app" if path.parts[1] == "testing" else guards), path


def used_of_engine(folder: Path) -> Iterator[tuple[Path, str]]:
    """Go through what files import of the engine, by its whole name."""
    for path, tree in modules(folder):
        for node in ast.walk(tree):
            if isinstance(node, ast.Import | ast.ImportFrom):
                names = [".".join(filter(None, [getattr(node, "module", ""), alias.name])) for alias in node.names]
                yield from ((path, name) for name in names if name.startswith("acceptance"))


def test_the_engine_has_no_word_of_one_site():
    words = re.compile("superlists|sharee|id_list|to-do", re.IGNORECASE)
    files = [path for path in tracked("acceptance/**") if path.suffix != ".js"]
    assert [str(path) for path in files if words.search(f"{path}\n{path.read_text(errors='replace')}")] == []


def test_imports_go_in_no_circle():
    files = {path: tree for room in (ENGINE, FEATURES, SITE, DEPLOY, DATABASES) for path, tree in modules(room)}
    named = {".".join(path.with_suffix("").parts).removesuffix(".__init__"): path for path in files}
    graph = {named[name]: set(imported(path, files[path], named)) - {path} for name, path in named.items()}
    # Raises CycleError, which names the circle.
    TopologicalSorter(graph).prepare()


def imported(path: Path, tree: ast.AST, named: dict[str, Path]) -> Iterator[Path]:
    """Go through the files that a file imports, now, for types only, or when something is chosen by its name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (named[alias.name] for alias in node.names if alias.name in named)
        elif isinstance(node, ast.ImportFrom):
            base = ".".join([*path.parent.parts[: len(path.parent.parts) + 1 - node.level]] * bool(node.level))
            module = ".".join(filter(None, [base, node.module]))
            names = [f"{module}.{alias.name}" for alias in node.names]
            yield from (named[name] if name in named else named[module] for name in names if {name, module} & {*named})
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith("import_module"):
            prefix = re.match(r"f'([\w.]+\.)\{", ast.unparse(node.args[0]))
            yield from (file for name, file in named.items() if prefix and name.startswith(prefix[1]))


def test_django_is_for_what_runs_in_process_and_for_templates():
    assert importers(FEATURES, "django", "behave_django") == set()
    engine = {file for file in importers(ENGINE, "django", "behave_django") if "/django_app/" not in file}
    # The pages of the report use its templates, without any settings.
    assert engine == {"acceptance/targets/django_server.py", "acceptance/report/pages.py"}


def test_databases_on_demand_stand_alone():
    libraries = {"docker", "filelock", "flask", "psycopg", "pydantic", "pydantic_settings", "requests", "werkzeug"}
    for path, tree in modules(DATABASES):
        nodes = [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
        absolute = [node for node in nodes if getattr(node, "level", 0) == 0]
        assert {getattr(node, "level", 0) for node in nodes} <= {0, 1}, path
        named = {name.partition(".")[0] for node in absolute for name in imports(node)}
        assert named <= libraries | sys.stdlib_module_names, path


def test_steps_are_short_have_no_branch_and_no_selenium_and_their_files_a_noun():
    assert importers(STEPS, "selenium", "acceptance.browsers") == set()
    for path, tree in modules(STEPS):
        assert path.name.endswith("_steps.py")
        branching = [node.lineno for node in ast.walk(tree) if isinstance(node, BRANCHES)]
        long = [node.name for node in tree.body if isinstance(node, ast.FunctionDef) and len(node.body) > 4]
        assert (branching, long) == ([], []), path


def test_targets_are_chosen_in_one_place():
    for path, tree in [*modules(FEATURES), *modules(ENGINE)]:
        compared = [ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Compare | ast.Match)]
        assert path == CHOICES or not [text for text in compared if "target ==" in text], path
    named = [path for path, _ in modules(STEPS) if re.search(r"\b(docker|staging|local)\b", path.read_text())]
    assert named == []


def test_only_the_browsers_own_room_works_past_webdriver():
    for path, _ in [*modules(FEATURES), *modules(ENGINE)]:
        if path.parent != ENGINE / "browsers" and path != ENGINE / "evidence.py":
            assert not re.search(r"execute_cdp_cmd|ActionChains|ActionBuilder", path.read_text()), path


def test_there_is_one_wait():
    sleeping = {
        str(path)
        for path, tree in [*modules(FEATURES), *modules(ENGINE)]
        if any(isinstance(node, ast.Attribute) and node.attr in {"sleep", "implicitly_wait"} for node in ast.walk(tree))
    }
    assert {path for path in sleeping if "django_app" not in path} == {"acceptance/waiting.py"}


def test_remote_commands_are_quoted_in_one_place():
    assert importers(DEPLOY, "shlex", "pipes") | importers(ENGINE, "shlex", "pipes") == {"acceptance/remote_command.py"}


def test_mailboxes_are_chosen_in_one_place():
    for path, tree in [*modules(FEATURES), *modules(ENGINE)]:
        if path.parts[1] != "mailboxes":
            assert imports(tree) & {f"acceptance.mailboxes.{MODULES.get(way, way)}" for way in MAILBOXES} == set(), path


def test_scenarios_in_which_people_read_mail_are_tagged_and_no_others():
    reading = re.compile(r"\bmailed\b|\bthe mail server\b|\bin (?:\w+'s|her|his) mail\b|on (?:her|his) way to")
    for path in FEATURES.glob("*.feature"):
        for scenario in parse_file(str(path)).walk_scenarios():
            reads = any(reading.search(step.name) for step in scenario.all_steps)
            assert ("mailbox" in scenario.effective_tags) == reads, f"{path}: {scenario.name}"


def tracked(pattern: str) -> list[Path]:
    listed = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", pattern]
    return [Path(name) for name in subprocess.check_output(listed, text=True).splitlines() if Path(name).exists()]
