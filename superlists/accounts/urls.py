"""The addresses of the accounts app."""

from django.urls import path

from superlists.accounts import views

urlpatterns = [
    path("login/", views.log_in, name="log_in"),
    path("login/<str:token>/", views.log_in_by_link, name="log_in_by_link"),
    path("send_login_email", views.send_login_email, name="send_login_email"),
    path("logout", views.log_out, name="log_out"),
]
