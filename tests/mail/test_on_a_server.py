"""A server whose mail goes by a real mail server: what a deploy brings there, and when it refuses."""

from collections.abc import Iterator

import pytest

from acceptance.sites import read_sites
from acceptance.targets.run_resources import RunResources
from deploy import box as boxes
from deploy.deployment import DeployError
from deploy.provision import provision
from tests.box.deployed_site import Checkout, DeployedSite
from tests.mail.postfix import SUBMISSION, MailServer
from tests.mail.runs import LOGGING_IN, by_pop3, said_by, settings
from tests.runs.conftest import Scratch


@pytest.fixture(scope="module")
def provisioned(tmp_path_factory: pytest.TempPathFactory, owned: RunResources) -> Iterator[DeployedSite]:
    """A server that waits for its first deploy."""
    there = boxes.start(tmp_path_factory.mktemp("box"), labels=owned.labels)
    sites = there.folder / "sites.toml"
    site = read_sites(sites)[there.name]
    provision(site)
    yield DeployedSite(there, site, sites, Checkout(tmp_path_factory.mktemp("checkout") / "superlists"))
    boxes.remove(there.folder)


def of_the_caller(mail: MailServer) -> dict[str, str]:
    """Return what the environment of who deploys says of the mail server."""
    return {
        "EMAIL_HOST": mail.address,
        "EMAIL_PORT": str(SUBMISSION),
        "EMAIL_HOST_USER": mail.sender,
        "EMAIL_PASSWORD": mail.sender_password,
        "EMAIL_CA_FILE": str(mail.authority),
    }


def called_with(settings: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in settings.items():
        monkeypatch.setenv(name, value)


@pytest.fixture(scope="module")
def deployed(provisioned: DeployedSite, mail: MailServer) -> DeployedSite:
    """The same server, on which the site sends by the mail server."""
    with pytest.MonkeyPatch.context() as patch:
        called_with(of_the_caller(mail), patch)
        provisioned.deploy()
    return provisioned


def test_a_first_deploy_without_the_password_is_refused(provisioned: DeployedSite, mail: MailServer, monkeypatch):
    called_with(of_the_caller(mail) | {"EMAIL_PASSWORD": ""}, monkeypatch)
    with pytest.raises(DeployError) as refused:
        provisioned.deploy()
    told = str(refused.value)
    assert "Running manage.py check_mail failed with exit code 1" in told
    assert "not logged in, for EMAIL_PASSWORD is not set: (530, " in told
    assert "Authentication Required" in told
    assert "was not switched: nothing serves yet" in told


def test_a_deploy_brings_login_and_authority_and_says_no_secret(deployed: DeployedSite, mail: MailServer):
    assert deployed.manage("check_mail") == f"Mail can be sent: by {mail.address}:587, logged in as {mail.sender}"
    assert mail.sender_password not in "\n".join(deployed.said)


def test_her_login_goes_through_the_server_the_mail_server_and_the_mailbox(
    deployed: DeployedSite, scratch: Scratch, empty_mail: MailServer
):
    way = [*settings(target=deployed.site.name, sites=deployed.sites), *by_pop3(empty_mail)]
    ran = scratch.behave(*way, *LOGGING_IN, MAILBOX_PASSWORD=empty_mail.reader_password)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert " scenarios passed, 0 failed, 1 skipped" in ran.stdout
    said_by(scratch, ran, empty_mail)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [({"EMAIL_PASSWORD": "out of date"}, "(535, "), ({"EMAIL_CA_FILE": ""}, "CERTIFICATE_VERIFY_FAILED")],
)
def test_a_deploy_that_would_end_the_mail_is_refused(
    deployed: DeployedSite, mail: MailServer, monkeypatch, changes, reason
):
    called_with(of_the_caller(mail) | changes, monkeypatch)
    with pytest.raises(DeployError) as refused:
        deployed.deploy()
    told = str(refused.value)
    assert "Running manage.py check_mail failed with exit code 1" in told
    assert reason in told
    assert f"was not switched: {deployed.release} serves on" in told
    assert deployed.manage("check_mail")
    assert all(password not in told for password in (mail.sender_password, "out of date"))
