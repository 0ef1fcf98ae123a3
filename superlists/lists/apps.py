"""To-do lists, their items, and whom they are shared with."""

from django.apps import AppConfig


class ListsConfig(AppConfig):
    """The lists app."""

    name = "superlists.lists"
