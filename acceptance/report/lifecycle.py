"""What happens to the report when a run begins, fails to start, and ends."""

import sys
from typing import Any

from behave.model import Feature
from behave.reporter.base import Reporter

from acceptance.exit_code import Outcome
from acceptance.report.console_formatters import CiFormatter
from acceptance.report.jsonl_formatter import JsonlFormatter
from acceptance.report.junit import JUnitFiles
from acceptance.report.report_data import scenario_keys
from acceptance.report.report_folder import RESULTS, claim, target_folder
from acceptance.report.results_file import remove_unneeded
from acceptance.settings import Settings


def begin(runner: Any) -> JsonlFormatter:
    """Write the results of a run from now on, and build the pages at its end; raises ReportFolderError."""
    settings = runner.context.settings
    target = settings.results_name
    claim(target=target)
    remove_unneeded(target_folder(target), scenario_keys())
    results = JsonlFormatter(target_folder(target) / RESULTS, runner.outcome)
    for reporter in runner.config.reporters:
        if isinstance(reporter, JUnitFiles):
            reporter.target, reporter.run = target, results.run
    runner.formatters.insert(0, results)
    for formatter in runner.formatters:
        if isinstance(formatter, CiFormatter):
            formatter.expected = len(runner.context.scenarios)
    results.about(**order_of(settings))
    if settings.report:
        # Before the one that says how long it all took.
        runner.config.reporters.insert(-1, PagesReporter(runner.config))
    return results


def about(context: Any) -> dict[str, str]:
    """Return what the report says of a run that is ready to begin."""
    site = context.target.identity()
    return {
        "site": site.name,
        "environment": site.environment,
        "release": site.release,
        "address": context.target.base_url,
        "browser": context.browsers.version,
        "sites": str(context.settings.sites) if context.settings.site else "",
    }


def order_of(settings: Settings) -> dict[str, str]:
    """Return in which order the scenarios run, and which part of them, where several machines share them."""
    (number, count), seed = settings.shard, settings.seed
    shard = {"shard": f"{number}/{count}"} if count > 1 else {}
    return {"order": f"-D seed={seed if seed is not None else 'off'}", **shard}


def failed_to_start(context: Any, reason: str) -> None:
    """Write to the results that a run did not start; remove reporters that count scenarios."""
    ours = (JUnitFiles, PagesReporter, Outcome)
    context.config.reporters[:] = [one for one in context.config.reporters if isinstance(one, ours)]
    if hasattr(context, "results"):
        context.results.failed_to_start(reason)


class PagesReporter(Reporter):  # type: ignore[misc] # behave is not typed
    """Builds the pages at the end of a run, whatever its outcome."""

    def feature(self, feature: Feature) -> None:
        """Wait for the end."""

    def end(self) -> None:
        """Build the pages; an error in that does not change the run's result."""
        from acceptance.report.pages import build  # noqa: PLC0415 - loads Django's templates

        try:
            print(f"Report: {build()}")
        except Exception as error:  # noqa: BLE001 - whatever it is, the run has its own result
            print(f"The report could not be made: {type(error).__name__}: {error}", file=sys.stderr)
