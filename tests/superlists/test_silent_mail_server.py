"""The site as gunicorn serves it in a container and on a server; its mail server takes connections and says nothing."""

import http.client
import os
import re
import shutil
import socket
import subprocess
import sys
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from urllib.parse import urlencode

import pytest

from acceptance.waiting import eventually
from deploy.box import free_ports
from tests.superlists.checkout import PRODUCTION, SITE, copied_to, python

HOST = PRODUCTION["DJANGO_ALLOWED_HOST"]
# Far less than the 10 s after which the mail server is given up; on an idle machine it takes some milliseconds.
AT_ONCE_S = 3


@pytest.fixture(scope="module")
def silent():
    with socket.create_server(("127.0.0.1", 0), backlog=20) as listening:
        yield listening


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return copied_to(tmp_path_factory.mktemp("site"))


@pytest.fixture(scope="module")
def port(folder, silent):
    shutil.copy(SITE / "deploy" / "gunicorn.conf.py", folder)
    environ = PRODUCTION | {"DJANGO_DB_PATH": str(folder / "lists.sqlite3"), "EMAIL_USE_TLS": "0"}
    environ |= {"EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": str(silent.getsockname()[1]), "PATH": os.environ["PATH"]}
    for command in (["migrate", "--verbosity=0"], ["collectstatic", "--noinput", "--verbosity=0"]):
        assert python(folder, "manage.py", *command, **environ).returncode == 0
    [port, *_] = free_ports()
    command = [sys.executable, "-m", "gunicorn", f"--bind=127.0.0.1:{port}", "superlists.wsgi"]
    with (folder / "log").open("w") as log, subprocess.Popen(command, cwd=folder, env=environ, stderr=log) as gunicorn:
        eventually(lambda: is_healthy(port), what="a healthy site", within_s=60)
        yield port
        gunicorn.terminate()


def asked(port, path, *, form="", cookie="", timeout=60.0):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    headers = {"Host": HOST, "Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
    connection.request("POST" if form else "GET", path, form, headers)
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer, text


def is_healthy(port, timeout=60.0):
    try:
        return asked(port, "/health/", timeout=timeout)[0].status == http.client.OK
    except ConnectionError:
        return False


def ask_for_link(port, number):
    answer, page = asked(port, "/")
    cookie = answer.headers["Set-Cookie"].partition(";")[0]
    (token, *_) = re.findall('name="csrfmiddlewaretoken" value="([^"]+)"', page)
    sent = urlencode({"email": f"edith{number}@example.com", "csrfmiddlewaretoken": token})
    return asked(port, "/accounts/send_login_email", form=sent, cookie=cookie)[0].status


def test_what_gunicorn_itself_refuses_is_logged_without_the_token_of_a_link(port, folder):
    token = "c2VjcmV0LXRva2Vu"
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(f"GET /accounts/login/{token}/\r\n\r\n".encode())
        assert b"400 Bad Request" in connection.recv(1000)
    log = eventually((folder / "log").read_text, lambda text: "/accounts/login/[token]/" in text, what="the refusal")
    assert token not in log


def test_eight_who_ask_for_a_link_keep_nobody_from_the_site(port, silent):
    with ThreadPoolExecutor(8) as people:
        asking = {people.submit(ask_for_link, port, number) for number in range(8)}
        wait(asking, return_when=FIRST_COMPLETED)
        for _ in range(8):
            assert is_healthy(port, timeout=AT_ONCE_S)
        waiting = [each for each in asking if not each.done()]
        # Two in each worker wait for the mail server. The others are told at once to try again; in the end all are.
        assert 1 <= len(waiting) <= 4
        silent.close()
        assert [each.result() for each in asking] == [503] * 8
