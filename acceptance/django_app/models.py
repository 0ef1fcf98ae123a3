"""The stamp of a database that scenarios may empty."""

from django.db import models

from acceptance.django_app.guard import TABLE


class Stamp(models.Model):
    """Says for which site a database is disposable."""

    site = models.CharField(max_length=255, unique=True)

    class Meta:
        """The name is fixed: production looks for this table without this model."""

        db_table = TABLE

    def __str__(self) -> str:
        """Return the stamp as people say it."""
        return f"disposable for {self.site}"
