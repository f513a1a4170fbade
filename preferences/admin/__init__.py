"""The back office of the hall: people, what they said, and the rows it adds up to."""

from preferences.admin import imports, people, replies, seals, standing, topics, users
from preferences.admin import ledger as ledger_pages

__all__ = ["imports", "ledger_pages", "people", "replies", "seals", "standing", "topics", "users"]
