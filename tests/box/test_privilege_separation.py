"""What the account that serves can do to the one that deploys, should the site be broken into."""

from acceptance.remote_command import Command
from acceptance.ssh import Server
from deploy import site_lock as lock
from tests.box.conftest import ssh


def test_who_serves_takes_nothing_of_who_deploys_away_and_leaves_nothing_there(either):
    layout = either.layout
    for name in ("manage", ".env", "current", "database", "backups"):
        taken = ("mv", f"{layout.home}/{name}", f"{layout.home}/taken")
        assert "Permission denied" in ssh(either.box, "sudo", f"--user={layout.account}", *taken).stderr
    left = ("ln", "--symbolic", "/etc/passwd", f"{layout.home}/.env.new")
    assert "Permission denied" in ssh(either.box, "sudo", f"--user={layout.account}", *left).stderr


def test_who_serves_holds_up_no_step_of_a_deploy(either):
    with Server(either.site) as server, lock.held(server, either.layout, "seeing to the lock"):
        server.run(Command(("true",), step="Taking a turn"))
    held = ssh(either.box, "sudo", f"--user={either.layout.account}", "flock", str(either.layout.turns), "true")
    assert "Permission denied" in held.stderr
