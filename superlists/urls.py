"""The addresses of the site."""

from django.http import HttpResponse
from django.urls import include, path

from superlists.lists.views import home

urlpatterns = [
    path("", home, name="home"),
    path("lists/", include("superlists.lists.urls")),
    path("accounts/", include("superlists.accounts.urls")),
    # Browsers of the acceptance tests rest here between two scenarios.
    path("blank/", lambda _request: HttpResponse(), name="blank"),
]
