"""What a history row changed, in words: each compared with the one before it, without a further query."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db import models
from django.template.defaultfilters import date as formatted
from django.utils.translation import gettext as _

HIDDEN_FIELDS = frozenset({"created_at", "changed_at", "link_generation"})


def describe_changes(history: models.QuerySet, *, hidden: str) -> Iterator[tuple[Any, str]]:
    """Each row, oldest first, with what is different; `hidden` names what leaves no trace in this history."""
    before: dict[int, Any] = {}
    for row in history.select_related("history_user").order_by("history_date", "history_id"):
        yield row, _difference(before.get(row.id), row, hidden=hidden)
        before[row.id] = row


def _difference(before: Any, row: Any, *, hidden: str) -> str:
    if before is None:
        return ""
    told = [_value_change(field, before, row) for field in _fields(row) if _value(field, before) != _value(field, row)]
    return "; ".join(told) or _("%(hidden)s (values not stored)") % {"hidden": hidden}


def _fields(row: Any) -> list[models.Field]:
    return [field for field in row.tracked_fields if field.name not in HIDDEN_FIELDS]


def _value(field: models.Field, row: Any) -> Any:
    return getattr(row, field.attname)


def _value_change(field: models.Field, before: Any, row: Any) -> str:
    values = {
        "field": field.verbose_name,
        "old": _shown_value(_value(field, before)),
        "new": _shown_value(_value(field, row)),
    }
    return _("%(field)s: %(old)s → %(new)s") % values


def _shown_value(value: Any) -> str:
    return formatted(value, "j F Y H:i") if isinstance(value, datetime) else str(value or "–")
