import pytest

from tests.acceptance.config_files import mistakes, read


def test_a_new_container_is_the_default(environ):
    config = read(environ, target="docker")
    assert (config.docker_container, config.docker_port, config.database, config.lock_wait) == (
        "new",
        None,
        "sqlite",
        0,
    )


@pytest.mark.parametrize("port", ["0", "65536", "-1", "http", "", "²"])
def test_a_port_that_is_none_is_a_mistake(environ, port):
    said = mistakes(environ, target="docker", **{"docker.port": port})
    assert f"docker.port: {port!r} is not a port; allowed: free, or 1 to 65535" in said


@pytest.mark.parametrize("name", ["", "--rm", "a b", "../x", "a/b"])
def test_a_name_that_no_container_can_have_is_a_mistake(environ, name):
    said = mistakes(environ, target="docker", **{"docker.container": name})
    assert f"docker.container: {name!r} is not a container's name; allowed: new, running, or a name" in said


@pytest.mark.parametrize(
    ("name", "value", "default"),
    [
        ("docker.container", "superlists", "new"),
        ("docker.port", "8888", "free"),
        ("database", "postgres", "sqlite"),
        ("lock.wait", "5", "0"),
    ],
)
def test_a_setting_of_another_target_is_a_mistake(environ, name, value, default):
    said = mistakes(environ, **{name: value})
    assert f"{name}: means something with target=docker" in said
    assert f"only; allowed here: {default}" in said
    read(environ, target="docker", **{name: value})


@pytest.mark.parametrize(("name", "value"), [("docker.port", "8888"), ("database", "postgres")])
def test_a_container_that_runs_is_taken_as_it_is(environ, name, value):
    said = mistakes(environ, target="docker", **{"docker.container": "superlists", name: value})
    assert f"{name}: a container that runs already has its own" in said


def test_several_mistakes_about_containers_are_told_at_once(environ):
    said = mistakes(environ, target="docker", database="mysql", **{"docker.port": "x", "lock.wait": "-1"})
    assert "database: 'mysql' is not known; allowed: sqlite, postgres" in said
    assert "docker.port: 'x'" in said
    assert "lock.wait: '-1' is not a time; allowed: 0 to 3600 (seconds)" in said
