"""What is taken for a site's word on itself, and what is not."""

import re

import pytest
from trustme import CA

from acceptance.targets.health_client import health, visit
from tests.answering_server import answering, http

SAID = http(b'{"healthy": false, "site": "a", "environment": "docker", "release": "1"}', "503 Service Unavailable")


def test_a_site_that_is_not_well_is_a_site():
    with answering(lambda _: SAID) as address:
        assert health(address)["site"] == "a"


@pytest.mark.parametrize("answer", [http(b"<html>"), http(b"[]"), http(b'{"healthy": true}'), http(b"\xff")])
def test_what_is_no_sites_answer_is_a_mistake_and_not_a_crash(answer):
    with (
        answering(lambda _: answer) as address,
        pytest.raises(ValueError, match="answers, but not as a site of superlists does"),
    ):
        health(address)


def test_no_proxy_stands_between_a_run_and_its_own_machine(monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("no_proxy", "")
    with answering(lambda _: SAID) as address:
        assert health(address)["release"] == "1"


def test_a_visit_takes_any_answer_and_fails_where_there_is_none():
    with answering(lambda _: http(status="404 Not Found")) as address:
        visit(address)
    with answering(lambda _: b"+OK\r\n") as address, pytest.raises(OSError, match="Connection aborted"):
        visit(address)


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("http://127.0.0.1:9", "Failed to establish a new connection: [Errno 111] Connection refused"),
        ("http://nowhere.invalid", "Failed to resolve 'nowhere.invalid' "),
    ],
)
def test_why_nobody_answers_is_told_without_the_names_of_objects(address, reason):
    with pytest.raises(OSError, match=f"^{re.escape(reason)}"):
        visit(address)


def test_a_certificate_is_trusted_for_its_own_address_by_who_knows_its_authority(tmp_path):
    authority, file = CA(), tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(file))
    with answering(lambda _: SAID, authority.issue_cert("127.0.0.1")) as address:
        assert health(address, file)["site"] == "a"
        with pytest.raises(OSError, match="CERTIFICATE_VERIFY_FAILED"):
            health(address)
    elsewhere = answering(lambda _: SAID, authority.issue_cert("127.0.0.2"))
    with elsewhere as address, pytest.raises(OSError, match="IP address mismatch"):
        health(address, file)
