import inspect
from pathlib import Path
from typing import Any

from acceptance.targets.base import SiteIdentity
from features.fixtures import Fixtures

COMMANDS = [Path(app, "management/commands") for app in ("acceptance/django_app", "superlists/testing")]
# For a person, for the target, for a mailbox.
NOT_FOR_SCENARIOS = {"__init__", "stamp_site", "migrate_disposable", "serve_fixtures", "read_mail"}


class RecordingTarget:
    def __init__(self) -> None:
        self.calls: list[tuple[str, ...]] = []

    def manage(self, command: str, *args: str) -> str:
        self.calls.append((command, *args))
        return "answer"

    def identity(self) -> SiteIdentity:
        return SiteIdentity("lists.example.com", "staging", "abc")


def test_each_fixture_bears_the_name_of_its_command():
    methods = {name for name, _ in inspect.getmembers(Fixtures, inspect.isfunction) if not name.startswith("_")}
    assert methods == {path.stem for folder in COMMANDS for path in folder.glob("*.py")} - NOT_FOR_SCENARIOS


def test_what_each_fixture_asks_for():
    target: Any = RecordingTarget()
    fixtures = Fixtures(target)
    fixtures.reset_site()
    assert fixtures.create_session("edith@example.com") == "answer"
    fixtures.create_list("--odd", "two")
    fixtures.create_list("one", owner="edith@example.com")
    fixtures.share_list("/lists/1/", "boris@example.com")
    fixtures.create_login_link("edith@example.com", age=16)
    assert target.calls == [
        ("reset_site", "--site", "lists.example.com"),
        ("create_session", "edith@example.com"),
        ("create_list", "--", "--odd", "two"),
        ("create_list", "--owner", "edith@example.com", "--", "one"),
        ("share_list", "/lists/1/", "boris@example.com"),
        ("create_login_link", "edith@example.com", "--age", "16"),
    ]
