"""One machine, embedded defaults: SQLite, a queue of files, a mail catcher, the demo inbox."""

from config.settings import keys
from config.settings.base import *  # noqa: F403
from config.settings.base import DATA, INSTALLED_APPS, LOGGING, env, link_keys

env.read_env(str(keys.ensure_file(DATA / "keys.env")))
SECRETS = keys.read_secrets(env)
SECRET_KEY = SECRETS["SECRET_KEY"]
LINK_KEYS = link_keys(SECRETS)
FINGERPRINT_KEY = SECRETS["FINGERPRINT_KEY"]
LEDGER_KEY = SECRETS["LEDGER_KEY"]
LEDGER_KEY_OLD = env.list("LEDGER_KEY_OLD", default=[])
INBOUND_WEBHOOK_SECRET = SECRETS["INBOUND_WEBHOOK_SECRET"]
ANYMAIL = {"WEBHOOK_SECRET": SECRETS["ANYMAIL_WEBHOOK_SECRET"]}

DEMO = True
INSTALLED_APPS = [*INSTALLED_APPS, "config.demo"]
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
BASE_URL = env.str("BASE_URL", default="http://localhost:8000").rstrip("/")

STATIC_ROOT = None  # served from where they are
(DATA / "queue" / "control").mkdir(parents=True, exist_ok=True)
LOGGING = LOGGING | {"loggers": {"django.request": {"level": "ERROR"}}}
DEMO_INBOX_ROOT = DATA / "demo-inbox"
EMAIL_HOST = "127.0.0.1"
EMAIL_PORT = env.int("SAYSO_MAIL_PORT", default=8025)
UNSUBSCRIBE_MAILTO = env.str("UNSUBSCRIBE_MAILTO", default="out@post-room.example")
SMS_PROVIDER_URL = f"http://127.0.0.1:{env.int('SAYSO_TEXT_PORT', default=8026)}/texts"
SMS_PROVIDER_TOKEN = "the demo inbox takes any token"  # noqa: S105
