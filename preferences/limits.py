"""How often a form may make us write to somebody, and how fast it answers. Silent: the answer is always the same.

Forms count in the cache; the budget for all forms together is counted from the replies themselves.
"""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.conf import settings
from django.core.cache import cache
from django.db.models import F, QuerySet
from django.utils import timezone

from preferences import normal_forms
from preferences.models import Reply

logger = logging.getLogger(__name__)
HOUR = 60 * 60
BUDGETED = (Reply.Kind.CONFIRM, Reply.Kind.LINK, Reply.Kind.NEW_ADDRESS)  # what any stranger can make us send
COUNTED = [status for status in Reply.Status.values if status != Reply.Status.DROPPED]


def allows(channel: str, value: str, network: str) -> bool:
    """May a stranger make us write to this address once more? Counts over all forms, and per network."""
    who = normal_forms.fingerprint(channel, normal_forms.normal_form(channel, value))
    counts = [
        _count(f"network:{network}", HOUR) <= settings.FORMS_PER_NETWORK_PER_HOUR,
        _count(f"hour:{who}", HOUR) <= settings.LINK_REQUESTS_PER_HOUR,
        _count(f"day:{who}", 24 * HOUR) <= settings.LINK_REQUESTS_PER_DAY,
    ]
    return all(counts)


def allows_network(network: str, *, form: str, most: int) -> bool:
    """May this network use a form once more this hour that writes to nobody?"""
    return _count(f"{form}:{network}", HOUR) <= most


def hold_back(kind: str) -> timedelta:
    """How long this answer has to wait, so that at most CONFIRMATIONS_PER_HOUR of its like are due in any hour.

    A flood is slowed, and nothing of it lost: each waits until an hour after the one that used up the budget.
    """
    if kind not in BUDGETED:
        return timedelta(0)
    now, hour, most = timezone.now(), timedelta(seconds=HOUR), max(1, settings.CONFIRMATIONS_PER_HOUR)
    rows = Reply.objects.filter(status__in=COUNTED, due_at__gt=now - hour, kind__in=BUDGETED)
    last_of_budget = rows.order_by("-due_at").values_list("due_at", flat=True)[most - 1 : most]
    waits = [due + hour - now for due in last_of_budget]
    if waits and _count("held-back", HOUR) == 1:
        logger.error("Sign-ups are being held back: more than %s were asked for within an hour.", most)
    return waits[0] if waits else timedelta(0)


def held_back() -> QuerySet[Reply]:
    """Answers that wait for no other reason than that too many were asked for."""
    rows = Reply.objects.filter(kind__in=BUDGETED, status=Reply.Status.OWED, attempts=0, due_at__gt=timezone.now())
    return rows.filter(due_at__gt=F("owed_at") + timedelta(minutes=1))


def _count(key: str, seconds: int) -> int:
    """How often this happened in the current stretch of time, this one included."""
    key = f"limits:{key}:{int(time.time() // seconds)}"
    cache.add(key, 0, timeout=seconds)
    try:
        return cache.incr(key)
    except ValueError:  # forgotten between the two lines
        return 1


@contextmanager
def steady() -> Iterator[None]:
    """Answer no sooner than after a fixed time, so that the clock tells nothing about who is known."""
    ends = time.monotonic() + settings.STEADY_ANSWER_SECONDS
    try:
        yield
    finally:
        time.sleep(max(0, ends - time.monotonic()))
