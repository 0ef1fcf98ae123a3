"""Email addresses, compared without regard to case wherever they are kept."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Model


def validate_printable(address: str) -> None:
    """Refuse control characters, which a quoted address may have and a log may not."""
    if not address.isprintable():
        raise ValidationError("Enter a valid email address.", code="invalid")


def normalised(address: str) -> str:
    """Return the form of `address` that is stored and compared."""
    return address.strip().lower()


class AddressField(models.EmailField):
    """An email address; the same whatever its case, in lookups as well as when saved."""

    def get_prep_value(self, value: Any) -> Any:
        """Return what the database is given."""
        prepared = super().get_prep_value(value)
        return normalised(prepared) if isinstance(prepared, str) else prepared

    def pre_save(self, model_instance: Model, add: bool) -> Any:  # noqa: FBT001 - Django's signature
        """Let the instance hold what was saved."""
        value = self.get_prep_value(super().pre_save(model_instance, add))
        setattr(model_instance, self.attname, value)
        return value
