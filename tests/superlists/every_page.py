"""Every page that people meet, in each state in which it looks different."""

from uuid import uuid4

from django.test import Client

from superlists.accounts.models import LoginLink, login_path


def on_own_list(act):
    return lambda request: act(request.getfixturevalue("as_edith"), request.getfixturevalue("shared_list"))


def anonymously(act):
    return lambda _: act(Client())


def waiting(browser):
    for _ in range(5):
        LoginLink.objects.make("edith@example.com")
    return browser.post("/accounts/send_login_email", {"email": "edith@example.com"})


def without_mail(request):
    request.getfixturevalue("settings").EMAIL_BACKEND = "superlists.accounts.mail.UnsetBackend"
    return Client().post("/accounts/send_login_email", {"email": "boris@example.com"})


def on_open_list(request):
    return Client().get(request.getfixturevalue("open_list").get_absolute_url())


def following_link(browser):
    return browser.get(login_path(LoginLink.objects.make("edith@example.com")[1]))


def forbidden_share(request):
    shared = request.getfixturevalue("shared_list")
    return request.getfixturevalue("as_francis").post(f"{shared}share")


PAGES = {
    "home": anonymously(lambda browser: browser.get("/")),
    "home, logged in": on_own_list(lambda browser, _: browser.get("/")),
    "home, refusing": anonymously(lambda browser: browser.post("/", {"text": ""})),
    "link sent": anonymously(
        lambda browser: browser.post("/accounts/send_login_email", {"email": "e@example.com"}, follow=True)
    ),
    "open list": on_open_list,
    "own list": on_own_list(lambda browser, path: browser.get(path)),
    "own list, refusing an item": on_own_list(lambda browser, path: browser.post(path, {"text": ""})),
    "own list, refusing a sharee": on_own_list(lambda browser, path: browser.post(f"{path}share", {"sharee": "x"})),
    "shared list": lambda request: request.getfixturevalue("as_francis").get(request.getfixturevalue("shared_list")),
    "not yours to share": forbidden_share,
    "my lists": on_own_list(lambda browser, _: browser.get("/lists/mine/")),
    "lists shared with me": lambda request: (
        request.getfixturevalue("shared_list") and request.getfixturevalue("as_francis").get("/lists/mine/")
    ),
    "log in": anonymously(lambda browser: browser.get("/accounts/login/")),
    "log in, refusing": anonymously(lambda browser: browser.post("/accounts/send_login_email", {"email": "x"})),
    "wait": anonymously(waiting),
    "mail failed": without_mail,
    "complete login": anonymously(following_link),
    "complete login, logged in": lambda request: following_link(request.getfixturevalue("as_francis")),
    "refused link": anonymously(lambda browser: browser.get(login_path("made-up"))),
    "no such list": anonymously(lambda browser: browser.get(f"/lists/{uuid4()}/")),
    "no such list, logged in": on_own_list(lambda browser, _: browser.get(f"/lists/{uuid4()}/")),
    "no such page": anonymously(lambda browser: browser.get("/no/such/page")),
    "old form": lambda _: Client(enforce_csrf_checks=True).post("/"),
    "broken": lambda request: request.getfixturevalue("broken_home"),
}
