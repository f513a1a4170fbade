"""The street door: settings, root urls, celery. It imports everyone; nobody imports it."""

from config.celery import app as celery_app

__all__ = ["celery_app"]
