"""A list, its items, and the addresses it is shared with."""

import hashlib
import uuid
from typing import Any, ClassVar

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.urls import reverse
from django.utils import timezone

from superlists.accounts.addresses import AddressField, normalised
from superlists.accounts.models import User

Visitor = User | AnonymousUser


class ListQuerySet(models.QuerySet["List"]):
    """The lists that a person may have to do with."""

    def open_to(self, visitor: Visitor) -> "ListQuerySet":
        """Return the lists that the visitor may open: ownerless, own, or shared."""
        allowed = Q(owner=None)
        if isinstance(visitor, User):
            allowed |= Q(owner=visitor) | Q(shares__email=visitor.email)
        return self.filter(allowed).distinct()

    def named(self) -> "ListQuerySet":
        """Return the lists with a `name`, the text of the first item; no other item is read."""
        first = Item.objects.filter(list=OuterRef("pk")).order_by("pk").values("text")[:1]
        return self.annotate(name=Subquery(first))


class List(models.Model):
    """A to-do list. Its id is random, for whoever knows it may open an ownerless list."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(User, null=True, on_delete=models.CASCADE, related_name="lists")
    created_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[models.Manager["List"]] = ListQuerySet.as_manager()

    class Meta:
        """Newest first, as people look for them."""

        ordering: ClassVar = ["-created_at"]

    def __str__(self) -> str:
        """Return whose list it is; not its id, by which anybody can open one that is nobody's."""
        return f"list of {self.owner_id or 'nobody'}"

    def get_absolute_url(self) -> str:
        """Return the path of the list's own page."""
        return reverse("list", args=[self.pk])

    def is_owned_by(self, visitor: Visitor) -> bool:
        """Tell whether the visitor is the owner."""
        return self.owner_id is not None and self.owner_id == visitor.pk

    def shares_with(self, visitor: Visitor) -> models.QuerySet["Share"]:
        """Return the share by which the visitor may open the list, if there is one."""
        return self.shares.filter(email=visitor.pk or "")


class Item(models.Model):
    """One thing to do; each text stands once in a list.

    Uniqueness rests on a digest: PostgreSQL cannot index texts of any length.
    """

    list = models.ForeignKey(List, on_delete=models.CASCADE, related_name="items")
    text = models.TextField()
    digest = models.CharField(max_length=64, editable=False)

    class Meta:
        """In the order in which they were added."""

        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["list", "digest"], name="each_text_once_in_a_list")]

    def __str__(self) -> str:
        """Return the text."""
        return self.text

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save with the digest of the text."""
        self.digest = text_digest(self.text)
        super().save(*args, **kwargs)


class Share(models.Model):
    """A list shared with an address, whether or not its holder has ever logged in."""

    list = models.ForeignKey(List, on_delete=models.CASCADE, related_name="shares")
    email = AddressField(db_index=True)

    class Meta:
        """In the order in which they were made."""

        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["list", "email"], name="shared_once_with_an_address")]

    def __str__(self) -> str:
        """Return the address."""
        return normalised(self.email)


def text_digest(text: str) -> str:
    """Return the SHA-256 of an item's text, as 64 hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()
