"""An engine of which this machine has the published ports, and no network: as with Docker Desktop."""

import os
import subprocess
import sys

from acceptance.images import image, site_recipe
from deploy.box import free_ports
from features.project import ROOT
from tests.faulty_relay import wire

# In a network of its own, a process still reaches what has a path, such as the engine's socket.
APART = ("unshare", "--net", "sh", "-c", 'ip link set lo up && exec "$@"', "sh")
RUN = """
import sys
from acceptance.targets import open_target
from tests.faulty_relay import Wire
from tests.targets.kinds import config
from tests.targets.visitor import Visitor

port, path = sys.argv[1:]
Wire(("127.0.0.1", int(port)), path)
target = open_target(config(target="docker", docker_port=port, mailbox_wait="10"))
try:
    target.start()
    before = target.mailbox.now()
    Visitor(target.base_url).send("/accounts/send_login_email", email="edith@example.com")
    print(target.mailbox.wait_for("edith@example.com", "Your login link for Superlists", before).links)
finally:
    target.stop()
"""


def test_the_container_target_needs_no_address_of_this_machine(client, tmp_path):
    # To make it takes the network.
    image(client, site_recipe())
    [port, *_] = free_ports()
    with wire(tmp_path / "site.sock", ("127.0.0.1", port)):
        ran = subprocess.run(
            [*APART, sys.executable, "-c", RUN, str(port), f"{tmp_path}/site.sock"],
            cwd=ROOT,
            env=os.environ,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert f"http://127.0.0.1:{port}/accounts/login/" in ran.stdout
