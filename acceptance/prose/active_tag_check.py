"""Finds mistyped active tags, such as @use.with_mailbox=smtp: a scenario would run everywhere, or nowhere."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from behave.model import Feature
from behave.tag_matcher import ActiveTagMatcher

from acceptance.settings import MAILBOXES, TARGETS, UserData
from acceptance.sites import site_names

# A project's tags may be called anything else.
BEGINS = re.compile(rf"(?:{'|'.join(ActiveTagMatcher.tag_prefixes)})\.")
FORM = ActiveTagMatcher.make_tag_pattern(ActiveTagMatcher.tag_prefixes)
SITES = UserData.model_fields["sites"].default


def active_tag_mistakes(features: Iterable[Feature], userdata: Mapping[str, str]) -> Iterator[str]:
    """Go through the tags that begin as an active one and are none that a run knows, each once and with its place.

    A target may be any site of the sites file that behave's `userdata` names. Raises SitesError where it is damaged.
    """
    sites = Path(userdata.get("sites", SITES))
    # What a tag can be about, and what tells the values of it.
    values = {"target": lambda: (*TARGETS, *site_names(sites)), "mailbox": lambda: MAILBOXES}
    scenarios = [scenario for feature in features for scenario in feature.walk_scenarios()]
    # Of an outline's tags, behave does not keep the line: the example's is told.
    tags = {(one.filename, getattr(tag, "line", one.line), str(tag)) for one in scenarios for tag in one.effective_tags}
    for file, line, tag in sorted(tags):
        if BEGINS.match(tag) and (allowed := _allowed_instead(tag, values)):
            yield f"{file}:{line}: @{tag} is no tag that a run knows; allowed: {allowed}"


def _allowed_instead(tag: str, values: Mapping[str, Callable[[], tuple[str, ...]]]) -> str:
    """Return what is allowed instead of a tag; nothing where it is allowed itself."""
    match = FORM.match(tag)
    if not match or match["category"] not in values:
        return " or ".join(f"@use.with_{category}=…, @not.with_{category}=…" for category in values)
    allowed = values[match["category"]]()
    return "" if match["value"] in allowed else ", ".join(allowed)
