"""The groups that the tests on servers run in, each with servers of its own: those that take longest first."""

GROUPS = {
    "failures": "deploys that fail",
    "interrupted": "deploys that are interrupted",
    "contained": "a site in a container on a server",
    "staging": "a site on a server",
    "production": "a production site",
    "others": "other servers",
}
# Those of what no other group has.
REST = "others"


def part_of(group: str) -> str:
    """Return what the results and the coverage of a group are called."""
    return f"box-{group}"
