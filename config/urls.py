"""Every door of the house, one line each."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from config import health

admin.autodiscover()

urlpatterns = [
    path(settings.ADMIN_PREFIX.removeprefix("/"), admin.site.urls),
    path("healthz", health.healthz, name="healthz"),
    path("webhooks/anymail/", include("anymail.urls")),
    path("", include("preferences.urls")),
    path("", include("compliance.urls")),
]
if settings.DEMO:
    urlpatterns.append(path("demo-inbox/", include("config.demo.urls")))
