"""The addresses of the lists app."""

from django.urls import path

from superlists.lists import views

urlpatterns = [
    path("mine/", views.my_lists, name="my_lists"),
    path("<uuid:list_id>/", views.view_list, name="list"),
    path("<uuid:list_id>/share", views.share, name="share"),
    path("<uuid:list_id>/leave", views.leave, name="leave"),
]
