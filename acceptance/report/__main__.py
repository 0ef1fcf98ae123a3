"""`make report`: makes the pages anew, of the results there are."""

import sys

from acceptance.report.pages import build
from acceptance.report.report_folder import ReportFolderError


def main() -> int:
    """Make the pages and say where they are; return the exit code."""
    try:
        print(f"Report: {build()}")
    except ReportFolderError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
