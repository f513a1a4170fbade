"""The Celery application. Brokers only wake workers: the rows are the queue."""

import os

from celery import Celery
from kombu.transport import TRANSPORT_ALIASES

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.local")

TRANSPORT_ALIASES["filesystem"] = "config.file_queue:Transport"

app = Celery("sayso")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.autodiscover_tasks(["preferences.imports", "preferences.inbound"])
