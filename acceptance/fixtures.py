"""The fixtures that every site with `acceptance.django_app` has; a project adds its own in a class below this one."""

from behave.model import Scenario

from acceptance.redaction import hide
from acceptance.targets.base import Target


def needs_fixtures(scenario: Scenario) -> bool:
    """Tell whether a scenario begins on an empty site; a @smoke scenario takes the site as it is."""
    return "smoke" not in scenario.effective_tags


class SiteFixtures:
    """Data made in advance on the site under test, by management commands of the same names."""

    def __init__(self, target: Target) -> None:
        """Make fixtures on `target`."""
        self._target = target

    def reset_site(self) -> None:
        """Empty the site of people, their data and sessions; names the site it means."""
        self._target.manage("reset_site", "--site", self._target.identity().name)

    def create_session(self, email: str) -> str:
        """Return the key of a session in which `email` is logged in."""
        return hide(self._target.manage("create_session", email))
