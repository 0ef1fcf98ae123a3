"""The shelf, a reader's own books, and what the site says of itself."""

import logging
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from library import models

logger = logging.getLogger(__name__)


@require_safe
def shelf(request: HttpRequest) -> HttpResponse:
    """Show all books, to everyone."""
    return render(request, "shelf.html", {"books": models.Book.objects.all()})


@require_safe
@login_required
def my_books(request: HttpRequest) -> HttpResponse:
    """Show what a reader has at home."""
    return render(request, "my_books.html", {"books": models.Book.objects.filter(reader=request.user.pk)})


@require_POST
@login_required
def borrow(request: HttpRequest, book: int) -> HttpResponse:
    """Lend a book, or say why not."""
    reader: Any = request.user
    if refusal := models.borrow(reader, book):
        logger.warning("Refused to lend book %s: %s", book, refusal)
        messages.error(request, refusal)
    return redirect("shelf")


@require_POST
@login_required
def bring_back(request: HttpRequest, book: int) -> HttpResponse:
    """Take a book back from who has it."""
    models.Book.objects.filter(pk=book, reader=request.user.pk).update(reader=None)
    return redirect("my_books")


@require_safe
def health(_: HttpRequest) -> JsonResponse:
    """Say which site this is, and whether its database answers."""
    try:
        healthy = models.Book.objects.count() >= 0
    except DatabaseError:
        logger.exception("The database does not answer")
        healthy = False
    body = {"healthy": healthy, "site": settings.ACCEPTANCE["site"], "environment": settings.SITE_ENVIRONMENT}
    return JsonResponse(body | {"release": "1"}, status=200 if healthy else 503)
