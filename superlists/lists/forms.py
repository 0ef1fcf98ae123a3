"""What a person can type on a list: an item, or an address to share it with."""

from typing import Any

from django import forms
from django.db import IntegrityError, transaction

from superlists.accounts.addresses import normalised, validate_printable
from superlists.lists.models import Item, List, Share, text_digest

EMPTY_ITEM_ERROR = "You can't have an empty list item"
DUPLICATE_ITEM_ERROR = "You've already got this in your list"
BAD_ADDRESS_ERROR = "Enter an email address, such as your-friend@example.com."
OWN_ADDRESS_ERROR = "This is your own address: the list is yours already."
SHARED_ALREADY_ERROR = "This list is already shared with them."
MAX_ITEM_LENGTH = 10_000
MAX_ITEMS = 1_000
FULL_LIST_ERROR = f"This list has {MAX_ITEMS:,} items, and no room for more. Start another list."


class MarkedForm(forms.Form):
    """A form for a list, whose field shows and tells that it was refused, and where the reason stands."""

    def __init__(self, data: Any = None, *, for_list: List | None = None) -> None:
        """Take what was typed, and the list it is for where there is one."""
        super().__init__(data)
        self.for_list = for_list

    def add_error(self, field: str | None, error: Any) -> None:
        """Mark the field as well."""
        super().add_error(field, error)
        attributes = self.fields[str(field)].widget.attrs
        classes = f"{attributes.get('class', '')} is-invalid"
        attributes |= {"class": classes, "aria-invalid": "true", "aria-describedby": f"id_{field}_error"}


class ItemForm(MarkedForm):
    """A new item for a list, or for a list that does not exist yet."""

    text = forms.CharField(
        label="New to-do item",
        max_length=MAX_ITEM_LENGTH,
        error_messages={"required": EMPTY_ITEM_ERROR},
        widget=forms.TextInput(
            attrs={"placeholder": "Enter a to-do item", "class": "form-control form-control-lg", "autocomplete": "off"}
        ),
    )

    def clean_text(self) -> str:
        """Return the text without the spaces around it; refused where the list has it already, or is full."""
        text: str = self.cleaned_data["text"]
        if self.for_list and self.for_list.items.filter(digest=text_digest(text)).exists():
            raise forms.ValidationError(DUPLICATE_ITEM_ERROR)
        if self.for_list and self.for_list.items.count() >= MAX_ITEMS:
            raise forms.ValidationError(FULL_LIST_ERROR)
        return text

    def save_to(self, target: List) -> bool:
        """Add the item; returns False, with the error set, when another request was first."""
        try:
            with transaction.atomic():
                Item.objects.create(list=target, text=self.cleaned_data["text"])
        except IntegrityError:
            if not target.items.filter(digest=text_digest(self.cleaned_data["text"])).exists():
                # The database does not take it for another reason, as where a later release migrated it.
                raise
            self.add_error("text", DUPLICATE_ITEM_ERROR)
            return False
        return True


class ShareForm(MarkedForm):
    """An address to share a list with."""

    sharee = forms.EmailField(
        label="Share this list with",
        max_length=254,
        validators=[validate_printable],
        error_messages={"required": BAD_ADDRESS_ERROR, "invalid": BAD_ADDRESS_ERROR},
        widget=forms.EmailInput(
            attrs={"placeholder": "your-friend@example.com", "class": "form-control", "autocomplete": "off"}
        ),
    )

    for_list: List

    def clean_sharee(self) -> str:
        """Return the address as it is stored; the owner's own is refused, and a second time."""
        sharee = normalised(self.cleaned_data["sharee"])
        if sharee == self.for_list.owner_id:
            raise forms.ValidationError(OWN_ADDRESS_ERROR)
        if self.for_list.shares.filter(email=sharee).exists():
            raise forms.ValidationError(SHARED_ALREADY_ERROR)
        return sharee

    def save(self) -> None:
        """Share the list; twice at once is as good as once."""
        Share.objects.get_or_create(list=self.for_list, email=self.cleaned_data["sharee"])
