"""What every page needs: the login form of its navigation bar."""

from django.http import HttpRequest

from superlists.accounts.forms import LoginForm


def login_form(request: HttpRequest) -> dict[str, LoginForm]:
    """Return an empty login form that leads back to the present page.

    Neither a page that was reached by sending a form nor one about logging in is
    a page to come back to.
    """
    returnable = request.method == "GET" and not request.path.startswith("/accounts/")
    initial = {"next": request.path if returnable else ""}
    return {"login_form": LoginForm(initial=initial, auto_id="id_login_%s")}
