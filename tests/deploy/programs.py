"""Runs a program of deploy/remote/ as the server would: by Python, with nothing of the project beside it."""

import subprocess
import sys

from deploy.remote_commands import source


def run_program(name, *arguments, stdin=""):
    """Run it to its end; return what came of that."""
    command = [sys.executable, "-c", source(name), *map(str, arguments)]
    return subprocess.run(command, input=stdin, capture_output=True, text=True, check=False, timeout=20)
