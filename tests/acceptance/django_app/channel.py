"""The fixture channel as its other end sees it: within this process, or as a process of its own."""

import json
import socket
import threading

from acceptance.django_app.channel_server import CHUNK, ChannelServer
from tests.superlists.checkout import started

ALIVE = b'{"alive": true}\n'
NO_JSON = {"refused": "The request is not a line of JSON"}


def request(command, *arguments):
    return json.dumps({"command": command, "args": arguments}).encode() + b"\n"


def served(sink, *chunks, silence_s=10.0, end=True):
    """Serve these chunks, each read at once as it is, and the end of input; return what was written to `sink`."""
    # Such a socket keeps what was sent apart; a pipe would join it.
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    sending = threading.Thread(target=_send, args=(ours, chunks, end))
    with ours, theirs, sink.open("w+b") as answers:
        sending.start()
        ChannelServer(theirs.fileno(), answers.fileno(), silence_s=silence_s).serve("localhost")
        sending.join()
        answers.seek(0)
        return [json.loads(line) for line in answers]


def _send(ours, chunks, end):
    for chunk in chunks:
        assert 0 < len(chunk) <= CHUNK
        ours.send(chunk)
    if end:
        ours.shutdown(socket.SHUT_WR)


class Channel:
    """`manage.py serve_fixtures` in a copy of the site."""

    def __init__(self, folder, *options):
        self.process = started(folder, "manage.py", "serve_fixtures", "--silence", "20", *options)

    def answer(self):
        return json.loads(self.process.stdout.readline())

    def ask(self, command, *arguments):
        self.process.stdin.write(request(command, *arguments).decode())
        return self.answer()

    def close(self):
        """End the input; return what else came, on both outputs."""
        return self.process.communicate(timeout=20)

    def __enter__(self):
        # A process that was refused has closed its output.
        assert self.answer() == {"ready": "localhost"}
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            stream.close()
        self.process.wait()
