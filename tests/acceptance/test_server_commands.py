"""A site on a server, of which the sites file names the commands."""

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any
from unittest.mock import Mock

import pytest

from acceptance.targets.base import TargetError
from acceptance.targets.server import ServerTarget
from tests.acceptance.sites_file import STAGING, changed, mistakes, read


@pytest.fixture
def target(tmp_path):
    """Give the target of a site of which the sites file says so; its server has this log."""

    def made(written: Sequence[str] = (), **values: object) -> tuple[ServerTarget, Mock]:
        site = read(tmp_path, staging=changed(STAGING, **values))["staging"]
        settings: Any = SimpleNamespace(mailbox="none", mailbox_wait=1, lock_wait=0, site=site)
        target = ServerTarget(settings)
        target._server = server = Mock(run=Mock(return_value="\n".join(written)))
        return target, server

    return made


def test_its_commands_are_run_with_what_their_names_stand_for(target):
    manage = ["sudo", "--user={user}", "/srv/{host}/manage", "{other}"]
    lists, server = target(manage=manage, log=["tail", "--lines=+{since}", "/var/log/{host}.log"])
    lists.fixture_process(["serve_fixtures"])
    lists.read_log(7.5)
    host = STAGING["host"]
    (begun,), (read_log,) = server.open.call_args.args, server.run.call_args_list[-1].args
    assert begun.argv == ("sudo", "--user=deployer", f"/srv/{host}/manage", "{other}", "serve_fixtures")
    assert read_log.argv == ("tail", "--lines=+7.500000", f"/var/log/{host}.log")


def test_a_log_is_read_as_text_and_as_journald_gives_it(target):
    written = ["plain", '{"MESSAGE": "from the journal"}', '{"MESSAGE": [195, 182]}', '{"MESSAGE": null}', "[7]"]
    lists, _ = target([*written, '{"level": 1}'], log=["tail"])
    assert lists.read_log(0) == ["plain", "from the journal", "ö", "", "[7]", '{"level": 1}']


def test_a_project_without_a_log_command_is_told_where_to_name_one(target, monkeypatch):
    monkeypatch.setattr("acceptance.targets.server.project", lambda: SimpleNamespace(server_log=()))
    with pytest.raises(TargetError, match=r"names no command for it, such as staging\.log = "):
        target()[0].read_log(0)


@pytest.mark.parametrize("value", ["journalctl --unit=lists", [], [""], [7]])
def test_a_command_is_a_list_of_arguments(tmp_path, value):
    (mistake,) = mistakes(tmp_path, staging=changed(STAGING, log=value))
    assert mistake.startswith("staging.log: is ")
    assert mistake.endswith('; allowed: a list of a program and its arguments, such as ["/srv/lists/manage"]')
