"""`python -m databases serve`, `image`, `token`: the service from a shell. `--help` tells more."""

import argparse
import os
import sys
from pathlib import Path

from docker.errors import BuildError, DockerException

from .app import connect
from .data_directories import Storage
from .settings import Settings, SettingsError
from .tokens import TokenError, Tokens

FAILED, MISUSED = 1, 2
THREADS = 16


def main(arguments: list[str] | None = None) -> int:
    """Return the exit code."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.run(options, Settings.read()))
    except SettingsError as error:
        print(error, file=sys.stderr)
        return MISUSED
    except (TokenError, BuildError, DockerException) as error:
        print(error, file=sys.stderr)
        return FAILED


def _serve(options: argparse.Namespace, settings: Settings) -> int:
    Storage(settings.root)
    # One process: its threads wait for containers most of the time.
    limits = ["--worker-class=gthread", f"--threads={THREADS}", "--graceful-timeout=60", "--no-control-socket"]
    command = [sys.executable, "-m", "gunicorn", f"--bind={options.bind}", *limits, f"{__package__}.app:create_app()"]
    os.execv(sys.executable, command)  # noqa: S606 - becomes it


def _image(options: argparse.Namespace, settings: Settings) -> int:
    engine = connect()
    recipe = str(Path(__file__).parent / "image")
    engine.images.build(path=recipe, tag=settings.image, buildargs={"BASE_IMAGE": options.base}, rm=True, forcerm=True)
    print(f"The image {settings.image} is there.")
    return 0


def _token(options: argparse.Namespace, settings: Settings) -> int:
    tokens = Tokens(settings.root)
    if options.remove:
        tokens.remove(options.owner)
    else:
        print(tokens.add(options.owner))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=f"python -m {__package__}", description="PostgreSQL servers on demand.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    serve = commands.add_parser("serve", help="answer requests until told to end")
    serve.add_argument("--bind", default="127.0.0.1:8700", help="where to listen (default: %(default)s)")
    serve.set_defaults(run=_serve)
    image = commands.add_parser("image", help="make the image of PostgreSQL")
    image.add_argument("--base", default="python:3.13-slim", help="a Debian to build upon (default: %(default)s)")
    image.set_defaults(run=_image)
    token = commands.add_parser("token", help="print a new token, which is told this once")
    token.add_argument("owner", help="whose it is; each sees only their own databases")
    token.add_argument("--remove", action="store_true", help="let nobody in by it any more")
    token.set_defaults(run=_token)
    return parser


if __name__ == "__main__":
    sys.exit(main())
