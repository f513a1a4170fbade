"""The office's public doors."""

from django.urls import path

from compliance import public_views

app_name = "compliance"
urlpatterns = [
    path("privacy/", public_views.privacy_senders, name="privacy"),
    path("privacy/<slug:slug>/", public_views.privacy_notice, name="privacy-notice"),
    path("transparency/", public_views.public_figures, name="transparency"),
]
