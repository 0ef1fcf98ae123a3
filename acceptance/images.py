"""The images that a project builds, each only when its inputs changed: by content, not by time."""

import hashlib
import json
import re
import subprocess
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from docker import DockerClient
from docker.errors import APIError, BuildError, ImageNotFound
from docker.models.images import Image
from docker.utils.build import exclude_paths

from acceptance.docker_client import EngineError
from acceptance.project import project
from acceptance.wheelhouse import WheelsError, gather

LINES_SHOWN = 20
# So often at most, while somebody is at work on the files.
BUILDS = 3
KEPT_FOR = timedelta(days=7)
PRINT_VERSION = "import sys; print('%d.%d' % sys.version_info[:2])"


@dataclass(frozen=True)
class Recipe:
    """What an image is made of: its kind, the folder that is its context, the Dockerfile in it, and the last stage.

    Before a build `gather` fills the folder `gathered` of the context, for this engine and this base. What lies
    there follows from the other files.
    """

    kind: str
    context: Path
    dockerfile: str
    stage: str = ""
    gathered: Path | None = None
    gather: Callable[[DockerClient, str], None] | None = None
    # Whether the image says which release it is, so that another commit is another image.
    has_release: bool = False


def site_recipe() -> Recipe:
    """Return the recipe of the site's image, as the project declares it."""
    root, declared = project().root, project().image
    wheels = root / declared.wheels
    return Recipe("", root, declared.dockerfile, gathered=wheels, gather=_gather_wheels, has_release=True)


def _gather_wheels(engine: DockerClient, base: str) -> None:
    try:
        gather(python_of(engine, base))
    except WheelsError as error:
        # The build itself may still reach an index.
        print(f"{error}\nThe build will try.")


def image(engine: DockerClient, recipe: Recipe) -> str:
    """Return the tag of the image of these inputs, built if it is not there yet; raises EngineError."""
    base = base_image(engine)
    base_id = str(engine.images.get(base).id)
    if _exists(engine, tag := tag_of(recipe, base_id)):
        return tag
    if recipe.gather:
        # Before the inputs are looked at: it takes its time.
        recipe.gather(engine, base)
    for _ in range(BUILDS):
        tag = tag_of(recipe, base_id)
        print(f"Building the image {tag} from {base}…", flush=True)
        built = build(engine, recipe, base, tag, release=release())
        # A file that changed meanwhile may be in it or not: the image gets no name, and nobody can take it for another.
        if tag_of(recipe, base_id) == tag:
            built.tag(*tag.split(":"))
            remove_old_images(engine, keep=tag)
            return tag
    raise EngineError(f"The files of the image {tag} changed while it was built, {BUILDS} times. Try again.")


def build(engine: DockerClient, recipe: Recipe, base: str, tag: str, *, release: str) -> Image:
    """Return the image of this recipe, not named yet; its site says that it is `release`. Raises EngineError."""
    try:
        built, _ = engine.images.build(
            path=str(recipe.context),
            dockerfile=recipe.dockerfile,
            target=recipe.stage,
            buildargs={"BASE_IMAGE": base, "RELEASE": release},
            # Not every Dockerfile knows that it is of this project.
            labels={label(): recipe.kind},
            rm=True,
            forcerm=True,
        )
    except BuildError as error:
        output = "".join(str(line.get("stream", line.get("error", ""))) for line in error.build_log)
        last = "\n".join(output.strip().splitlines()[-LINES_SHOWN:])
        raise EngineError(f"The image {tag} could not be built. The build's last lines:\n{last}") from error
    return built


def tag_of(recipe: Recipe, base_id: str) -> str:
    """Return what the image of these inputs is called."""
    name = f"{project().name}-{recipe.kind}" if recipe.kind else project().name
    return f"{name}:{digest(recipe, base_id)[:12]}"


def label() -> str:
    """Return the label of this project's images; what a build left without a name has it as well."""
    return f"{project().name}.image"


def base_image(engine: DockerClient) -> str:
    """Return the base that is there, or can be pulled; raises EngineError."""
    bases = project().image.bases
    for name in bases:
        if _exists(engine, name):
            return name
    try:
        engine.images.pull(bases[0])
    except APIError as error:
        raise EngineError(
            f"The base image {bases[0]} is not here, and no registry gave it: {error.explanation}. "
            "`make base-image` makes one from Debian's packages (Debian or Ubuntu, as root)."
        ) from error
    return bases[0]


def digest(recipe: Recipe, base_id: str) -> str:
    """Return what tells these inputs from others: the base, and each file's name, mode and content."""
    checksum = hashlib.sha256(f"{base_id} {release() if recipe.has_release else ''}".encode())
    for name in inputs(recipe):
        path = recipe.context / name
        checksum.update(json.dumps([name, path.stat().st_mode & 0o111]).encode())
        checksum.update(hashlib.sha256(path.read_bytes()).digest())
    return checksum.hexdigest()


def inputs(recipe: Recipe) -> list[str]:
    """Return the files that go into the build, but those that follow from the others."""
    ignore = recipe.context / ".dockerignore"
    lines = [line.strip() for line in ignore.read_text().splitlines()] if ignore.exists() else []
    patterns = [line for line in lines if line and not line.startswith("#")]
    return sorted(
        name
        for name in exclude_paths(str(recipe.context), patterns, recipe.dockerfile)
        if (recipe.context / name).is_file()
        and not (recipe.gathered and (recipe.context / name).is_relative_to(recipe.gathered))
    )


def _exists(engine: DockerClient, name: str) -> bool:
    try:
        engine.images.get(name)
    except ImageNotFound:
        return False
    return True


def python_of(engine: DockerClient, base: str) -> str:
    """Return the version of Python in a base, such as 3.13; raises EngineError."""
    # Python's own images say so; of others a container tells.
    said = dict(line.split("=", 1) for line in engine.images.get(base).attrs["Config"]["Env"] or [])
    if version := said.get("PYTHON_VERSION"):
        return ".".join(version.split(".")[:2])
    # The engine itself removes it once it has ended, even when whoever asked was killed meanwhile.
    container = engine.containers.create(base, ["python3", "-c", PRINT_VERSION], auto_remove=True)
    output = container.attach(stream=True)
    try:
        container.start()
    except APIError as error:
        container.remove(force=True)
        raise EngineError(f"The base image {base} does not say which Python it has: {error.explanation}") from error
    return b"".join(output).decode().strip()


def release(root: Path | None = None) -> str:
    """Return which code this is: its commit, marked where files were changed or added since; else unknown."""
    output = []
    for arguments in (["rev-parse", "--short", "HEAD"], ["--no-optional-locks", "status", "--porcelain"]):
        command = ["git", "-C", str(root or project().root), *arguments]
        try:
            done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=10)
        except (OSError, subprocess.SubprocessError):
            return "unknown"
        output.append(done.stdout.strip())
    commit, changes = output
    return f"{commit}-dirty" if changes else commit


def remove_old_images(engine: DockerClient, keep: str) -> None:
    """Remove this project's images older than a week, but `keep`, those of containers, and those named by a person."""
    by_content = re.compile(rf"{re.escape(project().name)}(-\w+)*:[0-9a-f]{{12}}")
    oldest = datetime.now(UTC) - KEPT_FOR
    # What was made lately was named lately. Only the others are asked about: each costs a request.
    made = engine.api.images(filters={"label": label()})
    for old_id in [each["Id"] for each in made if each["Created"] < oldest.timestamp()]:
        # One by one: another run may be doing the same, and the engine refuses where a container is of it.
        with suppress(APIError):
            old = engine.images.get(old_id)
            if _named_at(old) < oldest:
                for name in [tag for tag in old.tags if by_content.fullmatch(tag) and tag != keep]:
                    engine.images.remove(name)
                if not old.tags:
                    engine.images.remove(str(old.id))


def _named_at(image: Any) -> datetime:
    """Return when an image was last given a name, or else made."""
    tagged = str(image.attrs.get("Metadata", {}).get("LastTagTime", ""))
    moment = tagged if tagged > "0002" else str(image.attrs["Created"])
    return datetime.fromisoformat(moment[:19]).replace(tzinfo=UTC)
