"""Behave's hooks: config, then target, then actors, then evidence."""

import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor

from behave.model import Scenario, Step
from behave.runner import Context

from acceptance import evidence, waiting
from acceptance.actors import Actors
from acceptance.browsers import BROWSERS
from acceptance.browsers.base import BrowserError
from acceptance.browsers.read_only_filter import RefusedRequestError, RefusedRequests, fail
from acceptance.exit_code import REFUSED, SETUP_FAILED, Outcome
from acceptance.mailboxes.addresses import Addresses
from acceptance.mailboxes.base import MailboxError
from acceptance.prose.lint import FeatureError, refuse_misread
from acceptance.proxies import bypass, is_here
from acceptance.redaction import Redaction, hide_all, redacted
from acceptance.report import hooks as report
from acceptance.report.junit import instead_of_behaves
from acceptance.report.report_folder import ReportFolderError
from acceptance.scenario_order import shuffle
from acceptance.scenario_selection import needing_fixtures, needs_fixtures, needs_mailbox, selected
from acceptance.settings import Config, ConfigError
from acceptance.signals import Interruption, clean_up_undisturbed
from acceptance.step_status import let_fail
from acceptance.targets import mail_of, open_target
from acceptance.targets.base import RunRefusedError, TargetError
from features.fixtures import Fixtures


def before_all(context: Context) -> None:
    """Start what the whole run needs; a run that cannot start says why, and runs nothing."""
    hide_all(os.environ)
    let_fail(context._runner.step_registry)
    interruption = Interruption()
    interruption.listen()
    outcome = Outcome(context.config, interruption)
    context.config.reporters.append(outcome)
    junit = instead_of_behaves(context.config, outcome)
    context._runner.formatters.insert(0, Redaction())
    # Until the opposite is known: whatever else goes wrong here, behave tells of, and no scenario runs.
    outcome.cannot_start = SETUP_FAILED
    try:
        locations = context._runner.feature_locations()
        refuse_misread(context._runner.features, (location.filename for location in locations))
        start(context, Config.read(context.config.userdata, junit=junit.folder if junit else None))
    except (FeatureError, ConfigError, ReportFolderError, TargetError, MailboxError, BrowserError, OSError) as error:
        # What is wrong with a disk says no more than that.
        print(f"This run cannot start: {error}" if isinstance(error, OSError) else error, file=sys.stderr)
        outcome.cannot_start = REFUSED if isinstance(error, RunRefusedError) else SETUP_FAILED
        context._runner.features.clear()
        report.no_start(context, str(error))
    except Exception as error:
        # Behave tells of it, and ends the run.
        report.no_start(context, f"{type(error).__name__}: {error}")
        raise
    else:
        outcome.cannot_start = 0


def start(context: Context, config: Config) -> None:
    """Bring up the target and put the scenarios in their order."""
    context.settings = config
    waiting.set_limit(config.wait)
    if config.site and is_here(config.site.host):
        bypass(config.site.host)
    context.results = report.begin(context._runner, config)
    # Cleaned up in the opposite order: the browser lets go of the site before it stops.
    context.target = open_target(config)
    if config.site and not config.site.disposable:
        # Known without a look at it.
        refuse_fixtures(context)
    context.add_cleanup(context.target.stop)
    context.browsers = BROWSERS[config.browser](
        config.installed, headless=config.headless, sandbox=config.sandbox, authority=config.authority
    )
    context.add_cleanup(context.browsers.quit)
    if config.looks_only:
        # Before a browser opens, and without asking the site.
        refuse_fixtures(context)
    with ThreadPoolExecutor(1) as meanwhile:
        opening = meanwhile.submit(context.browsers.start)
        context.target.start()
        opening.result()
    refuse_fixtures(context)
    look_into_mailbox(context)
    context.looks_only = may_only_look(context)
    # A site that the run did not make may lead to one that has people's data.
    within = not mail_of(config.target, config.docker_container).made_here
    if context.looks_only or within:
        context._runner.formatters.insert(0, RefusedRequests())
    context.browsers.visit(context.target.base_url, read_only=context.looks_only, same_origin=within)
    context.fixtures = Fixtures(context.target)
    context.addresses = Addresses(config.mailbox_address)
    context.results.about(**report.about(context))
    if config.seed is not None:
        print(f"Order: -D seed={config.seed}")
        shuffle(context._runner.features, config.seed)


def refuse_fixtures(context: Context) -> None:
    """Raise RunRefusedError when scenarios are selected that need fixtures, and the site takes none."""
    refused = needing_fixtures(context._runner.features, context.config)
    # Asked of a server only where it matters: to answer, it takes the lock.
    if refused and (reason := context.target.fixtures_unavailable()):
        raise RunRefusedError(f"{reason}\nSelected here: {len(refused)}, such as {refused[0].name!r}.")


def may_only_look(context: Context) -> bool:
    """Tell whether the site is a production site, or may have production's data: nobody asked it for fixtures."""
    config = context.settings
    if config.looks_only or context.target.identity().environment == "production":
        return True
    if mail_of(config.target, config.docker_container).made_here:
        return False
    return not needing_fixtures(context._runner.features, context.config)


def look_into_mailbox(context: Context) -> None:
    """Raise MailboxError when scenarios are selected that need a mailbox, and it cannot be read."""
    mailbox = context.target.mailbox
    if not mailbox.unavailable and any(map(needs_mailbox, selected(*context._runner.features, config=context.config))):
        mailbox.now()


def before_scenario(context: Context, scenario: Scenario) -> None:
    """Give the scenario a clean browser, an empty site, and a stage with nobody on it; or skip it, and say why."""
    if needs_mailbox(scenario) and context.target.mailbox.unavailable:
        scenario.skip(context.target.mailbox.unavailable)
        return
    # Behave cuts what is printed by as much as was printed in the scenario before.
    context._runner.capture_controller.update_delta_bookmark()
    context.began = time.time()
    context.scenario_id = evidence.scenario_id(scenario.filename, scenario.line)
    context.evidence = report.evidence_of(scenario, context.settings, context.results)
    context.browsers.clean()
    context.actors = Actors(
        context.browsers,
        context.target.base_url,
        context.scenario_id,
        address_of=context.addresses.for_next_scenario(),
    )
    # Where the lists of this scenario are, and whose, by the names that the prose gives them.
    context.lists, context.owners = {}, {}
    if needs_fixtures(scenario):
        context.fixtures.reset_site()


def after_step(context: Context, step: Step) -> None:
    """Keep the evidence of a step, above all of one that failed, while everything still stands."""
    if refused := context.browsers.refused_requests():
        fail(step, refused)
    if step.status.has_failed() and not isinstance(step.exception, KeyboardInterrupt):
        log = context.target.log(context.scenario_id, context.began)
        print(context.evidence.of_failure(context.actors, log, context.began))
        if context.settings.pause:
            wait_for_a_look(step)
    else:
        context.evidence.of_success(step, context.actors)


def after_scenario(context: Context, scenario: Scenario) -> None:
    """Let no browser that saw a failure serve another scenario; without a site, there is no other."""
    if context.looks_only and not scenario.status.has_failed():
        # A page may send something as it is left.
        context.browsers.clean()
        refuse_sending(context)
    if scenario.status.has_failed():
        # It may be in the middle of something, and is not asked to end.
        context.browsers.kill()
        if reason := context.target.failure_reason():
            # Behave captures what is said in a hook, and does not show it of one that went well.
            print(f"\nNo further scenario is run. {reason}", file=sys.__stderr__)
            context.abort(reason=reason)


def after_all(context: Context) -> None:
    """Let nothing interrupt the clean-up, which begins here."""
    clean_up_undisturbed()
    refuse_sending(context)


def refuse_sending(context: Context) -> None:
    """Raise RefusedRequestError when requests were refused that no step failed for."""
    if "browsers" in context and (refused := context.browsers.refused_requests()):
        raise RefusedRequestError(refused)


def wait_for_a_look(step: Step) -> None:
    """Tell what failed, and keep the browser open until Enter is pressed."""
    failure = redacted(str(step.error_message))
    if sys.__stdin__ and sys.__stdin__.isatty():
        print(f"\n{failure}\nPaused after: {step.keyword} {step.name}\nPress Enter to go on.", file=sys.__stderr__)
        sys.__stdin__.readline()
    else:
        print(f"\n{failure}\nNot paused: standard input is no terminal.", file=sys.__stderr__)
