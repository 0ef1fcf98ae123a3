"""Who uses the site: people known by their address, who log in by a mailed link."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """The accounts app."""

    name = "superlists.accounts"
