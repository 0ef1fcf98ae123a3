"""The site as a process of its own: a copy of it elsewhere, and nothing in its environment."""

import shutil
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from acceptance.waiting import eventually

SITE = Path(__file__).resolve().parents[2]
PRODUCTION = {
    "SITE_ENVIRONMENT": "production",
    "DJANGO_SECRET_KEY": "s3cret-" * 10,
    "DJANGO_ALLOWED_HOST": "lists.example.com",
}


def copied_to(folder):
    """Copy what a release holds; a checkout is one with a .git in it."""
    shutil.copytree(SITE / "superlists", folder / "superlists")
    shutil.copytree(SITE / "acceptance" / "django_app", folder / "acceptance" / "django_app")
    shutil.copy2(SITE / "acceptance" / "__init__.py", folder / "acceptance")
    shutil.copy2(SITE / "manage.py", folder)
    return folder


def python(folder, *arguments, **environ):
    """Run Python in the copy, with these variables and no others."""
    command = [sys.executable, *arguments]
    return subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True, check=False)


def started(folder, *arguments, **environ):
    """Start Python in the copy and go on; its input is open."""
    command = [sys.executable, *arguments]
    pipe = subprocess.PIPE
    return subprocess.Popen(
        command, cwd=folder, env=environ, text=True, stdin=pipe, stdout=pipe, stderr=pipe, bufsize=1
    )


def await_lock_file(process):
    """Return once a process has the lock's file open: what was true before, it has looked at by then."""

    def opened():
        for file in Path(f"/proc/{process.pid}/fd").iterdir():
            # The process closes some of them meanwhile.
            with suppress(FileNotFoundError):
                yield str(file.readlink())

    eventually(lambda: any(path.endswith(".lock") for path in opened()), what="it to want the lock", within_s=30)
