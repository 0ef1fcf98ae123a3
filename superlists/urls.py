"""The addresses of the site."""

from django.urls import include, path

from superlists.lists.views import home

urlpatterns = [
    path("", home, name="home"),
    path("lists/", include("superlists.lists.urls")),
    path("accounts/", include("superlists.accounts.urls")),
]
