"""`read_mail` prints the messages that the site wrote to files, as its reader would see them."""

import email
import json
import os
import time
from email import policy

import pytest
from django.core.mail import get_connection, send_mail
from django.core.management import CommandError, call_command

pytestmark = pytest.mark.usefixtures("stamp")
BACKEND = "django.core.mail.backends.filebased.EmailBackend"
DASHES = "-" * 79


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    """Have mail written to files, as the site does it."""
    settings.EMAIL_BACKEND = BACKEND
    settings.EMAIL_FILE_PATH = str(tmp_path / "mail")
    return tmp_path / "mail"


@pytest.fixture
def read(run):
    """Read the mail as its reader would."""
    return lambda *options: [shown(mail) for mail in json.loads(run("read_mail", *options))["mail"]]


def shown(mail):
    message = email.message_from_bytes(mail["source"].encode("latin-1"), policy=policy.default)
    body = message.get_body(("plain",))
    assert body
    return str(message["To"]), str(message["Subject"]), body.get_content(), mail["arrived"]


def send(subject="Your login link", body="Here it is", to="edith@example.com", connection=None):
    send_mail(subject, body, "noreply@example.com", [to], connection=connection)


def test_several_messages_come_oldest_first(read, folder, run):
    for number in range(3):
        send(subject=f"Number {number}")
        (written,) = (path for path in folder.iterdir() if not path.name.startswith("aged"))
        os.utime(written, (0, 3000 - number))
        written.rename(folder / f"aged-{number}.log")
    assert [subject for _, subject, *_ in read()] == ["Number 2", "Number 1", "Number 0"]
    assert [subject for _, subject, *_ in read("--after", "2999")] == ["Number 1", "Number 0"]
    before = time.time()
    output = json.loads(run("read_mail", "--after=3000.5"))
    assert (before <= output["now"] <= time.time(), output["mail"]) == (True, [])


@pytest.mark.parametrize(
    ("subject", "body"),
    [
        ("Grüße, 伊迪絲 🦚", "Über den Pfau:\n\n🦚 http://localhost/accounts/login/c2VjcmV0/\n"),
        ("A subject that is long " * 9 + "end", "A line that is longer than any mail server takes: " + "é=x " * 400),
        ("No line's end", "Dear Edith,\r\n.\r\nFrom here"),
        ("Nothing", ""),
        # The backend's own separator belongs to a message that holds it.
        *(("Dashes", body) for body in (DASHES, f"above\n{DASHES}\nbelow", f"{DASHES}\n{DASHES}\n", f"\n{DASHES}\n\n")),
    ],
)
def test_text_comes_out_as_it_went_in_also_where_messages_share_a_file(read, folder, subject, body):
    with get_connection(BACKEND) as connection:
        for to in ("edith@example.com", "francis@example.com"):
            send(subject, body, to, connection)
    assert len(list(folder.iterdir())) == 1
    assert [mail[:3] for mail in read()] == [
        (to, subject, body.replace("\r\n", "\n")) for to in ("edith@example.com", "francis@example.com")
    ]


@pytest.mark.parametrize("written", [20, 300, -1])
def test_a_message_that_is_still_being_written_is_not_there_yet(read, folder, written):
    assert read() == []
    send()
    (file,) = folder.iterdir()
    whole = file.read_bytes()
    file.write_bytes(whole + whole[:written])
    assert len(read()) == 1
    file.rename(folder / "another-kind-of-file")
    assert read() == []


def test_mail_that_is_not_written_to_files_cannot_be_read(settings):
    settings.EMAIL_FILE_PATH = None
    with pytest.raises(CommandError, match="Mail is not written to files here; set EMAIL_FILE_PATH for that"):
        call_command("read_mail")
