"""How many workers a run has: as many as were asked for, but one where several would disturb each other."""

from collections.abc import Sequence

from behave.model import Scenario

from acceptance.fixtures import needs_fixtures
from acceptance.settings import Settings
from acceptance.targets import open_target


def worker_count(request: int, settings: Settings, scenarios: Sequence[Scenario]) -> int:
    """Return how many workers run these scenarios where `request` were asked for; say why there is one instead."""
    number = min(request, len(scenarios))
    if number > 1 and (reason := one_worker_reason(settings, scenarios)):
        print(f"One worker, not {request}: {reason}.")
        return 1
    return max(number, 1)


def one_worker_reason(settings: Settings, scenarios: Sequence[Scenario]) -> str:
    """Return why a run with these settings can have one worker only; empty where it can have several."""
    if not settings.headless:
        return "with headless=no, one window is looked at"
    return open_target(settings).one_worker_reason(fixtures=any(map(needs_fixtures, scenarios)))
