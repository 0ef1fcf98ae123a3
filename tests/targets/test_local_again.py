"""Two sites in one process, one after the other: what the first was told is not the second's."""

import subprocess
import sys

PROGRAM = """
from acceptance.targets import open_target
from tests.targets.kinds import config
from tests.targets.visitor import Visitor

for _ in range(2):
    target = open_target(config(target="local"))
    target.start()
    before = target.mailbox.now()
    Visitor(target.base_url).send("/accounts/send_login_email", email="edith@example.com")
    mail = target.mailbox.wait_for("edith@example.com", "Your login link for Superlists", before)
    print(target.base_url, mail.links[0])
    target.stop()
"""


def test_the_links_of_each_lead_to_its_own_port():
    ran = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=False, timeout=60)
    sites = [line.split() for line in ran.stdout.splitlines()]
    assert len({site for site, _ in sites}) == 2, ran.stderr
    assert all(link.startswith(f"{site}/accounts/login/") for site, link in sites), ran.stdout
