"""Builds the static pages: a folder that opens from disk, without a server and without a network."""

import fcntl
import shutil
import tempfile
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from django.template import Context, Engine, Library

from acceptance.project import project
from acceptance.report.evidence_reader import read_evidence
from acceptance.report.formatting import counted, duration, headline, iso, moment, without_prefix
from acceptance.report.report_data import FEATURES, Cell, FeatureText, ReportData, facts, gather, scenario_title
from acceptance.report.report_folder import LOCK, REPORTS, SITE, claim, make_variables
from acceptance.report.results import ResultStatus, ScenarioResult

HERE = Path(__file__).parent

# What the templates shape their values with.
register = Library()
for _filter in (duration, iso, moment, counted, headline, without_prefix, facts, scenario_title, make_variables):
    register.filter(_filter)


def build(reports: Path = REPORTS, features: Path = FEATURES) -> Path:
    """Build the pages of all results; return the first page.

    The old pages stay until the new ones are complete. Raises ReportFolderError.
    """
    claim(reports)
    with (reports / LOCK).open("a") as lock:
        # One at a time: two runs may end together.
        fcntl.flock(lock, fcntl.LOCK_EX)
        with tempfile.TemporaryDirectory(prefix=".site-", dir=reports, ignore_cleanup_errors=True) as folder:
            new, site = Path(folder, "new"), reports / SITE
            _write(new, gather(reports, features), reports)
            if site.exists():
                site.rename(Path(folder, "old"))
            new.rename(site)
    return site / "index.html"


def _write(site: Path, report: ReportData, reports: Path) -> None:
    common = {"report": report, "built": time.time(), "project": project().name.capitalize()}
    shutil.copytree(HERE / "static", site / "static")
    _render("index.html", site / "index.html", common | _index(report))
    for feature, cell, result in _all_results(report):
        page = site / cell.page
        beside = page.with_suffix("")
        evidence = read_evidence(reports / cell.target / cell.scenario.key / result.run.id)
        # Most scenarios have none, and a folder each would take as long as the pages.
        (beside if evidence.files else page.parent).mkdir(parents=True, exist_ok=True)
        for file, name in evidence.files:
            shutil.copy(file, beside / name)
        values = {
            "root": "../../",
            "feature": feature,
            "cell": cell,
            # Each step with the screens after it.
            "steps": [(step, evidence.screens.get(number, [])) for number, step in enumerate(result.steps, 1)],
            "longest": max((step.took for step in result.steps), default=0.0),
            "evidence": evidence,
            "folder": beside.name,
        }
        _render("scenario.html", page, common | values)


def _all_results(report: ReportData) -> Iterator[tuple[FeatureText, Cell, ScenarioResult]]:
    """Go through all results; each has a page."""
    for feature in report.features:
        for scenario in feature.scenarios:
            yield from ((feature, cell, cell.result) for cell in scenario.cells if cell.result)


def _index(report: ReportData) -> dict[str, Any]:
    """Return what the template of the first page cannot gather by itself."""
    status, sentence = report.verdict()
    return {
        "root": "",
        "status": status,
        "sentence": sentence,
        "failures": [(f, cell) for f, cell, _ in _all_results(report) if cell.status is ResultStatus.FAILED],
        "features": [(feature, _sums(feature, report)) for feature in report.features],
        "tags": sorted({tag for scenario in report.scenarios for tag in scenario.tags}),
        "statuses": [*ResultStatus, "older", "changed"],
        "keys": {scenario.key for scenario in report.scenarios},
        "columns": len(report.targets) + 1,
        "ran": [target for target in report.targets if target.last_run.results],
    }


def _sums(feature: FeatureText, report: ReportData) -> Iterator[tuple[str, ResultStatus, int]]:
    """Go through the targets: the worst status of the feature's scenarios there, and how many passed."""
    for number, target in enumerate(report.targets):
        statuses = [scenario.cells[number].status for scenario in feature.scenarios]
        yield target.name, ResultStatus.worst(statuses), statuses.count(ResultStatus.PASSED)


def _render(template: str, page: Path, values: dict[str, Any]) -> None:
    text = _engine().get_template(template).render(Context(values, use_l10n=False, use_tz=False))
    page.write_text(text, encoding="utf-8")


@cache
def _engine() -> Engine:
    """Return Django's template engine alone: it needs no site's settings, and escapes all text."""
    return Engine(dirs=[str(HERE / "templates")], builtins=[__name__])
