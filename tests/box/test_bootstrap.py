"""A server as somebody else made it: root alone, sudo that asks for a password, packages that stay."""

import subprocess
from collections.abc import Iterator

import pytest

from acceptance.remote_command import Command
from acceptance.sites import Site, read_sites
from acceptance.ssh import Server, ServerError
from acceptance.targets.health_client import page
from deploy import box as boxes
from deploy import sudo
from deploy.box import Box
from deploy.provision import provision
from deploy.provision_operations import Host
from deploy.site_layout import SiteLayout
from tests.box.conftest import said
from tests.box.deployed_image import deployed_image
from tests.box.deployed_site import Checkout, DeployedSite

PASSWORD = "it's open, sesame"
# What its packages have in place of Debian's.
NGINX_ORG = """set -e
useradd --system --no-create-home nginx
sed -i 's/^user www-data;/user nginx;/; /sites-enabled/d' /etc/nginx/nginx.conf
rm -r /etc/nginx/sites-enabled /etc/nginx/sites-available
systemctl restart nginx.service
"""
PACKAGES = """set -e
cd /srv
for name in rival guest; do
  mkdir -p $name/DEBIAN $name/etc
  printf '%s\\n' "Package: $name" 'Version: 1' 'Architecture: all' 'Maintainer: a test' 'Description: made here' \
    > $name/DEBIAN/control
  [ $name != rival ] || echo 'Conflicts: rsync' >> $name/DEBIAN/control
  echo a setting > $name/etc/$name
  echo /etc/$name > $name/DEBIAN/conffiles
  dpkg-deb --build $name $name.deb
  { cat $name/DEBIAN/control; echo Filename: ./$name.deb; echo Size: $(stat -c %s $name.deb)
    echo SHA256: $(sha256sum $name.deb | cut -d ' ' -f 1); echo; } >> Packages
done
dpkg --install guest.deb
dpkg --remove guest
rm -f /etc/apt/sources.list.d/*
echo 'deb [trusted=yes] file:/srv ./' > /etc/apt/sources.list
"""


def administered_by(site: Site, name: str) -> Site:
    return site.model_copy(update={"ssh": site.ssh.model_copy(update={"admin": name})})


def as_root(there: Box, program: str) -> str:
    """Have root run a shell program on the box."""
    asked = there.ssh("sudo", "sh")
    return subprocess.run(asked, input=program, check=True, text=True, capture_output=True, timeout=60).stdout


@pytest.fixture(scope="module")
def rented(
    tmp_path_factory: pytest.TempPathFactory, labels: dict[str, str], checkout: Checkout
) -> Iterator[DeployedSite]:
    """A site that nobody provisioned again since its server became another one."""
    folder = tmp_path_factory.mktemp("rented") / "box"
    box = boxes.start(folder, name="staging", labels=labels, image=deployed_image(checkout.base, labels))
    try:
        sites = box.folder / "sites.toml"
        yield DeployedSite(box, read_sites(sites)["staging"], sites, checkout)
    finally:
        boxes.remove(box.folder)


@pytest.fixture
def alice(rented: DeployedSite) -> Iterator[Site]:
    """The site, with an administrator whose sudo asks for a password."""
    key = "/home/debian/.ssh/authorized_keys"
    make = f"useradd --create-home --groups=sudo alice\nchpasswd << .\nalice:{PASSWORD}\n.\n"
    own = f"install -d -o alice -m 700 /home/alice/.ssh\ninstall -o alice -m 600 {key} /home/alice/.ssh/\n"
    as_root(rented.box, f"set -e\n{make}{own}")
    yield administered_by(rented.site, "alice")
    as_root(rented.box, "userdel --force --remove alice")


def test_a_password_for_sudo_is_asked_for_once_and_comes_to_no_program_and_no_line(rented, alice, monkeypatch, lines):
    asked: list[str] = []

    def answer(prompt: str) -> str:
        asked.append(prompt)
        return PASSWORD

    monkeypatch.delenv(sudo.VARIABLE, raising=False)
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("getpass.getpass", answer)
    provision(rented.site)
    unit = f"/etc/systemd/system/{rented.layout.unit}.service"
    before = said(rented.box, "cat", unit)
    said(rented.box, "sudo", "rm", unit)
    lines.clear()
    # sudo asks for the first of these; for the next it may still know the answer.
    assert provision(alice) == [f"wrote {unit}"]
    assert said(rented.box, "cat", unit) == before
    assert asked == [f"Password of alice@{alice.ssh.host}, for sudo: "]
    assert any("sudo --stdin" in line for line in lines)
    assert not [line for line in lines if "sesame" in line]


def test_a_wrong_password_is_tried_once(alice, monkeypatch):
    monkeypatch.setenv(sudo.VARIABLE, "something else")
    with pytest.raises(ServerError, match="does not take this password of alice@") as refused:
        provision(alice)
    assert "1 incorrect password attempt" in str(refused.value)
    assert "something else" not in str(refused.value)


def test_without_a_terminal_it_is_told_how_to_give_the_password(alice, monkeypatch):
    monkeypatch.delenv(sudo.VARIABLE, raising=False)
    with pytest.raises(ServerError, match=f"no terminal to ask you at. Nothing was done. Set {sudo.VARIABLE}"):
        provision(alice)


def test_a_package_that_was_removed_comes_back_and_one_that_would_remove_another_does_not(rented):
    as_root(rented.box, PACKAGES)
    with Server(rented.site, user="debian") as server:
        with pytest.raises(ServerError, match=r"(?s)Installing rival failed.* REMOVED:\s+rsync") as refused:
            list(Host(server).packages("rival"))
        assert "remove is disabled" in str(refused.value)
        assert server.run(Command(("which", "rsync"), step="Looking")) == "/usr/bin/rsync"
        # Of this one, only its settings were left.
        assert list(Host(server).packages("rsync", "guest")) == ["installed guest"]


def test_root_alone_provisions_without_sudo_beside_the_nginx_of_nginx_org(rented):
    socket = f"{SiteLayout(rented.site).unit}.socket"
    as_root(rented.box, "install -d -m 700 /root/.ssh\ncp /home/debian/.ssh/authorized_keys /root/.ssh/")
    # Without a socket yet, as on a server that is new; last of all the box loses its sudo.
    as_root(rented.box, f"{NGINX_ORG}\nsystemctl stop {socket}\nmv /usr/bin/sudo /root/sudo")
    site = administered_by(rented.site, "root")
    provision(site)
    assert provision(site) == []
    assert "To-Do" in page(f"{site.base_url}/")
