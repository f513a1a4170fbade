"""What waits for somebody's eyes: counted for the first page of the back office. Reads, and writes nothing."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.models import User
from django.db.models import Model, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.models import Campaign, Message
from compliance import reminders
from compliance.models import PolicyReview
from preferences import limits
from preferences.models import Inbound, Reply

RECENT = datetime.timedelta(days=30)


@dataclass(frozen=True)
class Concern:
    """So many rows of one kind that wait, and by which filter they are listed."""

    what: str
    count: int
    model: type[Model]
    query: dict[str, str]
    grave: bool


def concerns(user: User, today: datetime.date | None = None) -> list[Concern]:
    """Everything that waits and that this colleague may see, the gravest first."""
    return [concern for concern in _counted(user, today or timezone.localdate()) if concern.count]


def _counted(user: User, today: datetime.date) -> Iterator[Concern]:
    for what, rows, query, grave in _questions(today):
        meta = rows.model._meta
        if user.has_perm(f"{meta.app_label}.view_{meta.model_name}"):
            yield Concern(what, rows.count(), rows.model, query, grave)


def _questions(today: datetime.date) -> list[tuple[str, QuerySet, dict[str, str], bool]]:
    soon = today + datetime.timedelta(days=max(reminders.DAYS_BEFORE))
    reviews = PolicyReview.objects.open()
    return [
        (_("Policy reviews overdue"), reviews.overdue(today), {"state": "overdue"}, True),
        (_("Messages whose end is unknown"), _unknown_messages(), {"status__exact": "unknown"}, True),
        (_("Replies whose end is unknown"), _replies("unknown"), {"status__exact": "unknown"}, True),
        (_held_back(), limits.held_back(), {"status__exact": "owed"}, True),
        (_("Replies that failed"), _replies("failed"), {"status__exact": "failed"}, True),
        (_("Texts for a person to read"), _unread_texts(), {"meaning__exact": "other"}, False),
        (_("Policy reviews due soon"), reviews.filter(due_on__range=(today, soon)), {"state": "open"}, False),
    ]


def _held_back() -> str:
    return _("Sign-ups are being held back: %(most)d an hour") % {"most": settings.CONFIRMATIONS_PER_HOUR}


def _unknown_messages() -> QuerySet[Message]:
    """Of recent campaigns: older ones were looked at or never will be, and the table is long."""
    recent = Campaign.objects.filter(started_at__gte=timezone.now() - RECENT)
    return Message.objects.filter(campaign__in=recent, status=Message.Status.UNKNOWN)


def _unread_texts() -> QuerySet[Inbound]:
    """What came back lately and no keyword explains."""
    recent = timezone.now() - datetime.timedelta(days=7)
    return Inbound.objects.filter(meaning=Inbound.Meaning.OTHER, received_at__gte=recent)


def _replies(status: str) -> QuerySet[Reply]:
    return Reply.objects.filter(status=status, due_at__gte=timezone.now() - RECENT)
