"""What a project's environment.py calls in behave's hooks of the same names, in reading order.

The runner has read the settings before: `context.settings`, and `context.scenarios` that were selected.
"""

import sys
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from behave.model import Scenario, Step
from behave.runner import Context
from behave.tag_matcher import ActiveTagMatcher

from acceptance import evidence, waiting
from acceptance.actors import Actors
from acceptance.browsers import BROWSERS, REMOTE_BROWSERS
from acceptance.browsers.read_only_filter import RefusedRequestError, fail
from acceptance.fixtures import SiteFixtures, needs_fixtures
from acceptance.mailboxes.addresses import Addresses
from acceptance.project import project
from acceptance.proxies import bypass_proxies, is_this_machine
from acceptance.redaction import redacted
from acceptance.report import lifecycle as report
from acceptance.report.report_folder import evidence_folder
from acceptance.setting_values import LOOPBACK
from acceptance.signals import ignore_signals
from acceptance.targets.base import RunRefusedError

# Between here and a node a connection may break, and the filter of what is sent would end with it.
GRID_REFUSED = "{site} is a production site, or may be: no browser on a grid visits it. Allowed without browser.remote."


def before_all(context: Context) -> None:
    """Start `context.target` and a browser; raises RunRefusedError, TargetError, MailboxError or BrowserError."""
    settings, target = context.settings, context.target
    waiting.set_limit(settings.wait)
    if settings.site and is_this_machine(settings.site.host):
        bypass_proxies(settings.site.host)
    if settings.site_host != LOOPBACK:
        bypass_proxies(settings.site_host)
    if target.read_only:
        # Before a browser opens, and without asking the site.
        refuse_fixtures(context)
    # Cleaned up in the opposite order: the browser lets go of the site before it stops.
    context.add_cleanup(target.stop)
    kinds = REMOTE_BROWSERS if settings.browser_remote else BROWSERS
    context.browsers = kinds[settings.browser](
        settings.installed, headless=settings.headless, sandbox=settings.sandbox, authority=settings.authority
    )
    context.add_cleanup(context.browsers.kill)
    with ThreadPoolExecutor(1) as meanwhile:
        opening = meanwhile.submit(context.browsers.start, prepare=settings.makes_site)
        if settings.await_input and not sys.stdin.readline():
            raise RunRefusedError("await.input: standard input ended without a line, so the site was not visited.")
        target.start()
        opening.result()
    if settings.site_host != LOOPBACK:
        print(f"The site is at {target.base_url} until this run ends: other machines reach it there.")
    refuse_fixtures(context)
    if any(map(needs_mailbox, context.scenarios)) and not target.mailbox.unavailable:
        # Raises MailboxError where it cannot be read.
        target.mailbox.now()
    context.read_only = may_only_look(context)
    if context.read_only and settings.browser_remote:
        raise RunRefusedError(GRID_REFUSED.format(site=target.base_url))
    # A site that the run did not make may lead to one that has people's data.
    context.browsers.visit(target.base_url, read_only=context.read_only, same_origin=not settings.makes_site)
    context.addresses = Addresses(settings.mailbox_address)
    context.results.about(**report.about(context))


def needs_mailbox(scenario: Scenario) -> bool:
    """Tell whether people in a scenario read their mail."""
    return "mailbox" in scenario.effective_tags


def refuse_fixtures(context: Context) -> None:
    """Raise RunRefusedError when scenarios are selected that need fixtures, and the site takes none."""
    refused = list(filter(needs_fixtures, context.scenarios))
    # Asked of a server only where it matters: to answer, it takes the lock.
    if refused and (reason := context.target.fixtures_unavailable()):
        raise RunRefusedError(f"{reason}\nSelected here: {len(refused)}, such as {refused[0].name!r}.")


def may_only_look(context: Context) -> bool:
    """Tell whether the site is a production site, or may have production's data: nobody asked it for fixtures."""
    if context.target.read_only or context.target.identity().environment == "production":
        return True
    return not context.settings.makes_site and not any(map(needs_fixtures, context.scenarios))


def before_scenario(context: Context, scenario: Scenario) -> None:
    """Give the scenario a clean browser, an empty site, and a stage with nobody on it; or skip it, and say why."""
    if needs_mailbox(scenario) and context.target.mailbox.unavailable:
        scenario.skip(context.target.mailbox.unavailable)
        return
    here = {"target": context.settings.target, "mailbox": context.settings.mailbox}
    if (matcher := ActiveTagMatcher(here)).should_skip_with_tags(scenario.effective_tags):
        tags = [f"@{tag}" for tag in sorted(scenario.effective_tags) if matcher.tag_pattern.match(tag)]
        scenario.skip(f"it runs {' '.join(tags)}; this run has {here}")
        return
    context.began = time.time()
    context.scenario_id = evidence.scenario_id(scenario.filename, scenario.line)
    context.browsers.clean()
    context.actors = Actors(
        context.browsers,
        context.target.base_url,
        context.scenario_id,
        address_of=context.addresses.for_next_scenario(),
        cast=project().cast,
    )
    context.evidence = evidence.Evidence(
        evidence_folder(context.settings.results_name, scenario, context.results.run),
        context.settings.evidence,
        actors=context.actors,
        log=partial(context.target.log, context.scenario_id, context.began),
        since=context.began,
    )
    if needs_fixtures(scenario):
        SiteFixtures(context.target).reset_site()


def after_step(context: Context, step: Step) -> None:
    """Keep the evidence of a step, above all of one that failed, while everything still stands."""
    # What another step set off is found after the steps that follow, or once the page is left.
    last = step.status.has_failed() or step is [*context.scenario.all_steps][-1]
    if refused := context.browsers.refused_requests(waited_for=last and has_visitors(context)):
        fail(step, refused)
    if step.status.has_failed() and not isinstance(step.exception, KeyboardInterrupt):
        if context.browsers.lost():
            # Each question about evidence would be waited for in vain.
            return
        context.evidence.of_failure(step)
        if context.settings.pause:
            with context.browsers.kept():
                wait_for_a_look(step)
    else:
        context.evidence.of_success(step)


def wait_for_a_look(step: Step) -> None:
    """Tell what failed, and keep the browser open until Enter is pressed."""
    failure = redacted(str(step.error_message))
    if sys.__stdin__ and sys.__stdin__.isatty():
        print(f"\n{failure}\nPaused after: {step.keyword} {step.name}\nPress Enter to go on.", file=sys.__stderr__)
        sys.__stdin__.readline()
    else:
        print(f"\n{failure}\nNot paused: standard input is no terminal.", file=sys.__stderr__)


def after_scenario(context: Context, scenario: Scenario) -> None:
    """Let no browser that saw a failure serve another scenario; without a site, there is no other."""
    if context.read_only and not scenario.status.has_failed():
        # A page may send something as it is left.
        context.browsers.clean()
        refuse_sending(context, waited_for=has_visitors(context))
    if scenario.status.has_failed():
        # The runner lets a scenario run again whose node was lost.
        scenario.lost = context.browsers.lost()
        # It may be in the middle of something, and is not asked to end.
        context.browsers.kill()
        if reason := context.target.failure_reason():
            # Behave captures what is said in a hook, and does not show it of one that went well.
            print(redacted(f"\nNo further scenario is run. {reason}"), file=sys.__stderr__)
            context.abort(reason=reason)


def after_all(context: Context) -> None:
    """Let nothing interrupt the clean-up, which begins here."""
    ignore_signals()
    # Each scenario has waited for its own.
    refuse_sending(context, waited_for=False)


def has_visitors(context: Context) -> bool:
    """Tell whether somebody in the scenario has a browser; a skipped one has no actors."""
    return any(actor.has_browser for actor in getattr(context, "actors", ()))


def refuse_sending(context: Context, *, waited_for: bool) -> None:
    """Raise RefusedRequestError when requests were refused that no step failed for."""
    if "browsers" in context and (refused := context.browsers.refused_requests(waited_for=waited_for)):
        raise RefusedRequestError(refused)
