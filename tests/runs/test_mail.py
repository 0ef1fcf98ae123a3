"""Whole runs in which the mail goes another way, or goes wrong."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from acceptance.mailboxes.smtp_server import SmtpServer

from tests.acceptance.mailboxes import pop3_server as pop3
from tests.acceptance.mailboxes.catcher_server import catcher_server
from tests.runs.conftest import Scratch

JOURNEYS = ("features/logging_in.feature", "features/asking_for_a_link.feature")
JOURNEY = "--name=Edith logs in, and out again"
SENDER, PASSWORD = "noreply@lists.test", "s3cret of the sender"
PATTERN = "tests+{name}.{run}.{number}@lists.test"


@pytest.fixture
def sending(tmp_path: Path):
    """Take mail from whoever logs in, and let a site trust the server by the authority in a file."""

    @contextmanager
    def begin(take, authority: str = "") -> Iterator[dict[str, str]]:
        server = SmtpServer(SENDER, PASSWORD, take)
        server.start("127.0.0.1")
        (tmp_path / "both.pem").write_text(server.authority + authority)
        try:
            yield {
                "EMAIL_HOST": "127.0.0.1",
                "EMAIL_PORT": str(server.port),
                "EMAIL_HOST_USER": SENDER,
                "EMAIL_PASSWORD": PASSWORD,
            }
        finally:
            server.stop()

    return begin


def given(**settings: object) -> list[str]:
    """Return settings as behave takes them; a dot in a name is an underscore here."""
    return [text for name, value in settings.items() for text in ("-D", f"{name.replace('_', '.')}={value}")]


def by_pop3(there: pop3.Pop3Server, authority: Path) -> list[str]:
    where = {"mailbox_host": "127.0.0.1", "mailbox_port": there.port, "mailbox_user": pop3.USER}
    return given(mailbox="pop3", mailbox_address=PATTERN, mailbox_poll=0.1, mailbox_ca=authority, **where)


def test_the_journeys_pass_with_mail_by_smtp_and_pop3(scratch: Scratch, sending, tmp_path: Path):
    old = b"From: x@lists.test\r\nTo: edith@lists.test\r\nSubject: Your login link for Superlists\r\n\r\nhttp://localhost/\r\n"
    with pop3.pop3_server(tmp_path) as there:
        there.mails = {f"old-{number}": old for number in range(500)}
        came = iter(range(1000))
        with sending(lambda mail, _: there.put(str(next(came)), mail), there.authority.read_text()) as server:
            how = by_pop3(there, tmp_path / "both.pem")
            ran = scratch.behave(*how, *JOURNEYS, MAILBOX_PASSWORD=pop3.PASSWORD, **server)
        assert "7 scenarios passed, 0 failed, 0 skipped" in ran.stdout, ran.stdout + ran.stderr
        # Read and deleted, but for what Francis was sent and did not read, and a link that was asked for and left.
        assert len(there.mails) == 502
        assert set(there.mails) >= {f"old-{number}" for number in range(500)}


def test_the_journeys_pass_with_a_catcher(scratch: Scratch, sending, tmp_path: Path):
    with catcher_server() as there:
        came = iter(range(1000))
        with sending(lambda mail, to: there.put(str(next(came)), mail, to[0])) as server:
            how = given(mailbox="catcher", mailbox_url=there.url, mailbox_ca=tmp_path / "both.pem")
            ran = scratch.behave(*how, *JOURNEYS, **server)
    assert "7 scenarios passed, 0 failed, 0 skipped" in ran.stdout, ran.stdout + ran.stderr


@pytest.mark.parametrize("way", ["smtp", "server"])
def test_the_journeys_pass_with_mail_that_leaves_this_process(scratch: Scratch, way: str):
    ran = scratch.behave(*given(mailbox=way), *JOURNEYS)
    assert "7 scenarios passed, 0 failed, 0 skipped" in ran.stdout, ran.stdout + ran.stderr
    assert scratch.left_running() == []
    assert scratch.left_behind() == []


@pytest.mark.parametrize("target", ["local", "docker"])
def test_a_site_that_does_not_log_in_to_its_mail_server_is_refused_there(scratch: Scratch, target: str):
    scratch.replace("acceptance/mailboxes/smtp.py", '"EMAIL_PASSWORD": self._password', '"EMAIL_PASSWORD": ""')
    ran = scratch.behave(*given(target=target, mailbox="smtp"), "--junit", JOURNEY)
    assert ran.returncode == 1, ran.stdout + ran.stderr
    evidence = scratch.evidence("logging-in-by-a-mailed-link/edith-logs-in-and-out-again", target)
    assert "Our mail is not working just now." in (evidence / "edith.html").read_text()
    for told in (ran.stdout, (scratch.root / "reports/junit/TESTS-logging_in.xml").read_text()):
        assert "Edith is told ['Sorry, we could not send the link to your To-Do lists" in told
        assert "Traceback (most recent call last):" in told
        assert "smtplib.SMTPSenderRefused: (530, b'5.7.0 Authentication required'" in told


@pytest.mark.parametrize("target", ["local", "docker"])
def test_a_site_trusts_no_other_mail_server(scratch: Scratch, target: str):
    scratch.replace("acceptance/mailboxes/smtp.py", "authority=self.server.authority", 'authority=""')
    ran = scratch.behave(*given(target=target, mailbox="smtp"), JOURNEY)
    assert ran.returncode == 1, ran.stdout + ran.stderr
    assert "ssl.SSLCertVerificationError: [SSL: CERTIFICATE_VERIFY_FAILED]" in ran.stdout
    assert "Edith is told ['Sorry, we could not send the link to your To-Do lists" in ran.stdout


def test_no_password_is_told_anywhere(scratch: Scratch, sending, tmp_path: Path):
    with pop3.pop3_server(tmp_path) as there, sending(print, there.authority.read_text()) as server:
        how = by_pop3(there, tmp_path / "both.pem")
        secrets = {"MAILBOX_PASSWORD": pop3.PASSWORD, "EMAIL_PASSWORD": "wr0ng one of the sender"}
        ran = scratch.behave(*how, "--junit", "--format=plain", JOURNEY, **server | secrets)
        refused = scratch.behave(*how, JOURNEY, **server | secrets | {"MAILBOX_PASSWORD": "wr0ng one of the mailbox"})
    assert ran.returncode == 1
    assert "SMTPAuthenticationError: (535" in ran.stdout
    assert refused.returncode == 2
    assert f"refuses the login of {pop3.USER}" in refused.stderr
    reports = [path for path in (scratch.root / "reports").rglob("*") if path.is_file() and path.suffix != ".png"]
    told = ran.stdout + ran.stderr + refused.stdout + refused.stderr + "".join(path.read_text() for path in reports)
    for secret in (pop3.PASSWORD, "wr0ng one"):
        assert secret not in told


def test_without_a_mailbox_what_needs_one_is_skipped_with_the_reason(scratch: Scratch):
    ran = scratch.behave(*given(mailbox="none"), "--junit", *JOURNEYS)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "2 scenarios passed, 0 failed, 5 skipped" in ran.stdout
    assert "5 scenarios were skipped: mailbox=none reads no mail" in ran.stdout
    junit = scratch.root / "reports/junit"
    assert (junit / "TESTS-logging_in.xml").read_text().count('<skipped message="mailbox=none reads no mail') == 5
    assert "skipped message" not in (junit / "TESTS-asking_for_a_link.xml").read_text()


def test_what_was_not_asked_for_is_not_called_skipped(scratch: Scratch):
    ran = scratch.behave(*given(mailbox="none"), "--junit", "--tags=@smoke")
    assert "were skipped" not in ran.stdout
    assert [path.name for path in (scratch.root / "reports/junit").iterdir()] == ["TESTS-smoke.xml"]


def test_a_run_in_which_all_was_skipped_proved_nothing(scratch: Scratch):
    ran = scratch.behave(*given(mailbox="none"), "--tags=@mailbox")
    assert ran.returncode == 3
    assert "5 scenarios were skipped: mailbox=none reads no mail" in ran.stdout
    assert "No scenario ran, so nothing was proven." in ran.stdout


def test_without_a_mailbox_a_site_that_cannot_send_is_noticed(scratch: Scratch):
    scratch.replace("acceptance/mailboxes/none.py", '{"EMAIL_FILE_PATH": folder()}', '{"EMAIL_HOST": "127.0.0.9"}')
    ran = scratch.behave(*given(mailbox="none"), "--name=Edith asks for a link")
    assert ran.returncode == 1
    assert "Edith is told ['Sorry, we could not send the link" in ran.stdout
    assert "ConnectionRefusedError" in ran.stdout


def test_without_a_mailbox_no_scenario_reads_mail_untagged(scratch: Scratch):
    scratch.replace("features/logging_in.feature", "@mailbox\n", "")
    ran = scratch.behave(*given(mailbox="none"), JOURNEY)
    assert ran.returncode == 1
    assert "A scenario that needs mail is tagged @mailbox." in ran.stdout


def test_a_mailbox_that_is_not_there_is_noticed_before_a_scenario_runs(scratch: Scratch):
    how = given(mailbox="catcher", mailbox_url="http://127.0.0.9:1080")
    ran = scratch.behave(*how, *JOURNEYS, EMAIL_HOST="127.0.0.9")
    assert ran.returncode == 2
    assert "the mail catcher at http://127.0.0.9:1080 cannot be read" in ran.stderr
    assert "passed" not in ran.stdout
    assert scratch.left_running() == []
    # Who reads no mail has no need of it.
    assert scratch.behave(*how, "--tags=@smoke", EMAIL_HOST="127.0.0.9").returncode == 0


def test_all_that_is_wrong_is_told_before_anything_starts(scratch: Scratch):
    how = given(mailbox="pop3", mailbox_port="pop", mailbox_wait=0, mailbox_address="edith@example.com", wait="long")
    ran = scratch.behave(*how, "-D", "mailbox.password=s3cret", PATH="/nowhere", EMAIL_HOST="")
    assert ran.returncode == 2
    for told in ("mailbox.host:", "mailbox.user:", "mailbox.port:", "mailbox.wait:", "mailbox.address:", "wait:"):
        assert f"  {told}" in ran.stderr
    assert "MAILBOX_PASSWORD is not set in the environment" in ran.stderr
    assert "EMAIL_HOST is not set in the environment" in ran.stderr
    assert "s3cret" not in ran.stderr
    assert scratch.left_behind() == []
