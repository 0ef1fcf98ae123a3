"""One process at a time empties a site's database; who comes second is told who was first."""

import os
import re
import signal
import socket
from datetime import UTC, datetime, timedelta
from getpass import getuser

from tests.superlists.checkout import python, started
from tests.superlists.testing.channel import ALIVE, Channel

RESET = ("manage.py", "reset_site", "--site", "localhost")
EDITH = ("--holder", "edith@laptop")
IN_USE = r"CommandError: Refused: the database is in use by (.*) since ([0-9: -]{19}) UTC\. Scenarios need it .*\.\n"


def holder(said):
    found = re.fullmatch(IN_USE, said)
    assert found, said
    assert abs(datetime.fromisoformat(f"{found[2]}+00:00") - datetime.now(UTC)) < timedelta(minutes=1)
    return found[1]


def refused_meanwhile(checkout):
    """Start another process that does not wait; one that was started before it would be refused by then as well."""
    assert python(checkout, *RESET).returncode == 1


def test_a_second_channel_is_told_who_holds_the_database_and_since_when(checkout):
    with Channel(checkout, *EDITH):
        refused = python(checkout, "manage.py", "serve_fixtures")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert holder(refused.stderr) == "edith@laptop"


def test_a_holder_that_gave_no_name_is_its_user_machine_and_process(checkout):
    with Channel(checkout) as channel:
        refused = python(checkout, *RESET)
        assert holder(refused.stderr) == f"{getuser()}@{socket.gethostname()}, process {channel.process.pid}"


def test_a_channel_keeps_a_shell_from_emptying_the_site_but_not_itself(checkout):
    with Channel(checkout, *EDITH) as channel:
        refused = python(checkout, *RESET)
        assert (refused.returncode, holder(refused.stderr)) == (1, "edith@laptop")
        assert channel.ask("reset_site", "--site", "localhost") == {"printed": "localhost is empty"}
        assert python(checkout, *RESET).returncode == 1


def test_what_empties_nothing_needs_no_lock(checkout):
    with Channel(checkout):
        assert python(checkout, "manage.py", "create_session", "edith@example.com").returncode == 0


def test_it_goes_with_the_channel(checkout):
    with Channel(checkout) as channel:
        channel.close()
        assert python(checkout, *RESET).stdout == "localhost is empty\n"


def test_it_goes_with_a_process_that_is_killed(checkout):
    with Channel(checkout) as channel:
        os.kill(channel.process.pid, signal.SIGKILL)
        assert channel.process.wait() == -signal.SIGKILL
        assert python(checkout, *RESET).stdout == "localhost is empty\n"


def test_who_waits_gets_it_once_it_is_free(checkout):
    with Channel(checkout, *EDITH) as channel:
        waiting = started(checkout, *RESET, "--wait", "20")
        refused_meanwhile(checkout)
        assert waiting.poll() is None
        channel.close()
        assert waiting.communicate(timeout=20) == ("localhost is empty\n", "")


def test_a_channel_waits_too(checkout):
    with Channel(checkout, *EDITH) as first:
        second = Channel(checkout, "--wait", "20")
        refused_meanwhile(checkout)
        assert second.process.poll() is None
        first.close()
        with second:
            assert second.ask("reset_site", "--site", "localhost") == {"printed": "localhost is empty"}


def test_a_channel_that_waits_ends_when_its_asker_is_gone(checkout):
    with Channel(checkout, *EDITH):
        waiting = started(checkout, "manage.py", "serve_fixtures", "--wait", "600")
        refused_meanwhile(checkout)
        assert waiting.poll() is None
        out, err = waiting.communicate(timeout=5)
    assert (out, waiting.returncode) == ("", 1)
    assert "Whoever waited for the database is gone." in err


def test_what_was_asked_while_it_waited_is_answered(checkout):
    with Channel(checkout, *EDITH) as first:
        second = Channel(checkout, "--wait", "20")
        second.process.stdin.write(ALIVE.decode())
        refused_meanwhile(checkout)
        first.close()
        with second:
            assert second.answer() == {"alive": True}
