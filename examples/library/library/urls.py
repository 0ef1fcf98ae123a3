"""The addresses of the library."""

from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpResponse
from django.urls import path

from library import views

urlpatterns = [
    path("", views.shelf, name="shelf"),
    path("mine/", views.my_books, name="my_books"),
    path("borrow/<int:book>/", views.borrow, name="borrow"),
    path("bring-back/<int:book>/", views.bring_back, name="bring_back"),
    path("login/", LoginView.as_view(), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("health/", views.health),
    # Browsers of the acceptance tests rest here between two scenarios.
    path("blank/", lambda _request: HttpResponse()),
]
