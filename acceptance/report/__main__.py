"""`make report` builds the pages of the existing results; `make collect` first adds the results of other machines."""

import argparse
import sys
from pathlib import Path

from acceptance.report.merge import CollectError, collect
from acceptance.report.pages import build
from acceptance.report.report_folder import REPORTS, ReportFolderError, claim


def main(arguments: list[str] | None = None) -> int:
    """Build the pages and print where they are; return the exit code."""
    options = argparse.ArgumentParser(prog="make collect", description=__doc__)
    options.add_argument("--collect", nargs="+", type=Path, default=[], metavar="folder", help="folders like reports/")
    folders = options.parse_args(arguments).collect
    try:
        claim(REPORTS)
        for folder in folders:
            collect(folder, REPORTS)
        print(f"Report: {build(REPORTS)}")
    except (CollectError, ReportFolderError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
