import inspect
from pathlib import Path

from features.fixtures import Fixtures

COMMANDS = [Path(app, "management/commands") for app in ("acceptance/django_app", "superlists/testing")]
# For a person, for the target, for a mailbox.
NOT_FOR_SCENARIOS = {"__init__", "stamp_site", "migrate_disposable", "serve_fixtures", "read_mail"}


def test_each_fixture_bears_the_name_of_its_command():
    methods = {name for name, _ in inspect.getmembers(Fixtures, inspect.isfunction) if not name.startswith("_")}
    assert methods == {path.stem for folder in COMMANDS for path in folder.glob("*.py")} - NOT_FOR_SCENARIOS
