"""A site whose server is gone comes back on a new and empty one, from the copies on another machine."""

import re
from collections.abc import Iterator
from time import monotonic

import pytest

from acceptance.sites import Backups, Site, read_sites
from deploy import site_data
from deploy.backups import listing
from deploy.box import Box
from deploy.deployment import deploy
from deploy.doctor import BrokenError, examine
from deploy.provision import provision
from tests.box.conftest import said, ssh
from tests.box.deployed_site import DeployedSite
from tests.targets.engine import engine

LONG_AGO = [f"2020-10-{day:02}T00-30-00.000001Z-daily.sqlite3" for day in range(1, 15)]


@pytest.fixture
def new(another) -> Box:
    """A new server; for want of a third machine, an account there keeps the copies, too."""
    there: Box = another("new")
    return there


@pytest.fixture
def place(new: Box) -> Backups:
    with engine() as client:
        networks = client.containers.get(new.container_id).attrs["NetworkSettings"]["Networks"]
    address = next(iter(networks.values()))["IPAddress"]
    _, *host_key = (new.folder / "known_hosts").read_text().split()
    return Backups.model_validate({"to": f"debian@{address}:copies", "host_key": " ".join(host_key)})


@pytest.fixture
def copying(staging: DeployedSite, place: Backups) -> Iterator[Site]:
    """The site, which has its daily backups copied there."""
    yield staging.site.model_copy(update={"backups": place})
    provision(staging.site)


def let_in(there: Box, changes: list[str]) -> None:
    """Do what provisioning asks for."""
    (key,) = (change.partition("let it in: ")[2] for change in changes if "let it in" in change)
    said(there, "sh", "-c", f"'echo restrict {key} >> .ssh/authorized_keys'")


def test_a_site_comes_back_on_a_new_server(staging, copying, new, place):
    unit = f"{staging.layout.unit}-backup.service"
    staging.manage("create_list", "Precious")
    rows = staging.rows()
    changes = provision(copying)
    # The machine does not let it in yet: what is on the server stays, and who asks is told.
    assert ssh(staging.box, "sudo", "systemctl", "start", unit).returncode == 1
    told = "\n".join(listing(copying))
    assert re.search(r"0 h old  daily\nAt debian@.*\nThey cannot be seen\..*Permission denied \(publickey\)", told)
    failed = r"(?s)broken: daily backups are made\..*-daily\.sqlite3 is made, and could not be copied to debian@"
    with pytest.raises(BrokenError, match=failed):
        list(examine(copying))
    let_in(new, changes)
    said(new, "mkdir", "--parents", "copies/127.0.0.1")
    said(new, "touch", *(f"copies/127.0.0.1/{name}" for name in ("notes", *LONG_AGO)))
    said(staging.box, "sudo", "systemctl", "start", unit)
    assert list(examine(copying))[-1] == "holds: daily backups are made"
    there = said(new, "ls", "copies/127.0.0.1").split()
    assert (len(there), there[0], there[-1]) == (9, LONG_AGO[3], "notes")

    began = monotonic()
    site = read_sites(new.folder / "sites.toml")["new"].model_copy(update={"backups": place})
    let_in(new, provision(site))
    site_data.restore(site, "", origin=place.to, say=print)
    deploy(site, staging.checkout.base, sites=new.folder / "sites.toml", say=print)
    print(f"A new server serves what there was after {monotonic() - began:.0f} s")
    come_back = DeployedSite(new, site, new.folder / "sites.toml", staging.checkout)
    assert (come_back.rows(), come_back.rows(table="acceptance_stamp")) == (rows, 0)
    assert come_back.release == staging.checkout.base.commit
