"""Finds mistyped active tags, such as @use.with_mailbox=smtp: a scenario would run everywhere, or nowhere."""

import re
from collections.abc import Iterable, Iterator

from behave.model import Feature
from behave.tag_matcher import ActiveTagMatcher

from acceptance.settings import MAILBOXES

# A project's tags may be called anything else.
BEGINS = re.compile(rf"(?:{'|'.join(ActiveTagMatcher.tag_prefixes)})\.")
FORM = ActiveTagMatcher.make_tag_pattern(ActiveTagMatcher.tag_prefixes)
# What a tag can be about, with the values of it. A target may be any site of the sites file.
VALUES: dict[str, tuple[str, ...]] = {"target": (), "mailbox": MAILBOXES}


def active_tag_mistakes(features: Iterable[Feature]) -> Iterator[str]:
    """Go through the tags that begin as an active one and are none that a run knows, each once and with its place."""
    scenarios = [scenario for feature in features for scenario in feature.walk_scenarios()]
    # Of an outline's tags, behave does not keep the line: the example's is told.
    tags = {(one.filename, getattr(tag, "line", one.line), str(tag)) for one in scenarios for tag in one.effective_tags}
    for file, line, tag in sorted(tags):
        if BEGINS.match(tag) and (allowed := _allowed_instead(tag)):
            yield f"{file}:{line}: @{tag} is no tag that a run knows; allowed: {allowed}"


def _allowed_instead(tag: str) -> str:
    """Return what is allowed instead of a tag; nothing where it is allowed itself."""
    match = FORM.match(tag)
    if not match or match["category"] not in VALUES:
        return " or ".join(f"@use.with_{category}=…, @not.with_{category}=…" for category in VALUES)
    values = VALUES[match["category"]]
    if not match["value"] or (values and match["value"] not in values):
        return ", ".join(values) or "the name of a target"
    return ""
