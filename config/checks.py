"""What must be true of the settings before Sayso starts."""

from collections.abc import Sequence
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.db import connections

from preferences.channels import mime
from preferences.rulebook import effective_terms

MAX_TAGGED_LENGTH = 16  # before the @, so that a signed tag fits behind it
# What a database must answer for a committed "no" to survive a power cut, and what to set if it does not.
DURABLE_SETTINGS = {
    "postgresql": (
        "SHOW synchronous_commit",
        {"on", "local", "remote_write", "remote_apply"},
        "Set synchronous_commit = on in postgresql.conf, and for the role and the database Sayso uses.",
    ),
    "sqlite": (
        "PRAGMA synchronous",
        {"2", "3"},
        "Set PRAGMA synchronous=FULL in the init_command of the database's OPTIONS.",
    ),
}


def demo_is_not_production(**kwargs: Any) -> list[CheckMessage]:
    """The demo inbox shows everybody's mail, so it may not run where the cookies say production."""
    if not settings.SESSION_COOKIE_SECURE or not (settings.DEMO or apps.is_installed("config.demo")):
        return []
    hint = "Take config.demo out of INSTALLED_APPS and leave DEMO off."
    return [Error("The demo inbox is switched on in production.", hint=hint, id="sayso.E001")]


def rule_profile_is_known(**kwargs: Any) -> list[CheckMessage]:
    """A slip of the pen must not loosen the rulebook."""
    if settings.RULE_PROFILE in (effective_terms.STRICT, effective_terms.LEGAL):
        return []
    hint = "Set RULE_PROFILE to strict or to legal, or leave it out for strict."
    return [Error(f"RULE_PROFILE is “{settings.RULE_PROFILE}”.", hint=hint, id="sayso.E004")]


def unsubscribe_mailto_fits(**kwargs: Any) -> list[CheckMessage]:
    """Every mail carries this address with a long tag in it: where it does not fit, nobody could leave by mail."""
    written = settings.UNSUBSCRIBE_MAILTO
    if not written or (
        mime.is_address(written) and written.isascii() and len(written.rpartition("@")[0]) <= MAX_TAGGED_LENGTH
    ):
        return []
    hint = f"Write one address such as out@in.example.org, with at most {MAX_TAGGED_LENGTH} characters before the @."
    return [Error(f"UNSUBSCRIBE_MAILTO is “{written}”, which cannot carry a tag.", hint=hint, id="sayso.E003")]


def commits_are_durable(*, databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """Whoever was told "done" has to find it done after a power cut. Asked of the database itself."""
    if not settings.SESSION_COOKIE_SECURE:
        return []
    return [error for alias in databases or [] for error in _durability_fault(alias)]


def _durability_fault(alias: str) -> list[CheckMessage]:
    question, good, hint = DURABLE_SETTINGS[connections[alias].vendor]
    with connections[alias].cursor() as cursor:
        cursor.execute(question)
        answer = str(cursor.fetchone()[0])
    if answer in good:
        return []
    sentence = f"The database “{alias}” may forget what it has confirmed ({question}: {answer})."
    return [Error(sentence, hint=hint, id="sayso.E002")]
