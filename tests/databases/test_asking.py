"""Who asks, and how: nothing but a well-formed request of one who may make it gets as far as the engine."""

import http.client
import json

import pytest

from databases import RefusedError
from databases.tokens import Tokens
from tests.databases.service import PASSWORD, connected, containers, directories

GOOD: dict[str, object] = {"storage_dir": "peacock", "admin_password": PASSWORD}
AS_JSON = {"Content_Type": "application/json"}
KNOWN = (200, 400, 401, 404, 405, 409, 413, 415)


def sent(service, method: str, path: str, body: bytes = b"", **headers: str) -> tuple[int, dict]:
    """Return the status and the JSON of an answer, whatever was sent."""
    connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=60)
    try:
        connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
        answer = connection.getresponse()
        said = answer.read()
    finally:
        connection.close()
    assert answer.getheader("Content-Type") == "application/json", said
    return answer.status, json.loads(said)


@pytest.fixture
def asked(service, client, edith):
    """Send something with Edith's token; nothing may come of it but an error that says what is wrong."""
    bearer = f"Bearer {service.tokens['edith']}"

    def ask(method: str, path: str, body: bytes = b"", **headers: str) -> int:
        status, said = sent(service, method, path, body, **{"Authorization": bearer} | headers)
        assert status in KNOWN, said
        assert (said["status"] == "OK") == (status == 200)
        assert status == 200 or len(said["error"]) > 10
        return status

    yield ask
    assert (containers(client, service.root), directories(service.root)) == ([], [])
    assert "Traceback" not in service.log()


@pytest.mark.parametrize(
    "header", [None, "", "Bearer", "Bearer ", "Bearer wrong", "Basic {}", "{}", "Bearer {}x", "Bearer \xff"]
)
def test_nobody_gets_in_without_a_token_that_is_known(service, edith, header):
    token = service.tokens["edith"]
    headers = {} if header is None else {"Authorization": header.format(token)}
    for method, path in (("GET", ""), ("POST", ""), ("DELETE", "0123456789ab/"), ("GET", "nowhere/at/all")):
        status, said = sent(service, method, f"/api/containers/{path}", b"{}", **headers)
        assert (status, said["status"]) == (401, "error")
        assert "Authorization: Bearer" in said["error"]
        assert token not in said["error"]


def test_a_token_that_was_removed_is_unknown_at_once(service):
    gone = service.client("gone")
    assert gone.all() == []
    Tokens(service.root).remove("gone")
    del service.tokens["gone"]
    with pytest.raises(RefusedError, match="A token that is known is needed"):
        gone.all()


def test_nobody_sees_or_touches_what_is_somebody_elses(service, edith):
    francis = service.client("francis")
    told = edith.make("peacock", PASSWORD)
    assert francis.all() == []
    for act in (francis.one, francis.stop, francis.start, francis.delete):
        with pytest.raises(RefusedError) as refused:
            act(told["id"])
        assert refused.value.status == 404
    assert edith.one(told["id"])["health"] == "ok"
    # A name is one's own, too.
    other = francis.make("peacock", "francis' password")
    try:
        assert other["id"] != told["id"]
        with connected(other, "francis' password") as theirs:
            theirs.execute("CREATE TABLE theirs ()")
        with connected(told) as hers:
            assert hers.execute("SELECT to_regclass('theirs')").fetchone() == (None,)
    finally:
        francis.delete(other["id"], data="drop")


@pytest.mark.parametrize(
    ("line", "body", "headers", "status"),
    [
        ("POST ", b"{}", {"Content_Type": "text/plain"}, 415),
        ("POST ", b"{", AS_JSON, 400),
        ("POST ", b"\xff\xfe", AS_JSON, 400),
        ("POST ", b"[" * 10000, AS_JSON, 400),
        ("POST ", b" " * 20000, AS_JSON, 413),
        ("PUT ", b"{}", {}, 405),
        ("DELETE ", b"", {}, 405),
        ("GET 0123456789ab/stop/", b"", {}, 405),
        ("GET 0123456789ab/", b"", {}, 404),
        ("POST 0123456789ab/start/", b"", {}, 404),
        ("POST 0123456789ab/fly/", b"", {}, 404),
        ("DELETE 0123456789ab/", b"", {}, 404),
        ("DELETE 0123456789ab/?data=burn", b"", {}, 400),
        ("GET ..%2f..%2ftokens/", b"", {}, 404),
        *(
            ("POST ", json.dumps(GOOD | {key: value}).encode(), AS_JSON, 400)
            for key, values in (
                ("storage_dir", ("", "..", "../../etc", "a/b", "a\0", "%2e%2e", "A", "é", 7)),
                ("admin_password", ("short",)),
                ("port", ("x", True, 80, 70000)),
                ("image", ("x",)),
            )
            for value in values
        ),
    ],
)
def test_each_mistake_has_its_status(asked, line, body, headers, status):
    method, _, path = line.partition(" ")
    assert asked(method, f"/api/containers/{path}", body, **headers) == status
