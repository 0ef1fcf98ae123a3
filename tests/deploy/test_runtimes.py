"""Ways of running a site: what each has root do, and where its log is."""

from pathlib import PurePosixPath

from deploy.runtimes import another_of, runtime_of
from deploy.site_layout import Place
from tests.deploy.test_env import place

VIRTUALENV, CONTAINER = place(), place(runtime="docker")
UNIT = "superlists-staging.example.com"


class _Machine:
    """A machine with these files."""

    def __init__(self, *paths: str) -> None:
        self._paths = paths

    def is_there(self, path: PurePosixPath) -> bool:
        return str(path) in self._paths


def test_who_deploys_may_have_root_do_what_the_runtime_needs():
    verbs = ("restart", "reset-failed")
    units = ", ".join(f"/usr/bin/systemctl {verb} {UNIT}.service" for verb in verbs)
    assert runtime_of(VIRTUALENV.site).allowed(VIRTUALENV) == units
    assert runtime_of(CONTAINER.site).allowed(CONTAINER) == f"/usr/local/sbin/{UNIT}"


def test_each_has_a_socket_and_a_log_of_its_own():
    told = [(str(runtime.socket(at)), runtime.journal(at)) for at, runtime in both()]
    assert told == [
        (f"/run/{UNIT}.sock", f"--unit={UNIT}.service"),
        (f"/var/lib/{UNIT}/current.sock", f"--identifier={UNIT}"),
    ]


def both():
    return [(at, runtime_of(at.site)) for at in (VIRTUALENV, CONTAINER)]


def test_a_machine_tells_which_runtime_it_was_made_ready_for():
    unit, program = f"/etc/systemd/system/{UNIT}.socket", f"/usr/local/sbin/{UNIT}"
    assert told(VIRTUALENV, unit) == told(CONTAINER, program) == told(VIRTUALENV) == ""
    assert told(VIRTUALENV, program) == "docker"
    assert told(CONTAINER, unit) == "virtualenv"


def told(at: Place, *paths: str) -> str:
    return another_of(at.site, _Machine(*paths), at)  # type: ignore[arg-type]
