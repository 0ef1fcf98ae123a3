"""How an image is built: of what it is named for, leaving nothing behind, from any checkout."""

import os
import shutil
import signal
import subprocess
import sys
from contextlib import suppress
from datetime import timedelta
from urllib.request import urlopen

import pytest
from docker.errors import ImageNotFound

from acceptance import images, old_images
from acceptance.container_engine import EngineError
from acceptance.images import ROOT, SITE, Recipe, base_image, image, inputs, python_of, tag_of
from acceptance.old_images import remove_old_images
from acceptance.waiting import eventually
from acceptance.wheels import WHEELS, gather
from tests.targets.engine import FOR_PRODUCTION, by_hand, engine

NAME = f"superlists-of-a-test-{os.getpid()}"
ASKS = """
import sys
from deploy import images
from tests.targets.engine import engine
images.WHICH_PYTHON = f"sleep 60; : {sys.argv[1]}"
with engine() as client:
    images.python_of(client, images.base_image(client))
"""


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
    return Recipe(NAME, tmp_path, "Dockerfile")


def printed(client, tag, *command):
    """Return what a container prints, once it has ended: while it does, the engine may have nothing of it yet."""
    container = client.containers.run(tag, list(command) or None, detach=True)
    try:
        container.wait(timeout=30)
        return container.logs().decode()
    finally:
        container.remove(force=True)


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


def test_the_base_says_which_python_it_has(client):
    base = base_image(client)
    said = printed(client, base, "python3", "--version")
    assert said.startswith(f"Python {python_of(client, base)}.")


def test_asking_for_its_python_leaves_no_container_even_when_killed(client):
    mark = f"asked-by-{os.getpid()}"
    asking = subprocess.Popen([sys.executable, "-c", ASKS, mark])

    def left():
        listed = client.api.containers(all=True)
        return [each["Id"] for each in listed if mark in each["Command"]]

    eventually(left, what="the container that tells", within_s=20)
    asking.send_signal(signal.SIGKILL)
    asking.wait()
    eventually(left, lambda ids: not ids, what="its end", within_s=15)


def test_a_checkout_for_its_owner_only_makes_a_site_that_starts(client, tmp_path):
    # Where the image is there already, nobody has gathered them.
    gather(images.python_of(client, base_image(client)))
    for name in [".dockerignore", *inputs(SITE), *(str(path.relative_to(ROOT)) for path in WHEELS.glob("*"))]:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    for path in tmp_path.rglob("*"):
        path.chmod(0o700 if path.is_dir() else 0o600)
    tag = image(client, Recipe(NAME, tmp_path, SITE.dockerfile))
    with by_hand(FOR_PRODUCTION, of=tag) as container:
        port = (container.ports["8888/tcp"] or [{}])[0]["HostPort"]
        assert urlopen(f"http://localhost:{port}/", timeout=10).status == 200


@pytest.fixture
def aged(monkeypatch):
    """Set how long images are kept; of the test's label, since those of others are theirs."""

    def keep_for(time):
        monkeypatch.setattr(old_images, "LABEL", NAME)
        monkeypatch.setattr(old_images, "KEPT_FOR", time)

    return keep_for


def labelled(client, recipe):
    base = {"BASE_IMAGE": base_image(client)}
    return client.images.build(path=str(recipe.context), buildargs=base, labels={NAME: ""}, rm=True)[0]


@pytest.mark.parametrize(
    ("tag", "kept_for", "stays"),
    [
        ("0123456789ab", timedelta(days=7), True),
        ("0123456789ab", timedelta(days=-1), False),
        ("latest", timedelta(days=-1), True),
        ("", timedelta(days=-1), False),
        ("", timedelta(days=7), True),
    ],
)
def test_images_that_nobody_used_for_a_week_go(aged, recipe, tag, kept_for, stays):
    aged(kept_for)
    (recipe.context / "word").write_text(f"{tag}{kept_for}")
    with engine() as client:
        built = labelled(client, recipe)
        if tag:
            built.tag(NAME, tag)
        remove_old_images(client, keep=f"{NAME}:of-this-run")
        assert bool(client.images.list(filters={"label": NAME})) == stays
        if stays:
            client.images.remove(str(built.id), force=True)


def test_the_image_of_a_container_and_the_one_just_made_stay(aged, client, recipe):
    aged(timedelta(days=-1))
    for word in ("0" * 12, "1" * 12, "2" * 12):
        (recipe.context / "word").write_text(word)
        labelled(client, recipe).tag("superlists-of-a-test", word)
    container = client.containers.create(f"superlists-of-a-test:{'0' * 12}")
    try:
        remove_old_images(client, keep=f"superlists-of-a-test:{'1' * 12}")
        left = {tag for each in client.images.list(filters={"label": NAME}) for tag in each.tags}
        assert left == {f"superlists-of-a-test:{'0' * 12}", f"superlists-of-a-test:{'1' * 12}"}
    finally:
        container.remove(force=True)
        for each in client.images.list(filters={"label": NAME}):
            client.images.remove(str(each.id), force=True)
