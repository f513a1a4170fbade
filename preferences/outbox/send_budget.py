"""The hourly budget of service messages that strangers can make us send, over all forms together.

It is counted from the service messages themselves; what is over the budget waits, and nothing is lost.
"""

import logging
import time
from datetime import timedelta

from django.conf import settings
from django.core.cache import cache
from django.db.models import F, QuerySet
from django.utils import timezone

from preferences.models import ServiceMessage

logger = logging.getLogger(__name__)
BUDGETED_KINDS = (
    ServiceMessage.Kind.CONFIRM,
    ServiceMessage.Kind.SECURE_LINK,
    ServiceMessage.Kind.NEW_ADDRESS,
)  # what any stranger can make us send
COUNTED_STATUSES = [status for status in ServiceMessage.Status.values if status != ServiceMessage.Status.CANCELLED]
HOUR = timedelta(hours=1)


def defer_over_budget(kind: str) -> timedelta:
    """How long this answer has to wait, so that at most CONFIRMATIONS_PER_HOUR of its like are due in any hour.

    A flood is slowed, and nothing of it lost: each waits until an hour after the one that used up the budget.
    """
    if kind not in BUDGETED_KINDS:
        return timedelta(0)
    now, most = timezone.now(), max(1, settings.CONFIRMATIONS_PER_HOUR)
    rows = ServiceMessage.objects.filter(status__in=COUNTED_STATUSES, due_at__gt=now - HOUR, kind__in=BUDGETED_KINDS)
    last_of_budget = rows.order_by("-due_at").values_list("due_at", flat=True)[most - 1 : most]
    waits = [due + HOUR - now for due in last_of_budget]
    if waits and cache.add(f"budget:used-up:{int(time.time() // HOUR.total_seconds())}", True, HOUR.total_seconds()):
        logger.error("Sign-ups are being held back: more than %s were asked for within an hour.", most)
    return waits[0] if waits else timedelta(0)


def deferred_messages() -> QuerySet[ServiceMessage]:
    """Answers that wait for no other reason than that too many were asked for."""
    rows = ServiceMessage.objects.filter(
        kind__in=BUDGETED_KINDS, status=ServiceMessage.Status.QUEUED, attempts=0, due_at__gt=timezone.now()
    )
    return rows.filter(due_at__gt=F("queued_at") + timedelta(minutes=1))
