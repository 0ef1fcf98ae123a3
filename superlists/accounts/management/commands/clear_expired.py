"""`manage.py clear_expired`: remove sessions that have ended, and login links of long ago."""

from datetime import timedelta
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.utils import timezone

from superlists.accounts.models import LoginLink

# Until then, whoever opens an old link reads that it has expired, or was used.
LINKS_ARE_KEPT = timedelta(days=7)


class Command(BaseCommand):
    """Clears what nobody can log in by any more; a timer runs it on a server that was provisioned."""

    help = "Remove expired sessions, and login links that are older than a week."

    def handle(self, *args: Any, **options: Any) -> None:
        """Print how many links were removed."""
        call_command("clearsessions")
        removed, _ = LoginLink.objects.filter(created_at__lt=timezone.now() - LINKS_ARE_KEPT).delete()
        self.stdout.write(f"Removed expired sessions, and {removed} old login links")
