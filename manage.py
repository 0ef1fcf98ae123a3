#!/usr/bin/env python
"""Django's command line for Superlists; `manage.py behave ARGS` becomes plain behave."""

import os
import sys
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent


def behave(arguments: list[str]) -> None:
    """Replace this process with `behave ARGS`; it makes a database of its own."""
    if "--use-existing-database" in arguments:
        sys.exit(
            "--use-existing-database is refused: scenarios empty the database they run on. "
            "`behave` makes one of its own; `behave -D target=…` names another site."
        )
    os.execv(sys.executable, [sys.executable, "-m", "behave", *arguments])  # noqa: S606 - plain behave, with these arguments


def assume_local_in_a_checkout() -> None:
    """Take an unnamed environment as `local`, but only where a developer works.

    A deployed release has no .git, so there an unset environment stays production.
    A database that the shell names may be a server's, which is then not assumed.
    """
    if not os.environ.get("SITE_ENVIRONMENT") and (CHECKOUT / ".git").exists():
        named = [name for name in ("DATABASE_URL", "DJANGO_DB_PATH") if os.environ.get(name)]
        if named:
            sys.exit(
                f"{' and '.join(named)} is set and SITE_ENVIRONMENT is not, so it is not clear whose database this is. "
                f"To work on this checkout's own database, unset {' and '.join(named)}; to work on that one, "
                "set SITE_ENVIRONMENT to the environment of the site that it belongs to."
            )
        os.environ["SITE_ENVIRONMENT"] = "local"
        os.environ.setdefault("SUPERLISTS_TESTING", "1")


def main() -> None:
    """Run the command that the command line names."""
    if sys.argv[1:2] == ["behave"]:
        behave(sys.argv[2:])
    assume_local_in_a_checkout()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "superlists.settings")
    from django.core.management import execute_from_command_line  # noqa: PLC0415 - after the environment

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
