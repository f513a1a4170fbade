"""Production: every secret from the environment, TLS everywhere, no demo."""

from django.core.exceptions import ImproperlyConfigured

from config.settings import keys
from config.settings.base import *  # noqa: F403
from config.settings.base import BASE_URL, env, link_keys

SECRETS = keys.read_secrets(env)
SECRET_KEY = SECRETS["SECRET_KEY"]
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_OLD", default=[])
LINK_KEYS = link_keys(SECRETS)
FINGERPRINT_KEY = SECRETS["FINGERPRINT_KEY"]
LEDGER_KEY = SECRETS["LEDGER_KEY"]
LEDGER_KEY_OLD = env.list("LEDGER_KEY_OLD", default=[])
INBOUND_WEBHOOK_SECRET = SECRETS["INBOUND_WEBHOOK_SECRET"]
ANYMAIL = {"WEBHOOK_SECRET": SECRETS["ANYMAIL_WEBHOOK_SECRET"]}

if not BASE_URL.startswith("https://"):
    raise ImproperlyConfigured("BASE_URL must start with https://: links in messages carry it for years.")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[BASE_URL.split("/")[2].split(":")[0]])

SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]  # asked from inside, without TLS
SECURE_HSTS_SECONDS = 63_072_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = env.bool("SECURE_HSTS_PRELOAD", default=True)
if env.bool("BEHIND_TLS_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SESSION_COOKIE_SECURE = True
SESSION_COOKIE_NAME = "__Host-staff"
CSRF_COOKIE_SECURE = True
CSRF_COOKIE_NAME = "__Host-csrf"
LANGUAGE_COOKIE_SECURE = True
LANGUAGE_COOKIE_NAME = "__Host-sayso-language"
