"""Whether a container is healthy is asked by its socket."""

import pytest

from deploy.remote import await_health
from tests.answering_server import answering, http


@pytest.mark.parametrize(
    ("status", "seen"),
    [
        (200, ""),
        (503, "It did not become healthy within 0.1 s. /health/ answered last: 503"),
        (500, "It has ended. /health/ answered last: 500"),
    ],
)
def test_only_a_site_that_says_so_is_healthy(tmp_path, monkeypatch, capsys, status, seen):
    monkeypatch.setattr(await_health, "runs", lambda _: "ended" not in seen)
    with answering(lambda _: http(status=f"{status} As it is"), socket=str(tmp_path / "a.sock")) as path:
        assert await_health.main(path, "unit", 0.1) == bool(seen)
    assert capsys.readouterr().err.strip() == seen
