"""A production site without HTTPS is not deployed, unless the sites file allows it."""

import re
from unittest.mock import Mock

import pytest

from acceptance.sites import Tls
from deploy import deployment
from deploy.deployment import DeployError
from deploy.source import Code
from tests.deploy.this_machine import layout


class ReachedError(Exception):
    """The server was asked for."""


def refusal(monkeypatch, **site):
    """Return why a deploy of this site does not begin."""
    monkeypatch.setattr(deployment, "Server", Mock(side_effect=ReachedError))
    with pytest.raises((DeployError, ReachedError)) as raised:
        deployment.deploy(layout(**site).site, Code("1a2b3c4", b""))
    return str(raised.value)


def test_production_without_https_is_refused_before_anything_is_done_and_told_what_allows_it(monkeypatch):
    told = refusal(monkeypatch, environment="production")
    assert re.search(r"without HTTPS.* Nothing was done\. .*plain_http = true in \[", told)


@pytest.mark.parametrize(
    "site",
    [
        {"environment": "staging"},
        {"environment": "production", "plain_http": True},
        {"environment": "production", "tls": Tls.model_construct()},
    ],
)
def test_other_sites_are_deployed(monkeypatch, site):
    assert refusal(monkeypatch, **site) == ""
