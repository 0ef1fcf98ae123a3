"""Asking for a login link, following it, and logging out."""

import logging
from ipaddress import IPv4Address, ip_address, ip_network
from urllib.parse import quote, unquote

from django.conf import settings
from django.contrib import auth, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from superlists.accounts.forms import LoginForm
from superlists.accounts.mail import MAIL_ERRORS, MailGivenUpError, send_login_link
from superlists.accounts.models import (
    LINK_LIFETIME,
    MAX_PATH_LENGTH,
    LinkAllowanceSpentError,
    LinkRefusedError,
    LoginLink,
    login_path,
)

logger = logging.getLogger(__name__)
# The address that this browser asked a link for, signed: only its own link logs in without a question.
ASKED_COOKIE = "__Host-asked_for" if settings.HTTPS else "asked_for"
LINK_SENT = "Check your email, we've sent you a link you can use to log in."


@require_GET
def log_in(request: HttpRequest) -> HttpResponse:
    """Show the login form on a page of its own."""
    return _login_page(request, LoginForm(initial={"next": _safe_path(request, request.GET.get("next", ""))}))


@require_POST
def send_login_email(request: HttpRequest) -> HttpResponse:
    """Mail a login link. The answer is the same whether or not the address is known."""
    form = LoginForm(request.POST)
    if not form.is_valid():
        return _login_page(request, form, status=400)
    next_path = _safe_path(request, form.cleaned_data["next"])
    try:
        _mail_link(form.cleaned_data["email"], next_path, _sender(request))
    except LinkAllowanceSpentError:
        return render(request, "accounts/wait.html", {"email": form.cleaned_data["email"]}, status=429)
    except MAIL_ERRORS:
        return render(request, "accounts/mail_failed.html", status=503)
    messages.success(request, LINK_SENT)
    answer = redirect("home")
    answer.set_signed_cookie(
        ASKED_COOKIE,
        # A header has no letters but Latin ones, and a domain may have any.
        quote(form.cleaned_data["email"], safe="@"),
        max_age=LINK_LIFETIME,
        secure=settings.HTTPS,
        httponly=True,
        samesite="Lax",
    )
    return answer


def _mail_link(email: str, next_path: str, sender: str) -> None:
    try:
        link, token = LoginLink.objects.issue(email, next_path, sender=sender)
    except LinkAllowanceSpentError:
        logger.warning("Refused to mail a login link to %s: as many as allowed were sent within the hour", email)
        raise
    try:
        send_login_link(email, login_path(token))
    except MAIL_ERRORS as error:
        # A link that nobody received does not count against the allowance; one that may arrive does, and works.
        if not isinstance(error, MailGivenUpError):
            link.delete()
        logger.exception("Could not mail a login link to %s", email)
        raise
    logger.info("Mailed a login link to %s", email)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def log_in_by_link(request: HttpRequest, token: str) -> HttpResponse:
    """Log in whoever opens the link and completes its page.

    Looking at the page changes nothing: mail scanners look at every link, and some run
    its scripts. Only in the browser that asked for the link does the page send its form
    by itself; in any other it says whose account this is, lest somebody be led into a
    stranger's account, and waits for the button.
    """
    try:
        if request.method != "POST":
            return _complete_login_page(request, LoginLink.objects.usable(token))
        return _log_in(request, LoginLink.objects.use(token))
    except LinkRefusedError as refusal:
        logger.warning("Refused a login link: %s", refusal)
        return _login_page(request, LoginForm(), refusal=str(refusal), status=403)


def _complete_login_page(request: HttpRequest, link: LoginLink) -> HttpResponse:
    asked_for = unquote(request.get_signed_cookie(ASKED_COOKIE, default="", max_age=LINK_LIFETIME) or "")
    context = {"email": link.email, "asked_here": asked_for == link.email}
    return render(request, "accounts/complete_login.html", context)


def _log_in(request: HttpRequest, link: LoginLink) -> HttpResponse:
    user = auth.authenticate(request, login_link=link)
    auth.login(request, user)
    answer = redirect(link.next_path or reverse("home"))
    answer.delete_cookie(ASKED_COOKIE)
    return answer


@require_POST
def log_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    auth.logout(request)
    return redirect("home")


def _safe_path(request: HttpRequest, path: str) -> str:
    """Return `path` where it leads within this site, else nothing."""
    within = url_has_allowed_host_and_scheme(path, allowed_hosts=None, require_https=request.is_secure())
    return path if within and path.startswith("/") and path.isprintable() and len(path) <= MAX_PATH_LENGTH else ""


def _sender(request: HttpRequest) -> str:
    """Return who sent a request: an IPv4 address, or the /64 network of an IPv6 one; nothing where it is not known.

    Only this site's own proxy comes by a socket without an address, and only it is believed about others.
    """
    try:
        address = ip_address(request.META.get("REMOTE_ADDR") or request.META.get("HTTP_X_REAL_IP", ""))
    except ValueError:
        return ""
    # As a server that listens for both kinds sees an IPv4 address.
    address = getattr(address, "ipv4_mapped", None) or address
    return str(address if isinstance(address, IPv4Address) else ip_network((int(address), 64), strict=False))


def _login_page(request: HttpRequest, form: LoginForm, *, refusal: str = "", status: int = 200) -> HttpResponse:
    return render(request, "accounts/log_in.html", {"form": form, "refusal": refusal}, status=status)
