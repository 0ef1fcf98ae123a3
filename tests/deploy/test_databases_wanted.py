"""What a request for a database may say."""

import hashlib
import hmac
from base64 import b64decode

import pytest

from databases.database_request import Wanted
from databases.errors import RefusedError
from databases.scram import scram

PORTS = range(20000, 20010)
GOOD = {"storage_dir": "peacock-2", "admin_password": "correct horse"}


def test_a_request_as_it_should_be():
    assert Wanted.read(GOOD, PORTS) == Wanted("peacock-2", "correct horse", None)
    assert Wanted.read(GOOD | {"port": 20003}, PORTS).port == 20003
    assert Wanted.read(GOOD | {"port": None}, PORTS).port is None


@pytest.mark.parametrize(
    "name",
    [
        "",
        ".",
        "..",
        "../x",
        "a/b",
        "/etc",
        "a\\b",
        "a.b",
        "A",
        "-a",
        "_a",
        "ä",
        "a b",
        "a\n",
        "a\0",
        "a" * 64,
        7,
        None,
        ["a"],
    ],
)
def test_a_storage_dir_is_a_name_and_no_path(name):
    with pytest.raises(RefusedError, match="storage_dir: a name of 1 to 63") as refused:
        Wanted.read(GOOD | {"storage_dir": name}, PORTS)
    assert refused.value.status == 400


@pytest.mark.parametrize("password", ["", "short", "line\nfeed", "nul\0nul0", "pässword", "a" * 129, 12345678, None])
def test_a_password_that_is_none(password):
    with pytest.raises(RefusedError) as refused:
        Wanted.read(GOOD | {"admin_password": password}, PORTS)
    assert str(refused.value) == "admin_password: 8 to 128 printable ASCII characters"


@pytest.mark.parametrize("port", [0, -1, 80, 19999, 20010, 65536, "20003", 20003.0, True, [20003]])
def test_a_port_is_one_of_the_range(port):
    with pytest.raises(RefusedError, match="port: a whole number from 20000 to 20009"):
        Wanted.read(GOOD | {"port": port}, PORTS)


@pytest.mark.parametrize("body", [None, [], "x", 7, [GOOD]])
def test_a_body_that_is_no_object(body):
    with pytest.raises(RefusedError, match="The body is no JSON object"):
        Wanted.read(body, PORTS)


def test_mistakes_are_told_all_at_once_and_the_password_never():
    with pytest.raises(RefusedError) as refused:
        Wanted.read({"storage": "x", "admin_password": "sécret"}, PORTS)
    said = str(refused.value)
    assert all(word in said for word in ("'storage' is not known", "storage_dir:", "admin_password:"))
    assert "sécret" not in said
    assert "correct horse" not in repr(Wanted.read(GOOD, PORTS))


def test_a_verifier_is_what_postgresql_would_keep():
    # The example of RFC 7677.
    salt = b64decode("W22ZaJ0SNY7soEsUEjb6gQ==")
    kind, rounds, keys = scram("pencil", salt).split("$")
    assert (kind, rounds) == ("SCRAM-SHA-256", "4096:W22ZaJ0SNY7soEsUEjb6gQ==")
    stored, server = map(b64decode, keys.split(":"))
    client_first, nonce = b"n=user,r=rOprNGfwEbeRWgbNEkqO", b"rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0"
    server_first = b"r=" + nonce + b",s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"
    said = b",".join([client_first, server_first, b"c=biws,r=" + nonce])
    assert hmac.digest(server, said, "sha256") == b64decode("6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=")
    proof = b64decode("dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=")
    client = bytes(a ^ b for a, b in zip(proof, hmac.digest(stored, said, "sha256"), strict=True))
    assert hashlib.sha256(client).digest() == stored


def test_two_verifiers_of_one_password_differ():
    assert scram("correct horse") != scram("correct horse")
