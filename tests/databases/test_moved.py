"""A root folder that was moved while its servers went on: nobody is lent a second server on the same data."""

from pathlib import Path

import pytest

from databases.errors import RefusedError
from tests.databases.service import PASSWORD, rows, running, write_rows


def test_data_that_a_server_has_already_gets_no_second_server(new_service, tmp_path: Path):
    before, after = tmp_path / "before", tmp_path / "after"
    with running(new_service(before)) as service:
        first = service.client().make("peacock", PASSWORD)
        write_rows(first, "Buy peacock feathers")
    before.rename(after)
    with running(new_service(after)) as moved:
        moved.tokens = service.tokens
        with pytest.raises(RefusedError, match="Another server has this storage already"):
            moved.client().make("peacock", PASSWORD)
    assert rows(first) == ["Buy peacock feathers"]
