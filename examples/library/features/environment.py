"""Behave's hooks: the site that `-D target=` names, its fixtures, the scenarios, what is kept of them."""

from acceptance import hooks
from acceptance.targets import open_target
from behave.model import Scenario, Step
from behave.runner import Context

from features.fixtures import Fixtures


def before_all(context: Context) -> None:
    """Start the site and a browser."""
    context.target = open_target(context.settings)
    hooks.before_all(context)
    context.fixtures = Fixtures(context.target)


def before_scenario(context: Context, scenario: Scenario) -> None:
    """Give the scenario a clean browser and an empty site."""
    hooks.before_scenario(context, scenario)


def after_step(context: Context, step: Step) -> None:
    """Keep what people saw, and the site's log, of a step that failed."""
    hooks.after_step(context, step)


def after_scenario(context: Context, scenario: Scenario) -> None:
    """Let no browser that saw a failure serve another scenario."""
    hooks.after_scenario(context, scenario)


def after_all(context: Context) -> None:
    """Let the site and the browser end undisturbed."""
    hooks.after_all(context)
