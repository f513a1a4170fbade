"""The secrets Sayso runs on: each its own setting, each strong, no two the same."""

import secrets
from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured

NAMES = {
    "SECRET_KEY": "signs staff sessions and forms",
    "LINK_KEY_UNSUBSCRIBE": "signs the unsubscribe links in every message; old messages carry it for years",
    "LINK_KEY_PREFERENCES": "signs the links to the preferences page",
    "LINK_KEY_SECURE": "signs the links mailed on request",
    "LINK_KEY_CONFIRM": "signs the links that confirm a sign-up",
    "LINK_KEY_UNDO": "signs the links that undo a change",
    "LINK_KEY_RECEIPT": "signs the links to the receipts that people keep",
    "FINGERPRINT_KEY": "makes the fingerprints that suppressions are kept under",
    "LEDGER_KEY": "signs the ledger's checkpoints",
    "INBOUND_WEBHOOK_SECRET": "proves that an incoming text comes from the provider",
    "ANYMAIL_WEBHOOK_SECRET": "proves that a delivery report comes from the provider (user:password)",
}
MIN_LENGTH = 32
MIN_DISTINCT = 10


def read_secrets(env: environ.Env) -> dict[str, str]:
    """All secrets by name. Raises ImproperlyConfigured with one sentence per problem."""
    values = {name: env.str(name, default="") for name in NAMES}
    problems = [problem for name in NAMES if (problem := secret_weakness(name, values[name]))]
    if len(set(values.values())) < len(values) and not problems:
        problems = ["Two secrets have the same value: make each one with `python3 dev.py keys`."]
    if problems:
        raise ImproperlyConfigured(" ".join(problems))
    return values


def secret_weakness(name: str, value: str) -> str:
    """What is wrong with this secret, in one sentence; empty when nothing is."""
    if not value:
        return f"{name} is not set: it {NAMES[name]}. Make one with `python3 dev.py keys`."
    if len(value) < MIN_LENGTH or len(set(value)) < MIN_DISTINCT:
        return f"{name} is too weak: use at least {MIN_LENGTH} random characters (`python3 dev.py keys`)."
    return ""


def make_secrets() -> dict[str, str]:
    """A fresh set of secrets."""
    fresh = {name: secrets.token_urlsafe(48) for name in NAMES}
    fresh["ANYMAIL_WEBHOOK_SECRET"] = f"anymail:{secrets.token_urlsafe(48)}"
    return fresh


def ensure_file(path: Path) -> Path:
    """A file of secrets for this machine alone, made on first use and kept; a secret that is new is added to it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    kept = path.read_text()
    known = {line.partition("=")[0] for line in kept.splitlines()}
    path.write_text(kept + "".join(f"{name}={value}\n" for name, value in make_secrets().items() if name not in known))
    return path
