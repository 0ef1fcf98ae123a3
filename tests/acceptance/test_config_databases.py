import pytest

from tests.acceptance.config_files import mistakes, read

URL = "http://127.0.0.1:8700"


@pytest.fixture
def with_token(environ):
    return environ | {"DATABASES_TOKEN": "s3cret-t0ken"}


def test_without_an_address_a_run_makes_its_own(with_token):
    assert read(with_token, target="docker", database="postgres").databases_url == ""


def test_an_address_and_its_token(with_token):
    config = read(with_token, target="docker", database="postgres", **{"databases.url": f"{URL}/"})
    assert (config.databases_url, config.databases_token) == (URL, "s3cret-t0ken")
    assert "s3cret-t0ken" not in repr(config)


def test_a_service_needs_a_token(environ):
    said = mistakes(environ, target="docker", database="postgres", **{"databases.url": URL})
    assert "databases.url: a service of databases needs a token: DATABASES_TOKEN is not set in the environment" in said


def test_a_service_lends_postgresql_only(with_token):
    said = mistakes(with_token, target="docker", **{"databases.url": URL})
    assert "databases.url: means something with database=postgres only; allowed here: nothing" in said


def test_a_service_is_for_containers_only(with_token):
    said = mistakes(with_token, **{"databases.url": URL})
    assert "databases.url: means something with target=docker only; allowed here: nothing" in said


@pytest.mark.parametrize(
    "url", ["127.0.0.1:8700", "ftp://host", "http://", "http://host:0", "http://host:x", f"{URL}?a=b"]
)
def test_an_address_that_is_none(with_token, url):
    said = mistakes(with_token, target="docker", database="postgres", **{"databases.url": url})
    assert f"databases.url: {url!r} is not an address; allowed: such as {URL}" in said


def test_a_token_in_the_address_is_refused_and_not_repeated(with_token):
    said = mistakes(with_token, target="docker", database="postgres", **{"databases.url": "http://me:s3cret@host"})
    assert "databases.url: it holds a login" in said
    assert "s3cret" not in said
