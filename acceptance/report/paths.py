"""Where everything of the report is: results and evidence of each target, and the pages."""

import os
import re
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from acceptance.project import project

# The environment variable that names another folder, for runs whose results are nobody's news, such as those of tests.
VARIABLE = f"{project().name.upper().replace('-', '_')}_REPORTS"
REPORTS = Path(os.environ.get(VARIABLE) or "reports")
RESULTS = "results.jsonl"
SITE = "site"
JUNIT = "junit"
# File systems take names of 255 bytes.
NAME_BYTES = 100
# What scenario_key returns, and how runs and targets are called: none of it leaves the folder that it is joined to.
KEY = re.compile(r"[\w-]{1,150}/[\w-]{1,150}")
RUN = re.compile(r"[\w-]{1,64}")
TARGET = re.compile(r"[a-z][a-z0-9-]*")
# The files that evidence is kept in.
EVIDENCE = re.compile(r".+\.(png|png\.txt|html|url)|(site|console)\.log")


def scenario_key(scenario: Any) -> str:
    """Return what identifies a scenario from run to run and on every target: its feature and its name.

    It is the path of its evidence and of its page as well. Where a feature has several
    scenarios of one name, the later ones bear their line.
    """
    feature, name = scenario.feature, slug(scenario.name)
    first = min(other.line for other in feature.walk_scenarios() if slug(other.name) == name)
    later = "" if scenario.line == first else f"-{scenario.line}"
    return f"{slug(feature.name)}/{name}{later}"


def target_folder(target: str, reports: Path | None = None) -> Path:
    """Return the folder of a target's results and evidence; a site may be called what the pages are."""
    return (reports or REPORTS) / (f"{target}-target" if target in (SITE, JUNIT) else target)


def results_file(target: str, reports: Path | None = None) -> Path:
    """Return the file of a target's results."""
    return target_folder(target, reports) / RESULTS


def evidence_folder(target: str, key: str, run: str) -> Path:
    """Return the folder of a scenario's evidence in one run: runs at the same time each have their own."""
    return target_folder(target) / key / run


def folders_with_results(reports: Path) -> list[Path]:
    """Return the folders of all targets that have results, by name."""
    return [file.parent for file in sorted(reports.glob(f"*/{RESULTS}")) if file.parent.name not in (SITE, JUNIT)]


def page_address(target: str, key: str) -> str:
    """Return the address of a scenario's page, seen from the first page; not yet quoted."""
    return f"{target}/{key}.html"


@cache
def slug(name: str) -> str:
    """Return a name as it can stand in a path: one for each name, and of any length."""
    plain = re.sub(r"\W+", "-", name.lower()).strip("-") or "unnamed"
    cut = plain.encode()[:NAME_BYTES].decode(errors="ignore")
    return plain if cut == plain else f"{cut}-{sha256(name.encode()).hexdigest()[:8]}"
