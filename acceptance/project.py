"""What a project declares, so that the engine need not know it."""

import os
import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cache
from importlib import import_module
from pathlib import Path

# The module whose PROJECT is meant, where the environment names no other.
DECLARED_IN = "features.project"
VARIABLE = "ACCEPTANCE_PROJECT"
# A name as steps have it: one word, with hyphens or without, that begins with no small letter and no digit.
PERSON = r"(?![a-z\d_])\w+(?:-\w+)*"


@dataclass(frozen=True)
class Cast:
    """The people of all scenarios: any other name in a person's place is a mistake."""

    # A Then is about one of them only where a Given or a When of the scenario has named them.
    people: tuple[str, ...]
    # A Then may be about one of them though they have done nothing: "Boris cannot find the list".
    strangers: tuple[str, ...] = ()
    # The headings of columns that hold names, in the tables of steps.
    columns: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Raise ValueError for a name that no step could have."""
        if not self.people or any(isinstance(one, str) for one in (self.people, self.strangers, self.columns)):
            raise ValueError('a cast has people, such as ("Edith",); allowed where there is none: cast=None')
        for name in self.names:
            if not re.fullmatch(PERSON, name) or self.names.count(name) > 1:
                raise ValueError(f"the cast has {name!r}; allowed: single words that begin with a capital, each once")

    @property
    def names(self) -> tuple[str, ...]:
        """The names of everybody, strangers included."""
        return (*self.people, *self.strangers)

    def refusal(self, name: str) -> str:
        """Say that nobody has this name, and which name comes nearest; nothing where somebody has it."""
        if name in self.names:
            return ""
        (nearest,) = get_close_matches(name, self.names, n=1, cutoff=0)
        return f"nobody in the cast is called {name!r}; the nearest name is {nearest!r}"


@dataclass(frozen=True)
class SiteImage:
    """The image of the site, for the container target; the checkout is the context of its build."""

    # From the checkout's folder; it takes the build arguments BASE_IMAGE and RELEASE.
    dockerfile: str = "Dockerfile"
    # The first that is on the machine is the base; else the first is pulled.
    bases: tuple[str, ...] = ("python:3.13-slim",)
    # What the site needs of PyPI, with hashes or without, and where the build finds the wheels of that.
    # Both begin at the checkout's folder.
    requirements: str = "requirements.txt"
    wheels: str = "wheels"
    # The port that the site listens at in the container, and the one folder that it can write to.
    port: int = 8888
    data: str = "/data"


@dataclass(frozen=True)
class Project:
    """What the engine has to know of the site that it tests."""

    # Marks what a run makes on this machine, such as folders, containers and images: letters, digits and -, all small.
    name: str
    # The dotted name of the site's Django settings.
    settings_module: str
    # A page of the site that runs no script and needs no login, which browsers show between two scenarios. An empty
    # one is the quickest, as long as it has the Cross-Origin-Opener-Policy of the others, which a static file lacks.
    resting_path: str
    # Who occurs in the scenarios; None allows any name, and with it any misspelt one.
    cast: Cast | None
    # Patterns of secrets that the site's pages and logs may hold, such as login tokens; their first group stays.
    secrets: tuple[str, ...] = ()
    # The folder of the checkout.
    root: Path = field(default_factory=Path.cwd)
    # Where the site says whether it is healthy, which one it is, and of which release.
    health_path: str = "/health/"
    # The variables that the site reads, as shell patterns: what a shell says of another site, a database of people
    # above all, reaches no site in this process.
    site_variables: tuple[str, ...] = ("DATABASE_URL", "DJANGO_*", "EMAIL_*")
    # What a site in this process is told instead.
    local_environment: Mapping[str, str] = field(default_factory=dict)
    # The Django setting that says where links in mails lead: the local site's port is known only once it listens.
    origin_setting: str = ""
    image: SiteImage = SiteImage()
    # What a site in a container of the run's own is told, by its name and its address; besides DATABASE_URL, EMAIL_*.
    container_environment: Callable[[str, str], Mapping[str, str]] = lambda name, origin: {}  # noqa: ARG005 - nothing
    # How a person makes the site in a container disposable, whose {name} and {url} are put in.
    container_advice: str = ""
    # What runs manage.py on a server, and prints the log since {since} (seconds since the epoch) by line, as text or as
    # journald's JSON, where the sites file does not say; the site's {user} and {host} are put in.
    server_manage: tuple[str, ...] = ("/home/{user}/sites/{host}/manage",)
    server_log: tuple[str, ...] = ()
    # What to do where the site on a server named {name} does not answer.
    server_advice: str = ""


@cache
def project() -> Project:
    """Return the declaration of the project that this process works for."""
    # A program such as behave does not look in the folder that it is started in.
    sys.path.insert(0, str(Path.cwd()))
    declared: Project = import_module(os.environ.get(VARIABLE, DECLARED_IN)).PROJECT
    return declared
