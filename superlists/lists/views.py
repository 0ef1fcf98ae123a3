"""The home page, a list's own page, and a person's lists."""

import logging
import uuid

from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from superlists.accounts.models import User
from superlists.lists.forms import ItemForm, ShareForm
from superlists.lists.models import List

logger = logging.getLogger(__name__)


@require_http_methods(["GET", "HEAD", "POST"])
def home(request: HttpRequest) -> HttpResponse:
    """Invite a first item; given one, start a list with it."""
    form = ItemForm(request.POST if request.method == "POST" else None)
    if not (form.is_bound and form.is_valid()):
        return render(request, "lists/home.html", {"form": form})
    with transaction.atomic():
        started = List.objects.create(owner=request.user if isinstance(request.user, User) else None)
        form.save_to(started)
    logger.info("Started a %s", started)
    return redirect(started)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def view_list(request: HttpRequest, list_id: uuid.UUID) -> HttpResponse:
    """Show a list to whom it is open, and add an item to it."""
    shown = _open_list(request, list_id)
    if shown is None:
        return _not_found(request)
    form = ItemForm(request.POST if request.method == "POST" else None, for_list=shown)
    if form.is_bound and form.is_valid() and form.save_to(shown):
        return redirect(shown)
    return _list_page(request, shown, form, ShareForm(for_list=shown))


@require_POST
def share(request: HttpRequest, list_id: uuid.UUID) -> HttpResponse:
    """Share a list with an address; only the owner may."""
    shared = _open_list(request, list_id)
    if shared is None:
        return _not_found(request, reverse("list", args=[list_id]))
    if not shared.is_owned_by(request.user):
        logger.warning("Refused to share a %s: it was asked for by someone who does not own it", shared)
        return render(request, "lists/not_yours_to_share.html", {"list": shared}, status=403)
    form = ShareForm(request.POST, for_list=shared)
    if not form.is_valid():
        return _list_page(request, shared, ItemForm(for_list=shared), form)
    form.save()
    return redirect(shared)


@require_POST
def leave(request: HttpRequest, list_id: uuid.UUID) -> HttpResponse:
    """Take a list that was shared with the visitor from among their lists; for the others it stays."""
    left = _open_list(request, list_id)
    if left is None:
        return _not_found(request, reverse("list", args=[list_id]))
    shares, _ = left.shares_with(request.user).delete()
    return redirect("my_lists" if shares else left)


@never_cache
@require_safe
@login_required
def my_lists(request: HttpRequest) -> HttpResponse:
    """Show a person's own lists and those shared with them, newest first."""
    user = request.user
    assert isinstance(user, User)  # noqa: S101 - login_required saw to it
    own = List.objects.named().filter(owner=user)
    shared = List.objects.named().filter(shares__email=user.email)
    return render(request, "lists/my_lists.html", {"own": own, "shared": shared})


def _open_list(request: HttpRequest, list_id: uuid.UUID) -> List | None:
    found: List | None = List.objects.open_to(request.user).named().filter(pk=list_id).first()
    return found


def _list_page(request: HttpRequest, shown: List, form: ItemForm, share_form: ShareForm) -> HttpResponse:
    context = {
        "list": shown,
        "form": form,
        "share_form": share_form,
        "may_share": shown.is_owned_by(request.user),
        "may_leave": shown.shares_with(request.user).exists(),
    }
    return render(request, "lists/list.html", context)


def _not_found(request: HttpRequest, come_back_to: str = "") -> HttpResponse:
    """Answer alike for a list that is not there and one that is not theirs.

    Rendered here rather than raised, so that it also looks alike with debug on.
    """
    return render(request, "404.html", {"come_back_to": come_back_to}, status=404)
