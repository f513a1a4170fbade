"""The back office of the hall: people, what they said, and the rows it adds up to."""

from preferences.admin import (
    consent_forms,
    imports,
    inbound,
    people,
    proposals,
    replies,
    rules,
    scanners,
    seals,
    standing,
    topics,
    users,
)
from preferences.admin import ledger as ledger_pages

__all__ = [
    "consent_forms",
    "imports",
    "inbound",
    "ledger_pages",
    "people",
    "proposals",
    "replies",
    "rules",
    "scanners",
    "seals",
    "standing",
    "topics",
    "users",
]
