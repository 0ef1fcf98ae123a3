"""The images that this project builds, each only when its inputs changed: by content, not by time."""

import hashlib
import json
import re
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path

from docker import DockerClient
from docker.errors import APIError, BuildError, ImageNotFound
from docker.models.images import Image
from docker.utils.build import exclude_paths

from acceptance.container_engine import EngineError
from acceptance.old_images import LABEL, remove_old_images
from acceptance.wheels import WHEELS, WheelsError, gather

ROOT = Path(__file__).resolve().parent.parent
PUBLISHED_BASE = "python:3.13-slim"
# Made of the system's packages where no registry answers: `make base-image`.
OWN_BASE = "superlists-base:bookworm"
LINES_SHOWN = 20
# So often at most, while somebody is at work on the files.
BUILDS = 3
WHICH_PYTHON = """python3 -c "import sys; sys.exit('python=%d.%d' % sys.version_info[:2])\""""


@dataclass(frozen=True)
class Recipe:
    """What an image is made of: its name, the folder that is its context, the Dockerfile in it, and the last stage.

    Before a build `gather` fills the folder `gathered` of the context, for this engine and this base. What lies
    there follows from the other files.
    """

    name: str
    context: Path
    dockerfile: str
    stage: str = ""
    gathered: Path | None = None
    gather: Callable[[DockerClient, str], None] | None = None
    # Whether it tells which release it is, so that another commit is another image.
    tells_release: bool = False


def _gather_wheels(engine: DockerClient, base: str) -> None:
    try:
        gather(python_of(engine, base))
    except WheelsError as error:
        # The build itself may still reach an index.
        print(f"{error}\nThe build will try.")


SITE = Recipe("superlists", ROOT, "deploy/Dockerfile", gathered=WHEELS, gather=_gather_wheels, tells_release=True)
POSTGRES = Recipe("superlists-postgres", ROOT / "databases" / "image", "Dockerfile")
BOX = Recipe("superlists-box", ROOT / "deploy" / "box", "Dockerfile", stage="server")
BOX_WITH_ENGINE = replace(BOX, name="superlists-box-docker", stage="engine")


def image(engine: DockerClient, recipe: Recipe) -> str:
    """Return the tag of the image of these inputs, built if it is not there yet; raises EngineError."""
    base = base_image(engine)
    base_id = str(engine.images.get(base).id)
    if _is_there(engine, tag := tag_of(recipe, base_id)):
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
    raise EngineError(f"The files of the image {recipe.name} changed while it was built, {BUILDS} times. Try again.")


def build(engine: DockerClient, recipe: Recipe, base: str, tag: str, *, release: str) -> Image:
    """Return the image of this recipe, not named yet; its site says that it is `release`. Raises EngineError."""
    try:
        built, _ = engine.images.build(
            path=str(recipe.context),
            dockerfile=recipe.dockerfile,
            target=recipe.stage,
            buildargs={"BASE_IMAGE": base, "RELEASE": release},
            # Not every Dockerfile knows that it is of this project.
            labels={LABEL: recipe.name},
            rm=True,
            forcerm=True,
        )
    except BuildError as error:
        said = "".join(str(line.get("stream", line.get("error", ""))) for line in error.build_log)
        last = "\n".join(said.strip().splitlines()[-LINES_SHOWN:])
        raise EngineError(f"The image {tag} could not be built. The build's last lines:\n{last}") from error
    return built


def tag_of(recipe: Recipe, base_id: str) -> str:
    """Return what the image of these inputs is called."""
    return f"{recipe.name}:{digest(recipe, base_id)[:12]}"


def base_image(engine: DockerClient) -> str:
    """Return the base that is there, or can be pulled; raises EngineError."""
    for name in (PUBLISHED_BASE, OWN_BASE):
        if _is_there(engine, name):
            return name
    try:
        engine.images.pull(PUBLISHED_BASE)
    except APIError as error:
        raise EngineError(
            f"The base image {PUBLISHED_BASE} is not here, and no registry gave it: {error.explanation}. "
            "`make base-image` makes one from Debian's packages (Debian or Ubuntu, as root)."
        ) from error
    return PUBLISHED_BASE


def digest(recipe: Recipe, base_id: str) -> str:
    """Return what tells these inputs from others: the base, and each file's name, mode and content."""
    found = hashlib.sha256(f"{base_id} {release() if recipe.tells_release else ''}".encode())
    for name in inputs(recipe):
        path = recipe.context / name
        found.update(json.dumps([name, path.stat().st_mode & 0o111]).encode())
        found.update(hashlib.sha256(path.read_bytes()).digest())
    return found.hexdigest()


def inputs(recipe: Recipe) -> list[str]:
    """Return the files that go into the build, but those that follow from the others."""
    return sorted(
        name
        for name in exclude_paths(str(recipe.context), list(_ignored(recipe)), recipe.dockerfile)
        if (recipe.context / name).is_file()
        and not (recipe.gathered and (recipe.context / name).is_relative_to(recipe.gathered))
    )


def _ignored(recipe: Recipe) -> Iterator[str]:
    ignore = recipe.context / ".dockerignore"
    for line in ignore.read_text().splitlines() if ignore.exists() else []:
        if line.strip() and not line.startswith("#"):
            yield line.strip()


def _is_there(engine: DockerClient, name: str) -> bool:
    try:
        engine.images.get(name)
    except ImageNotFound:
        return False
    return True


def python_of(engine: DockerClient, base: str) -> str:
    """Return the version of Python in a base; raises EngineError.

    It is said by a build that fails on purpose: that leaves no image, and its container
    the engine removes by itself, even when whoever asked was killed meanwhile.
    """
    asked = f"FROM {base}\nRUN {WHICH_PYTHON}\n"
    try:
        engine.images.build(fileobj=BytesIO(asked.encode()), rm=True, forcerm=True, nocache=True)
    except BuildError as error:
        said = "".join(str(line.get("stream", "")) for line in error.build_log)
        if found := re.search(r"^\W*(?:\[\d+m)?python=(\d+\.\d+)", said, re.MULTILINE):
            return found[1]
    raise EngineError(f"The base image {base} does not say which Python it has.")


def release(root: Path = ROOT) -> str:
    """Return which code this is: its commit, marked where files were changed or added since; else unknown."""
    said = []
    for asked in (["rev-parse", "--short", "HEAD"], ["--no-optional-locks", "status", "--porcelain"]):
        command = ["git", "-C", str(root), *asked]
        try:
            said.append(subprocess.run(command, capture_output=True, text=True, check=True, timeout=10).stdout.strip())
        except (OSError, subprocess.SubprocessError):
            return "unknown"
    commit, changes = said
    return f"{commit}-dirty" if changes else commit
