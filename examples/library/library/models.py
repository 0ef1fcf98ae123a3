"""Readers, and the books that they borrow."""

from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models

BOOKS_AT_ONCE = 3


class Reader(AbstractBaseUser):
    """Who has a card; it says more of nobody than its number."""

    card = models.CharField(max_length=20, unique=True)

    objects: ClassVar[BaseUserManager] = BaseUserManager()
    USERNAME_FIELD = "card"

    def __str__(self) -> str:
        """Return the card's number."""
        return self.card


class Book(models.Model):
    """A book, of which there is one."""

    title = models.CharField(max_length=200, unique=True)
    reader = models.ForeignKey(Reader, null=True, on_delete=models.PROTECT, related_name="books")

    class Meta:
        """As they stand on the shelf."""

        ordering: ClassVar = ["title"]

    def __str__(self) -> str:
        """Return the title."""
        return self.title


def borrow(reader: Reader, title_key: int) -> str:
    """Lend a book; return why that is not possible, or nothing."""
    if reader.books.count() >= BOOKS_AT_ONCE:
        return f"You have {BOOKS_AT_ONCE} books already. Bring one back first."
    # One conditional update decides, so that two readers cannot both have it.
    if not Book.objects.filter(pk=title_key, reader=None).update(reader=reader):
        return "Somebody was quicker: this book is lent."
    return ""
