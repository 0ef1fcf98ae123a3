"""All that can be said of the code without running its tests."""

import subprocess
import sys

COMMANDS = (
    ["-m", "ruff", "check", "."],
    ["-m", "ruff", "format", "--check", "."],
    ["-m", "mypy"],
    # Every step of every feature has a definition.
    ["-m", "behave", "--dry-run", "--format=null", "--no-summary"],
    # Prose, and steps that are unused or ambiguous.
    ["-m", "acceptance.prose.lint"],
    ["manage.py", "makemigrations", "--check", "--dry-run"],
)


def main() -> int:
    """Run all of them, so that one push mends everything; return 0 if each is content."""
    return int(any([_fails(command) for command in COMMANDS]))  # noqa: C419 - all of them, not up to the first


def _fails(command: list[str]) -> bool:
    print(f"- {' '.join(command)}", flush=True)
    return subprocess.run([sys.executable, *command], check=False).returncode != 0


if __name__ == "__main__":
    sys.exit(main())
