"""How an image is built: of what it is named for, leaving nothing behind; and how the site's image serves and ends."""

import json
import os
import re
import shutil
import socket
import time
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from urllib.request import urlopen

import pytest
from docker.errors import ImageNotFound

from acceptance import images
from acceptance.docker_client import EngineError
from acceptance.images import (
    Recipe,
    base_image,
    digest,
    image,
    inputs,
    python_of,
    remove_old_images,
    site_recipe,
    tag_of,
)  # fmt: skip
from acceptance.project import project
from acceptance.wheelhouse import gather
from features.project import ROOT
from tests.targets.engine import FOR_PRODUCTION, by_hand, engine, port_of, run

KIND = f"of-a-test-{os.getpid()}"
NAME = f"superlists-{KIND}"
# gunicorn would bear an idle connection for three times as long.
STOPPED_WITHIN_S = 10


@pytest.fixture
def client():
    with engine() as opened:
        yield opened
        for left in opened.images.list(name=NAME):
            opened.images.remove(str(left.id), force=True)


@pytest.fixture
def recipe(tmp_path):
    """An image that holds one file."""
    (tmp_path / "Dockerfile").write_text("ARG BASE_IMAGE\nFROM ${BASE_IMAGE}\nCOPY word /\nCMD cat /word\n")
    (tmp_path / "word").write_text("first")
    return Recipe(KIND, tmp_path, "Dockerfile")


@pytest.fixture(scope="module")
def container():
    with by_hand(FOR_PRODUCTION) as running:
        yield running


@pytest.fixture
def aged(monkeypatch, client, recipe):
    """Make an image with these tags, and have it kept for so many days; of the test's label: others' are theirs."""

    def made(kept_for_days, *tags):
        monkeypatch.setattr(images, "label", lambda: NAME)
        monkeypatch.setattr(images, "KEPT_FOR", timedelta(days=kept_for_days))
        (recipe.context / "word").write_text(f"{tags}{kept_for_days}")
        base = {"BASE_IMAGE": base_image(client)}
        built = client.images.build(path=str(recipe.context), buildargs=base, labels={NAME: ""}, rm=True)[0]
        for tag in tags:
            built.tag(NAME, tag)

    return made


def printed(client, tag, *command):
    """Return what a container prints, once it has ended: while it does, the engine may have nothing of it yet."""
    container = client.containers.run(tag, list(command) or None, detach=True)
    try:
        container.wait(timeout=30)
        return container.logs().decode()
    finally:
        container.remove(force=True)


def copied(folder):
    """Copy what the site's image is made of."""
    for name in [".dockerignore", *inputs(site_recipe())]:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, folder / name)
    return replace(site_recipe(), context=folder, gathered=folder / "deploy" / "wheels", gather=None)


def edited_while_built(monkeypatch, recipe, times):
    """Have somebody save the file whenever its image is being built."""
    build, words = images.build, iter([f"saved {n}" for n in range(times)])

    def built(*asked, **told):
        with suppress(StopIteration):
            (recipe.context / "word").write_text(next(words))
        return build(*asked, **told)

    monkeypatch.setattr(images, "build", built)


def test_what_is_saved_while_it_is_built_does_not_go_by_another_name(monkeypatch, client, recipe):
    base = str(client.images.get(base_image(client)).id)
    first = tag_of(recipe, base)
    edited_while_built(monkeypatch, recipe, times=1)
    tag = image(client, recipe)
    assert tag == tag_of(recipe, base) != first
    assert printed(client, tag) == "saved 0"
    with pytest.raises(ImageNotFound):
        client.images.get(first)


def test_who_never_stops_saving_is_told(monkeypatch, client, recipe):
    edited_while_built(monkeypatch, recipe, times=99)
    with pytest.raises(EngineError, match="changed while it was built, 3 times"):
        image(client, recipe)
    assert client.images.list(name=NAME) == []


def test_a_build_that_fails_is_told_by_its_last_lines(client, recipe):
    (recipe.context / "Dockerfile").write_text(
        "ARG BASE_IMAGE\nFROM ${BASE_IMAGE}\nRUN echo no such thing as luck && exit 3\n"
    )
    with pytest.raises(EngineError, match=r"(?s)no such thing as luck.*returned a non-zero code: 3"):
        image(client, recipe)


def test_no_base_image_and_no_registry_that_has_it(monkeypatch, client, recipe):
    declared = replace(project().image, bases=("superlists-no-such-base:1", "superlists-no-such-base:2"))
    monkeypatch.setitem(vars(project()), "image", declared)
    with pytest.raises(EngineError, match=r"superlists-no-such-base:1 is not here, and no registry gave it"):
        image(client, recipe)


def test_the_base_says_which_python_it_has(client):
    base = base_image(client)
    output = printed(client, base, "python3", "--version")
    assert output.startswith(f"Python {python_of(client, base)}.")


@pytest.mark.parametrize(
    ("tags", "kept_for_days", "stays"),
    [
        (["0123456789ab"], 7, ["0123456789ab"]),
        (["0123456789ab"], -1, []),
        (["latest"], -1, ["latest"]),
        (["0123456789ab", "latest"], -1, ["latest"]),
        (["just-made"], -1, ["just-made"]),
    ],
)
def test_images_that_nobody_used_for_a_week_go(aged, client, tags, kept_for_days, stays):
    aged(kept_for_days, *tags)
    remove_old_images(client, keep=f"{NAME}:just-made")
    left = [tag.partition(":")[2] for each in client.images.list(filters={"label": NAME}) for tag in each.tags]
    assert left == stays


def test_the_image_of_a_container_stays(aged, client):
    aged(-1, "0" * 12)
    container = client.containers.create(f"{NAME}:{'0' * 12}")
    try:
        remove_old_images(client, keep="")
        assert client.images.list(name=NAME)
    finally:
        container.remove(force=True)


def test_it_is_built_anew_when_an_input_changed_and_not_when_only_its_time_did(tmp_path, monkeypatch):
    copy = copied(tmp_path)
    before = digest(copy, "base")
    assert before == digest(site_recipe(), "base")
    os.utime(tmp_path / "manage.py", (0, 0))
    (tmp_path / "README.md").write_text("no input")
    assert digest(copy, "base") == before
    new = tmp_path / "superlists" / "new.py"
    new.write_text("")
    added = digest(copy, "base")
    new.chmod(0o755)
    executable = digest(copy, "base")
    new.rename(new.with_name("newer.py"))
    renamed = digest(copy, "base")
    monkeypatch.setattr(images, "release", lambda: "another commit")
    assert len({before, added, executable, renamed, digest(copy, "base"), digest(copy, "another base")}) == 6


def test_a_checkout_for_its_owner_only_makes_a_site_that_starts_without_a_network(client, tmp_path):
    gather(python_of(client, base_image(client)))
    copied(tmp_path)
    shutil.copytree(ROOT / "deploy" / "wheels", tmp_path / "deploy" / "wheels")
    for path in tmp_path.rglob("*"):
        path.chmod(0o700 if path.is_dir() else 0o600)
    client.images.build(
        path=str(tmp_path), dockerfile=site_recipe().dockerfile, buildargs={"BASE_IMAGE": base_image(client)},
        network_mode="none", rm=True, forcerm=True, tag=f"{NAME}:site",
    )  # fmt: skip
    with (
        by_hand(FOR_PRODUCTION, of=f"{NAME}:site") as container,
        urlopen(f"http://localhost:{port_of(container)}/", timeout=10) as answer,
    ):
        assert answer.status == 200


def test_it_runs_as_nobody_in_particular_and_holds_no_test_tools(container):
    assert run(container, "id", "--user", "--name").strip() == "nonroot"
    assert container.exec_run(["sh", "-c", "echo x > /src/manage.py"])[0] != 0
    packages = run(container, "sh", "-c", "ls /venv/lib/python*/site-packages").lower()
    assert not re.search(r"behave|selenium|pytest|mypy|docker|^pip$", packages, re.MULTILINE)
    assert container.exec_run(["ls", "/src/db.sqlite3"])[0] != 0


def test_there_is_no_secret_in_any_layer(container):
    history = json.dumps(container.image.history())
    assert "/src" in history
    # The key of the build is of a stage that is thrown away.
    assert not re.search(r"SECRET_KEY|PASSWORD", history)
    assert [entry for entry in container.image.attrs["Config"]["Env"] if "SECRET" in entry or "PASSWORD" in entry] == []


def test_the_engine_can_ask_it_for_its_health(container):
    asked = container.image.attrs["Config"]["Healthcheck"]["Test"]
    # An engine may be set to give every container a proxy, which leads nowhere from within.
    code, output = container.exec_run(asked[1:], environment={"http_proxy": "http://127.0.0.1:9"})
    assert code == 0, output
    sick = [word.replace("/health/", "/nowhere/") for word in asked[1:]]
    assert container.exec_run(sick)[0] != 0


def test_a_folder_of_ones_own_holds_the_database_and_it_ends_at_once_once_it_finished_what_it_was_asked(tmp_path):
    os.chown(tmp_path, 8888, -1)
    with by_hand(FOR_PRODUCTION, folder=str(tmp_path)) as stopping:
        assert (tmp_path / "db.sqlite3").exists()
        address = ("localhost", port_of(stopping))
        # A browser keeps a connection open ahead of need; nobody waits for that one.
        with socket.create_connection(address), socket.create_connection(address) as asking:
            asking.sendall(b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\nConnection: close\r\n\r\ntext=")
            time.sleep(0.2)
            stopping.kill("SIGTERM")
            time.sleep(0.5)
            asking.sendall(b"Milk")
            answer = b"".join(iter(lambda: asking.recv(65536), b""))
            assert stopping.wait(timeout=STOPPED_WITHIN_S)["StatusCode"] == 0
        assert answer.startswith(b"HTTP/1.1 403"), "answered to the end, though without a CSRF token"
        assert answer.rstrip().endswith(b"</html>")
