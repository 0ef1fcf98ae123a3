"""`make report`: the pages anew, of the results there are."""

import sys

from features.report.building import build


def main() -> int:
    """Make the pages and say where they are."""
    print(f"Report: {build()}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
