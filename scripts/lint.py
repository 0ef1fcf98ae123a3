"""Lint: everything that can be checked without running tests."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# The second site's features, settings and users are its own: mypy looks at it from its own folder.
LIBRARY = ROOT / "examples/library"
# Prose, and steps that are unused or ambiguous.
PROSE = ["-m", "acceptance.prose.lint"]
COMMANDS = (
    ["-m", "ruff", "check", "."],
    ["-m", "ruff", "format", "--check", "."],
    ["-m", "mypy"],
    # Every step of every feature has a definition.
    ["-m", "behave", "--dry-run", "--format=null", "--no-summary"],
    PROSE,
    ["manage.py", "makemigrations", "--check", "--dry-run"],
)


def main() -> int:
    """Run all of them, so that one push mends everything; return 0 if each is content."""
    failures = [_fails(command, ROOT) for command in COMMANDS]
    failures += [_fails(command, LIBRARY) for command in (["-m", "mypy"], PROSE)]
    return int(any(failures))


def _fails(command: list[str], folder: Path) -> bool:
    print(f"- {' '.join(command)} (in {folder.relative_to(ROOT)})", flush=True)
    environment = os.environ | {"PYTHONPATH": str(ROOT), "SITE_ENVIRONMENT": "local"}
    return subprocess.run([sys.executable, *command], cwd=folder, env=environment, check=False).returncode != 0


if __name__ == "__main__":
    sys.exit(main())
