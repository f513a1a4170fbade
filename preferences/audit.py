"""The story of our own rows: which colleague changed them, and why. simple-history writes it when a row is saved."""

from typing import Any

from django.contrib.auth.models import User
from django.db import models

MAX_REASON_LENGTH = 100


def save_with_history(
    row: models.Model, *, by: User | None, reason: str = "", update_fields: list[str] | None = None
) -> None:
    """Save a row, and say in its history who did it and why; nobody named means that Sayso did it itself."""
    told: Any = row
    told._history_user, told._change_reason = by, reason.strip()[:MAX_REASON_LENGTH] or None
    row.save(update_fields=update_fields)
