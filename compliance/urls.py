"""The office's public doors."""

from django.urls import path

from compliance import public_views, views

app_name = "compliance"
urlpatterns = [
    path("privacy/", public_views.privacy_senders, name="privacy"),
    path("privacy/<slug:slug>/", public_views.privacy_notice, name="privacy-notice"),
    path("my-data/", views.my_data, name="my-data"),
    path("my-data/requests/", views.my_requests, name="my-requests"),
    path("transparency/", public_views.public_figures, name="transparency"),
]
