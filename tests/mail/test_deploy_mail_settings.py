"""A server whose mail goes by a real mail server: what a deploy brings there, and when it refuses."""

from collections.abc import Iterator

import pytest

from acceptance.targets.run_resources import RunResources
from deploy.deployment import DeployError
from tests.box.conftest import look_at_start, serving
from tests.box.deployed_image import deployed_image
from tests.box.deployed_site import Checkout, DeployedSite
from tests.mail.postfix import SUBMISSION, MailServer
from tests.mail.runs import LOGS_IN, by_pop3, said_by, settings
from tests.runs.conftest import Scratch


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, owned: RunResources) -> Iterator[DeployedSite]:
    """A site on a server, which writes its mail to files; its deploys end with a look at the start page."""
    checkout = Checkout(tmp_path_factory.mktemp("checkout") / "superlists")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("deploy.smoke.smoke_run", look_at_start)
        image = deployed_image(checkout.base, owned.labels)
        yield from serving(tmp_path_factory.mktemp("box"), checkout, labels=owned.labels, image=image)


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
def refusal(site: DeployedSite, mail: MailServer) -> str:
    """Why the site took no mail server whose password nobody had told it."""
    with pytest.MonkeyPatch.context() as patch:
        called_with(of_the_caller(mail) | {"EMAIL_PASSWORD": ""}, patch)
        with pytest.raises(DeployError) as refused:
            site.deploy()
    return str(refused.value)


@pytest.fixture(scope="module")
def deployed(site: DeployedSite, refusal: str, mail: MailServer) -> DeployedSite:
    """The same site, which sends by the mail server since a deploy brought it the password."""
    with pytest.MonkeyPatch.context() as patch:
        called_with(of_the_caller(mail), patch)
        site.deploy()
    return site


def test_a_deploy_without_the_password_is_refused(refusal: str):
    assert "Running manage.py check_mail failed with exit code 1" in refusal
    assert "not logged in, for EMAIL_PASSWORD is not set: (530, " in refusal
    assert "Authentication Required" in refusal


def test_a_deploy_brings_login_and_authority_and_says_no_secret(deployed: DeployedSite, mail: MailServer):
    assert deployed.manage("check_mail") == f"Mail can be sent: by {mail.address}:587, logged in as {mail.sender}"
    assert mail.sender_password not in "\n".join(deployed.said)


def test_her_login_goes_through_the_server_the_mail_server_and_the_mailbox(
    deployed: DeployedSite, scratch: Scratch, empty_mail: MailServer
):
    way = [*settings(target=deployed.site.name, sites=deployed.sites), *by_pop3(empty_mail)]
    ran = scratch.behave(*way, *LOGS_IN, MAILBOX_PASSWORD=empty_mail.reader_password)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "1 scenario passed, 0 failed" in ran.stdout
    said_by(scratch, ran, empty_mail)
