"""What is the same everywhere. Every value that an operator may change comes from the environment."""

from pathlib import Path

import environ
from csp.constants import NONE, SELF, UNSAFE_EVAL, UNSAFE_INLINE
from django.templatetags.static import static
from django.urls import reverse_lazy

ROOT = Path(__file__).resolve().parents[2]
env = environ.Env()
DATA = Path(env.str("SAYSO_DATA", default=str(ROOT / "var")))

DEMO = False
DEBUG = False
ALLOWED_HOSTS: list[str] = []
ADMIN_PREFIX = "/admin/"  # where the pages of staff begin; other rules for scripts and languages hold there
BASE_URL = env.str("BASE_URL", default="http://localhost:8000").rstrip("/")

INSTALLED_APPS = [
    "unfold",
    "unfold.contrib.filters",
    "unfold.contrib.simple_history",
    "django.contrib.admin.apps.SimpleAdminConfig",  # config/urls.py registers the pages: workers need none
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "anymail",
    "crispy_forms",
    "crispy_bootstrap5",
    "csp",
    "simple_history",
    "preferences",
    "campaigns",
    "compliance",
    "config",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "config.middleware.PrivacyHeadersMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "config.middleware.PublicLocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "preferences.web.gpc.GlobalPrivacyControlMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "preferences.web.context_processors.privacy_control",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.DjangoTemplates"
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"

# Both databases, always. SQLite: an acknowledged opt-out survives a power cut (synchronous=FULL), and
# writers queue instead of failing (IMMEDIATE, timeout).
DATABASES = {"default": env.db_url("DATABASE_URL", default=f"sqlite:///{DATA / 'sayso.sqlite3'}")}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;",
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 60
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Counts how often a form made us write to somebody. Each process counts by itself unless they share a cache.
CACHES = {"default": env.cache_url("CACHE_URL", default="locmemcache://")}
CACHES["default"].setdefault("OPTIONS", {}).setdefault("MAX_ENTRIES", 100_000)

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = reverse_lazy("admin:login")
LOGIN_REDIRECT_URL = reverse_lazy("admin:index")
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 12 * 60 * 60
CSRF_COOKIE_HTTPONLY = True

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("es", "Español"), ("fr", "Français"), ("de", "Deutsch"), ("ar", "العربية")]
LANGUAGE_COOKIE_NAME = "sayso-language"
LANGUAGE_COOKIE_SECURE = False
LOCALE_PATHS = [ROOT / "locale"]
FORMAT_MODULE_PATH = "config.formats"
TIME_ZONE = "UTC"
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT: Path | None = DATA / "static"
STATICFILES_DIRS = [ROOT / "static"]
WHITENOISE_USE_FINDERS = True
MEDIA_ROOT = DATA / "evidence"

# Security headers. Public pages run no script at all; the admin's theme needs two exceptions.
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "EXCLUDE_URL_PREFIXES": (ADMIN_PREFIX,),
    "DIRECTIVES": {
        "default-src": [NONE],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    },
}
ADMIN_CONTENT_SECURITY_POLICY = {
    "default-src": [SELF],
    "script-src": [SELF, UNSAFE_EVAL],
    "style-src": [SELF, UNSAFE_INLINE],
    "img-src": [SELF, "data:"],
    "object-src": [NONE],
    "form-action": [SELF],
    "frame-ancestors": [NONE],
    "base-uri": [NONE],
}

# Links, fence and confirmations.
LINK_KEYS: dict[str, list[str]] = {}
SECURE_LINK_MINUTES = 30
CONFIRM_LINK_DAYS = 7
UNDO_LINK_DAYS = 30
RENEWAL_LINK_DAYS = 35  # a few more than silence lasts, so that the last day finds its page
SIGN_UP_REMINDER_DAYS = 3  # of a sign-up nobody has confirmed, once
# strict: what Sayso ships; legal: only what the law itself asks. Never looser than the law.
RULE_PROFILE = env.str("RULE_PROFILE", default="strict")
OFFLINE_CONSENT_DAYS = env.int("OFFLINE_CONSENT_DAYS", default=30)  # unconfirmed, it ends by itself
LINK_REQUESTS_PER_HOUR = 3
LINK_REQUESTS_PER_DAY = 10
FORMS_PER_NETWORK_PER_HOUR = env.int("FORMS_PER_NETWORK_PER_HOUR", default=60)
CONFIRMATIONS_PER_HOUR = env.int("CONFIRMATIONS_PER_HOUR", default=2000)  # over all forms; more of them wait
CONSTANT_TIME_SECONDS = 0.4  # forms that take an address answer no sooner, whether it is known or not
BOT_BURST = env.int("BOT_BURST", default=20)  # so many people of one mail domain in a minute are a machine
LINK_OPEN_DAYS = env.int("LINK_OPEN_DAYS", default=90)  # how long looks at links are kept
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=0)  # how many of our own stand before us
SEND_FENCE_BATCH = env.int("SEND_FENCE_BATCH", default=50)
SEND_FENCE_SECONDS = env.int("SEND_FENCE_SECONDS", default=30)
OPT_OUT_WAIT_SECONDS = 10
LEASE_SECONDS = env.int("LEASE_SECONDS", default=120)
SEND_BATCH = env.int("SEND_BATCH", default=500)
IMMEDIATE_COUNT_LIMIT = env.int(
    "IMMEDIATE_COUNT_LIMIT", default=20_000
)  # people evaluated while somebody waits; more of them later
IMPORT_MAX_BYTES = env.int("IMPORT_MAX_BYTES", default=2_000_000_000)
IMPORT_CHUNK = env.int("IMPORT_CHUNK", default=100)  # rows in one transaction
IMPORT_UPLOAD_BYTES = 10_000_000  # what a page checks while somebody waits; larger files go by command
DEFAULT_PHONE_REGION = env.str("DEFAULT_PHONE_REGION", default="")

# Channels: mail leaves by SMTP, texts by the HTTP interface of a provider.
EMAIL_HOST = env.str("EMAIL_HOST", default="localhost")
EMAIL_PORT = env.int("EMAIL_PORT", default=25)
EMAIL_HOST_USER = env.str("EMAIL_HOST_USER", default="")
EMAIL_HOST_PASSWORD = env.str("EMAIL_HOST_PASSWORD", default="")
EMAIL_USE_TLS = env.bool("EMAIL_USE_TLS", default=False)
EMAIL_USE_SSL = env.bool("EMAIL_USE_SSL", default=False)
EMAIL_TIMEOUT = env.int("EMAIL_TIMEOUT", default=10)
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="Sayso <sayso@localhost>")
# Mail that comes back: the mailbox that is emptied every minute, and the address whose +tag lets people out by mail.
IMAP_HOST = env.str("IMAP_HOST", default="")
IMAP_PORT = env.int("IMAP_PORT", default=993)
IMAP_USER = env.str("IMAP_USER", default="")
IMAP_PASSWORD = env.str("IMAP_PASSWORD", default="")
IMAP_SSL = env.bool("IMAP_SSL", default=True)
IMAP_FOLDER = env.str("IMAP_FOLDER", default="INBOX")
UNSUBSCRIBE_MAILTO = env.str("UNSUBSCRIBE_MAILTO", default="")
SMS_PROVIDER_URL = env.str("SMS_PROVIDER_URL", default="")
SMS_PROVIDER_TOKEN = env.str("SMS_PROVIDER_TOKEN", default="")

# Celery: rows are the queue, the broker only wakes workers. One topic exchange with its own name, because
# a direct exchange cannot delay on quorum queues and an exchange's type cannot be changed later.
CELERY_BROKER_URL = env.str("BROKER_URL", default="filesystem://localhost/")
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 30
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_DEFAULT_QUEUE = "sayso"
CELERY_TASK_DEFAULT_EXCHANGE = "sayso_topic"
CELERY_TASK_DEFAULT_EXCHANGE_TYPE = "topic"
CELERY_TASK_DEFAULT_ROUTING_KEY = "sayso.work"
CELERY_BROKER_TRANSPORT_OPTIONS: dict = {}
if CELERY_BROKER_URL.startswith("filesystem"):
    _queue = DATA / "queue"
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(_queue),
        "data_folder_out": str(_queue),
        "control_folder": str(_queue / "control"),
        "polling_interval": 0.1,
    }
elif CELERY_BROKER_URL.startswith("amqp"):
    CELERY_TASK_DEFAULT_QUEUE_TYPE = "quorum"
    CELERY_BROKER_TRANSPORT_OPTIONS = {"confirm_publish": True}

# What runs by itself; each entry is a task that calls one service.
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA / "beat-schedule")
CELERY_BEAT_SCHEDULE: dict[str, dict] = {
    "deliver service messages": {"task": "preferences.tasks.deliver_service_messages", "schedule": 30},
    "seal consent ledger": {"task": "preferences.tasks.seal_ledger", "schedule": 60},
    "expire unconfirmed sign-ups": {"task": "preferences.tasks.expire_pending_requests", "schedule": 60 * 60},
    "delete old link opens": {"task": "preferences.tasks.delete_old_link_opens", "schedule": 24 * 60 * 60},
    "erase inactive contacts": {"task": "preferences.tasks.erase_inactive_contacts", "schedule": 24 * 60 * 60},
    "end pauses and expired consents": {"task": "preferences.tasks.end_pauses_and_expired_consents", "schedule": 60},
    "resume stalled imports": {"task": "preferences.imports.tasks.resume_imports", "schedule": 30},
    "start due campaigns": {"task": "campaigns.tasks.start_due", "schedule": 30},
    "expire unrenewed consents": {"task": "campaigns.tasks.expire_consents", "schedule": 60 * 60},
    "recover lost sends": {"task": "campaigns.tasks.recover_lost_work", "schedule": 30},
    "close requests of erased contacts": {"task": "compliance.tasks.close_requests_of_erased", "schedule": 60 * 60},
    "resume stalled forecasts": {"task": "compliance.tasks.resume_forecasts", "schedule": 60},
    "send policy review reminders": {"task": "compliance.tasks.send_review_reminders", "schedule": 6 * 60 * 60},
}
if IMAP_HOST:
    CELERY_BEAT_SCHEDULE["poll mailbox"] = {"task": "preferences.inbound.tasks.poll_mailbox", "schedule": 60}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
}

# History is read, never restored: states change through services. Whoever reads it needs the permission to view it.
SIMPLE_HISTORY_REVERT_DISABLED = True
SIMPLE_HISTORY_ENFORCE_HISTORY_MODEL_PERMISSIONS = True

UNFOLD = {
    "SITE_TITLE": "Sayso",
    "SITE_HEADER": "Sayso",
    "SHOW_HISTORY": True,
    "SHOW_VIEW_ON_SITE": False,
    "STYLES": [lambda request: static("admin.css")],
    "DASHBOARD_CALLBACK": "compliance.admin.dashboard.dashboard_context",
}


def link_keys(secrets: dict[str, str]) -> dict[str, list[str]]:
    """Per purpose: today's key first, then the old ones that still verify (LINK_KEY_UNSUBSCRIBE_OLD=a,b)."""
    return {
        purpose: [
            secrets[f"LINK_KEY_{purpose.upper()}"],
            *env.list(f"LINK_KEY_{purpose.upper()}_OLD", default=[]),
        ]
        for purpose in ("unsubscribe", "preferences", "secure", "confirm", "undo", "receipt")
    }
