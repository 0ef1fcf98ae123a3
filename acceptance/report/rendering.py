"""Templates, by Django's engine alone: no settings of any site are needed, and all text is escaped."""

from functools import cache
from pathlib import Path
from typing import Any

from django.template import Context, Engine, Template

HERE = Path(__file__).parent
STATIC = HERE / "static"


def render(template: str, **values: Any) -> str:
    """Return a page."""
    return str(_template(template).render(Context(values, use_l10n=False, use_tz=False)))


@cache
def _template(name: str) -> Template:
    return _engine().get_template(name)


@cache
def _engine() -> Engine:
    return Engine(dirs=[str(HERE / "templates")])
