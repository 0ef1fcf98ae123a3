"""`python -m benchmarks.traced_behave FILE ARGS…`: behave with these arguments; what it did goes to FILE."""

import sys
from pathlib import Path

from behave.__main__ import main as behave

from benchmarks.instruments import watch_behave
from benchmarks.recorder import Recorder


def main(record: str, *arguments: str) -> int:
    """Return behave's exit code."""
    recorder = Recorder()
    watch_behave(recorder)
    code: int = behave(list(arguments))
    recorder.write(Path(record))
    return code


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
