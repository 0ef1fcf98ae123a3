"""What can be asked for: each function is a verb, and its arguments were looked at."""

import os
import subprocess
import sys
from contextlib import suppress
from subprocess import DEVNULL, PIPE
from typing import NoReturn

from .archive import Arriving, hand_on
from .engine import (
    CONFINED,
    ENVIRON,
    HAS_NOT,
    IMAGE,
    LIMIT_S,
    SLOT,
    UNIT,
    Refused,
    Site,
    alone,
    as_the_site,
    asker,
    become,
    bound,
    bound_home,
    docker,
    image,
    is_loaded,
    is_running,
    is_there,
    said_by,
    unit_of,
)
from .sockets import answers, point, slot_of

SERVING, NEXT, BEFORE = "superlists", "superlists-next", "superlists-before"
HEALTHY_WITHIN_S, STOPPED_WITHIN_S, GRACE_S = 30, 40, 30
# What is written is for the site's two accounts.
MANAGE = ("sh", "-c", 'umask 007; exec python manage.py "$@"', "manage")


def layers(_: Site) -> None:
    """Print what need not be sent again: a JSON list for each image, of its layers."""
    for name in docker("image", "ls", "--quiet", IMAGE).split():
        print(docker("image", "inspect", "--format={{json .RootFS.Layers}}", name))


def load(_: Site, release: str) -> None:
    """Take a release's image from standard input, and no other."""
    command = ("docker", "load", "--quiet")
    with subprocess.Popen(command, env=ENVIRON, stdin=PIPE, stdout=DEVNULL, stderr=PIPE) as engine:
        assert engine.stdin  # noqa: S101 - it is a pipe
        try:
            hand_on(Arriving(), engine.stdin, image(release))
        except BrokenPipeError:
            # What it says tells why.
            pass
        except BaseException:
            engine.kill()
            # What was not handed on yet has nowhere to go, which is no reason to tell of that instead.
            with suppress(BrokenPipeError):
                engine.stdin.close()
            raise
        said = engine.communicate(timeout=LIMIT_S)[1]
    if engine.returncode or not is_loaded(release):
        raise Refused(f"the engine did not take {image(release)}. {said.decode(errors='replace').strip()}")


def unpack(site: Site, release: str) -> None:
    """Put a release's static files into a folder beside those that are there, as the user who asked."""
    user = "--user={}:{}".format(*asker())
    copied = ("cp", "--recursive", "/src/static", f"{site.home}/static/.coming")
    docker("run", "--rm", *CONFINED, user, bound_home(site), _loaded(release), *copied)


def has(_: Site, release: str) -> None:
    """Succeed where a release's image is on this machine, and end with HAS_NOT where it is not."""
    if not is_loaded(release):
        sys.exit(HAS_NOT)


def manage(site: Site, release: str, settings: str, *command: str) -> NoReturn:
    """Become a management command: in the container that serves, or of a coming release with its settings."""
    if release != "current":
        _alone_in_a_container(site, settings, _loaded(release), *command)
    serving = _serving(site)
    if is_running(serving):
        become("exec", *_at_hand(), serving, *MANAGE, *command)
    # Somebody stopped it.
    _alone_in_a_container(site, settings, docker("inspect", "--format={{.Config.Image}}", serving), *command)


def serve(site: Site, release: str) -> None:
    """Start this release beside the one that serves, let it serve once it is well, and end the other."""
    tag = _loaded(release)
    with alone(site):
        before, slot = tidied(site)
        after = "b" if slot == "a" else "a"
        _start_next(site, after, tag)
        # With the machine, also if somebody stopped it by hand.
        docker("update", "--restart=always", NEXT)
        if before:
            docker("rename", SERVING, BEFORE)
        docker("rename", NEXT, SERVING)
        point(site.current, site.socket(after))
        if before:
            # Whoever came to it before is served before this: then nobody waits there any more.
            answers(site.socket(slot), within_s=0)
            docker("stop", f"--time={STOPPED_WITHIN_S}", BEFORE)
            docker("rm", BEFORE)


def since(site: Site) -> None:
    """Print since when it serves; fails where it does not."""
    serving = _serving(site)
    if not is_running(serving):
        raise Refused(f"{serving} does not run. It said last:\n{said_by(serving)}")
    print(docker("inspect", "--format={{.State.StartedAt}}", serving))


def remove(_: Site, release: str) -> None:
    """Remove a release's image, if it is there."""
    if is_loaded(release):
        docker("image", "rm", image(release))


def tidied(site: Site) -> "tuple[str, str]":
    """Return the container that serves, under its proper name, and its slot; what a killed try left is removed."""
    slot, serving = slot_of(site.current), _of_the_slot(site)
    for name in filter(is_there, (SERVING, NEXT, BEFORE)):
        if unit_of(name) != site.unit:
            raise Refused(f"there is a container {name} that is not this site's. Rename it, or remove it")
        if name != serving:
            docker("rm", "--force", name)
    if serving not in ("", SERVING):
        docker("rename", serving, SERVING)
    return serving and SERVING, slot


def _alone_in_a_container(site: Site, settings: str, tag: str, *command: str) -> NoReturn:
    told = ("run", "--rm", *_at_hand(), "--log-driver=none")
    become(*told, *as_the_site(site, settings), tag, *MANAGE, *command)


def _at_hand() -> "list[str]":
    """Return what gives the command the input of whoever asks; also their terminal, if they are at one."""
    return ["--interactive", *(["--tty"] if os.isatty(0) and os.isatty(1) else [])]


def _loaded(release: str) -> str:
    """Return the tag of a release's image; raises Refused where it is not here, for the engine would look elsewhere."""
    if is_loaded(release):
        return image(release)
    raise Refused(f"the image {image(release)} is not on this machine any more; fab deploy of that commit sends it")


def _serving(site: Site) -> str:
    """Return the name of the container that serves; raises Refused if there is none."""
    if name := _of_the_slot(site):
        return name
    raise Refused("no release serves yet; fab deploy makes one")


def _of_the_slot(site: Site) -> str:
    """Return the container that the link leads to, whatever it is called just now; empty if there is none."""
    told = (f"--filter=label={UNIT}={site.unit}", f"--filter=label={SLOT}={slot_of(site.current)}")
    return docker("ps", "--all", *told, "--format={{.Names}}").partition("\n")[0]


def _start_next(site: Site, slot: str, tag: str) -> None:
    """Return once the next container is well; or remove it, and raise what it said."""
    told = (f"--name={NEXT}", f"--label={UNIT}={site.unit}", f"--label={SLOT}={slot}")
    logged = ("--log-driver=journald", f"--log-opt=tag={site.unit}")
    sockets = bound(f"{site.state}/sockets")
    gunicorn = ("gunicorn", "--config=/src/gunicorn.conf.py", f"--bind=unix:{site.socket(slot)}")
    served = (*gunicorn, f"--graceful-timeout={GRACE_S}", "superlists.wsgi")
    docker("run", "--detach", *told, *logged, *as_the_site(site, ".env"), sockets, tag, *served)
    if not answers(site.socket(slot), within_s=HEALTHY_WITHIN_S, gone=lambda: not is_running(NEXT)):
        said = said_by(NEXT)
        docker("rm", "--force", NEXT)
        raise Refused(f"{tag} does not become well. It said last:\n{said}")
