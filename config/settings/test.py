"""The test suite: fixed secrets, no delay, the same databases as everywhere (DATABASE_URL chooses)."""

# ruff: noqa: S105

import tempfile
from pathlib import Path

from config.settings.base import *  # noqa: F403
from config.settings.base import DATABASES, INSTALLED_APPS, env

# Secrets for tests only; production refuses to start without its own.
SECRET_KEY = "test-django-secret-key-0123456789abcdef"
LINK_KEYS = {
    "unsubscribe": ["test-unsubscribe-link-key-0123456789abcdef"],
    "preferences": ["test-preferences-link-key-0123456789abcdef"],
    "secure": ["test-secure-link-key-0123456789abcdef"],
    "confirm": ["test-confirm-link-key-0123456789abcdef"],
    "undo": ["test-undo-link-key-0123456789abcdef"],
    "receipt": ["test-receipt-link-key-0123456789abcdef"],
}
FINGERPRINT_KEY = "test-fingerprint-key-0123456789abcdef"
LEDGER_KEY = "test-ledger-key-0123456789abcdef"
LEDGER_KEY_OLD: list[str] = []
INBOUND_WEBHOOK_SECRET = "test-inbound-secret-0123456789abcdef"
ANYMAIL = {"WEBHOOK_SECRET": "anymail:test-webhook-secret-0123456789abcdef"}

DEMO = True
INSTALLED_APPS = [*INSTALLED_APPS, "config.demo"]
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "testserver"]
BASE_URL = "http://testserver"
STATIC_ROOT = None  # served from where they are, each looked up when asked for
WHITENOISE_AUTOREFRESH = True
DATA = Path(tempfile.mkdtemp(prefix="sayso-data-"))
DEMO_INBOX_ROOT = Path(tempfile.mkdtemp(prefix="sayso-post-room-"))
MEDIA_ROOT = Path(tempfile.mkdtemp(prefix="sayso-evidence-"))
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CELERY_BROKER_URL = env.str("BROKER_URL", default="memory://")
CELERY_BROKER_TRANSPORT_OPTIONS = (
    {"confirm_publish": True} if CELERY_BROKER_URL.startswith("amqp") else {"polling_interval": 0.05}
)
# Test processes that run beside each other do not take each other's work.
CELERY_TASK_DEFAULT_QUEUE = CELERY_TASK_DEFAULT_ROUTING_KEY = f"sayso.test.{env.str('PYTEST_XDIST_WORKER', 'alone')}"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
# A file, so that other processes can join in: races and kills are tested with real ones.
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["TEST"] = {"NAME": Path(tempfile.mkdtemp(prefix="sayso-test-")) / "test.sqlite3"}
LANGUAGE_CODE = "en"
CONSTANT_TIME_SECONDS = 0
