"""The office's public doors."""

from django.urls import path

from compliance.publications import views as publications_views
from compliance.requests import views

app_name = "compliance"
urlpatterns = [
    path("privacy/", publications_views.privacy_notice_list, name="privacy"),
    path("privacy/<slug:slug>/", publications_views.show_privacy_notice, name="privacy-notice"),
    path("my-data/", views.my_data, name="my-data"),
    path("my-data/requests/", views.my_requests, name="data-requests"),
    path("transparency/", publications_views.transparency_report, name="transparency"),
]
