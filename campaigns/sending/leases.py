"""Rows are the queue: which messages are whose for the moment. Writes Message.status up to the hand-over.

A claim is a lease. When it runs out, messages that were only claimed are queued again; messages that were
being handed over are *unknown*, because they may have arrived, and are never sent again by themselves.
"""

import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from campaigns.models import Campaign, Message
from campaigns.sending import delivery_events

Status = Message.Status
MARGIN = timedelta(seconds=5)


@transaction.atomic
def claim(campaign: Campaign) -> uuid.UUID | None:
    """Take the next batch of messages into one worker's hands; None when nothing is ready."""
    ready = campaign.messages.ready(timezone.now()).order_by("pk").select_for_update(skip_locked=True, no_key=True)
    ids = list(ready.values_list("pk", flat=True)[: settings.SEND_BATCH])
    if not ids:
        return None
    claim_id = uuid.uuid4()
    Message.objects.filter(pk__in=ids).update(
        status=Status.CLAIMED, claim=claim_id, claimed_until=_lease(), wait_until=None
    )
    return claim_id


def mine(claim_id: uuid.UUID) -> list[int]:
    """Ids of what is still claimed by this worker, in order."""
    rows = Message.objects.filter(claim=claim_id, status=Status.CLAIMED)
    return list(rows.order_by("pk").values_list("pk", flat=True))


def renew(claim_id: uuid.UUID) -> bool:
    """Keep the claim for another lease; False when it was lost meanwhile."""
    rows = Message.objects.filter(claim=claim_id, status=Status.CLAIMED)
    return bool(rows.update(claimed_until=_lease()))


def give_back(claim_id: uuid.UUID, *, wait: timedelta | None = None) -> int:
    """What was claimed and not begun is queued again, at once or after a wait."""
    rows = Message.objects.filter(claim=claim_id, status=Status.CLAIMED)
    return _requeue(rows, wait)


def give_back_unbegun(window: uuid.UUID, ids: Iterable[int]) -> int:
    """Fenced, but certainly never begun: queued again."""
    rows = Message.objects.filter(pk__in=list(ids), claim=window, status=Status.HANDING_OVER)
    return _requeue(rows, None)


def _lease() -> datetime:
    return timezone.now() + timedelta(seconds=settings.CLAIM_SECONDS)


def _requeue(rows: QuerySet[Message], wait: timedelta | None) -> int:
    status = Status.WAITING if wait else Status.QUEUED
    until = timezone.now() + wait if wait else None
    return rows.update(status=status, wait_until=until, claim=None, claimed_until=None)


def sweep() -> int:
    """Put back what lost workers had claimed, and name what they had in their hands unknown."""
    now = timezone.now()
    in_doubt = Message.objects.filter(status=Status.HANDING_OVER, claimed_until__lt=now - MARGIN)
    ids = list(in_doubt.values_list("pk", flat=True))
    in_doubt.update(
        status=Status.UNKNOWN, claim=None, claimed_until=None, finished_at=now,
        detail="The worker was lost during the hand-over; it may have arrived.",
    )  # fmt: skip
    delivery_events.settle(ids)
    return _requeue(Message.objects.filter(status=Status.CLAIMED, claimed_until__lt=now), None)


def close_cancelled() -> int:
    """Nobody will send what is left of a cancelled campaign: each message says so."""
    left = Message.objects.filter(
        campaign__status=Campaign.Status.CANCELLED, status__in=[Status.QUEUED, Status.WAITING]
    )
    return left.update(
        status=Status.SKIPPED, skipped_because="campaign_cancelled", wait_until=None, finished_at=timezone.now()
    )


def close_late() -> int:
    """What did not go out before its campaign's end never will: each message says so."""
    late = Message.objects.filter(
        campaign__in=Campaign.objects.filter(ends_at__lte=timezone.now()), status__in=[Status.QUEUED, Status.WAITING]
    )
    return late.update(status=Status.SKIPPED, skipped_because="too_late", wait_until=None, finished_at=timezone.now())


def is_busy(campaign: Campaign) -> bool:
    """Is some worker sending this campaign at this moment?"""
    held = [Status.CLAIMED, Status.HANDING_OVER]
    return campaign.messages.filter(status__in=held, claimed_until__gte=timezone.now()).exists()
