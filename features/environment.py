"""Behave's hooks, in reading order: the site, its fixtures, the scenarios, what is kept of them."""

from behave.model import Scenario, Step
from behave.runner import Context

from acceptance import hooks
from acceptance.targets import open_target
from features.fixtures import Fixtures


def before_all(context: Context) -> None:
    """Start the site that `-D target=` names (or else behave.ini), and a browser.

    local is a site in this process, docker one in a container; any other name is that of a site on a server,
    which the sites file knows. Whichever it is, the scenarios are the same.
    """
    context.target = open_target(context.settings)
    hooks.before_all(context)
    context.fixtures = Fixtures(context.target)


def before_scenario(context: Context, scenario: Scenario) -> None:
    """Give the scenario a clean browser, an empty site, and people whom nobody has met yet."""
    hooks.before_scenario(context, scenario)
    # Where the lists of this scenario are, and whose, by the names that the prose gives them; whose window has a size.
    context.lists, context.owners, context.sized_windows = {}, {}, set()


def after_step(context: Context, step: Step) -> None:
    """Keep what people saw, and the site's log, of a step that failed."""
    hooks.after_step(context, step)


def after_scenario(context: Context, scenario: Scenario) -> None:
    """Let no browser that saw a failure serve another scenario."""
    hooks.after_scenario(context, scenario)


def after_all(context: Context) -> None:
    """Let the site and the browser end undisturbed."""
    hooks.after_all(context)
