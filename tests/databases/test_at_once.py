"""Many requests at once: one server for each name, and never more than are allowed."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest

from databases import RefusedError
from tests.databases.service import PASSWORD, containers, directories, rows, write_rows


def asked(make, *names: str) -> list:
    """Ask for all of these at the same time; return what came of each, an error as well."""

    def one(name: str):
        try:
            return make(name, PASSWORD)
        except RefusedError as error:
            return error

    with ThreadPoolExecutor(len(names)) as meanwhile:
        return list(meanwhile.map(one, names))


def test_two_requests_for_one_name_give_one_server(edith, service, client):
    first, second = asked(edith.make, "peacock", "peacock")
    assert first == second
    assert len(containers(client, service.root)) == 1
    write_rows(first, "Buy peacock feathers")


def test_there_are_never_more_than_are_allowed(in_process, client):
    databases = in_process(limit=2)
    came = asked(partial(databases.make, "edith"), "a", "b", "c", "d")
    made = [each for each in came if isinstance(each, dict)]
    refused = [each for each in came if isinstance(each, RefusedError)]
    assert (len(made), len(refused)) == (2, 2)
    for each in made:
        write_rows(each, each["storage_dir"])
    assert [rows(each) for each in made] == [[each["storage_dir"]] for each in made]
    assert {(each.status, str(each)) for each in refused} == {
        (409, "There are 2 databases, and no more are allowed; delete one first")
    }
    root = databases.settings.root
    assert len(containers(client, root)) == len(directories(root)) == 2
    # Whoever made them.
    with pytest.raises(RefusedError, match="no more are allowed"):
        databases.make("francis", "x", PASSWORD)
