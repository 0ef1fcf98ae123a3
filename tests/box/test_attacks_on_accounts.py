"""What the account that serves can do to the one that deploys, should the site be broken into."""

from tests.box.conftest import ssh


def test_who_serves_takes_nothing_of_who_deploys_away(either):
    place = either.place
    for name in ("manage", ".env", "current", "db.sqlite3"):
        taken = ("mv", f"{place.home}/{name}", f"{place.home}/taken")
        assert "Operation not permitted" in ssh(either.box, "sudo", f"--user={place.account}", *taken).stderr
