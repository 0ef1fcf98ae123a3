"""What a person with a terminal on a server can do to a site by mistake."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from acceptance.ssh import ServerError
from acceptance.targets import open_target
from acceptance.targets.base import Target, TargetError
from tests.box.conftest import said
from tests.box.deployed_site import DeployedSite
from tests.targets.kinds import config

STAMPED = "INSERT INTO acceptance_stamp (site) VALUES ('127.0.0.1')"


def set_by_hand(there: DeployedSite, name: str, value: str) -> None:
    """Edit .env as somebody at a terminal would, and restart the site."""
    path = str(there.layout.environment)
    said(there.box, "sudo", "sed", "--in-place", f"\"s|^{name}=.*|{name}='{value}'|\"", path)
    assert f"{name}='{value}'" in said(there.box, "sudo", "cat", path)
    said(there.box, "sudo", "systemctl", "restart", f"{there.layout.unit}.service")


@contextmanager
def target_of(there: DeployedSite) -> Iterator[Target]:
    """Run on this site."""
    target = open_target(config(target=there.site.name, sites=str(there.sites)))
    target.start()
    try:
        yield target
    finally:
        target.stop()


def refuses_fixtures(there: DeployedSite, why: str) -> None:
    """See that neither a run nor a person at a terminal can empty the site."""
    with target_of(there) as target:
        assert f"The site {there.site.name} takes no fixtures" in target.fixtures_unavailable()
        assert why in target.fixtures_unavailable()
        with pytest.raises(TargetError):
            target.manage("reset_site", "--site", there.site.host)
    with pytest.raises(ServerError, match="reset_site failed"):
        there.manage("reset_site", "--site", there.site.host)
