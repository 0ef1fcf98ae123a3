"""A site's machine as provisioning sees it: what root changes there, each told only if something did change."""

from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath

from acceptance.remote_command import Command
from acceptance.ssh import Server
from deploy import remote_commands as errands
from deploy import remote_files as files


class Machine:
    """The machine, as somebody who may become root."""

    def __init__(self, server: Server) -> None:
        """Work by way of `server`."""
        self.server = server

    def file(self, path: PurePosixPath, content: str, *, mode: str = "644", account: str = "root") -> Iterator[str]:
        """Write a file unless it reads so already; as the account that it belongs to, which can swap its folder."""
        shown = Command(("cat", str(path)), says=f"Reading {path}").as_user(account)
        if not self.is_there(path, account=account) or self.server.run(shown) != content.strip():
            self.run(*(command.as_user(account) for command in errands.put_file(path, content, mode=mode)))
            yield f"wrote {path}"

    def run(self, *commands: Command) -> None:
        """Run commands in turn."""
        for command in commands:
            self.server.run(command)

    def root(self, *argv: str) -> None:
        """Have root run something."""
        self.server.run(_as_root(argv))

    def is_there(self, path: PurePosixPath, *, account: str = "root") -> bool:
        """Tell whether there is anything of this name, as root or another account sees it."""
        return files.is_there(self.server, path, account=account)


def _as_root(argv: Iterable[str]) -> Command:
    words = tuple(argv)
    return Command(words, says=f"Running {' '.join(words[:2])}", sudo=True)
