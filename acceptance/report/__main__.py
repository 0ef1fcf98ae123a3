"""`make report` builds the pages of the existing results; `make collect` first adds the results of other machines."""

import argparse
import sys
from pathlib import Path

from acceptance.report.merge import CollectError, collect
from acceptance.report.pages import build
from acceptance.report.report_folder import REPORTS, ReportFolderError, claim


def main(arguments: list[str] | None = None) -> None:
    """Build the pages and print where they are; raises SystemExit with the reason if that cannot be."""
    options = argparse.ArgumentParser(prog="make collect", description=__doc__)
    options.add_argument("--collect", nargs="+", type=Path, default=[], metavar="folder", help="folders like reports/")
    folders = options.parse_args(arguments).collect
    try:
        claim(REPORTS)
        for folder in folders:
            collect(folder, REPORTS)
        print(f"Report: {build(REPORTS)}")
    except (CollectError, ReportFolderError, OSError) as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
