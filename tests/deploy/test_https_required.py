"""A production site without HTTPS is not deployed, unless the sites file allows it."""

import pytest

from acceptance.sites import Tls
from deploy import deployment
from deploy.deployment import DeployError
from deploy.source import Code
from tests.deploy.this_machine import layout


class ReachedError(Exception):
    """The server was asked for."""


@pytest.fixture(autouse=True)
def _no_server(monkeypatch):
    def reached(*_, **__):
        raise ReachedError

    monkeypatch.setattr(deployment, "Server", reached)


CODE = Code("1a2b3c4", b"")


def test_production_without_https_is_refused_before_anything_is_done_and_told_what_allows_it():
    with pytest.raises(DeployError, match=r"without HTTPS.* Nothing was done\. .*plain_http = true in \["):
        deployment.deploy(layout(environment="production").site, CODE)


@pytest.mark.parametrize(
    ("environment", "allowing"),
    [("staging", {}), ("production", {"plain_http": True}), ("production", {"tls": Tls.model_construct()})],
)
def test_other_sites_are_deployed(environment, allowing):
    with pytest.raises(ReachedError):
        deployment.deploy(layout(environment=environment, **allowing).site, CODE)
