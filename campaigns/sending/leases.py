"""Rows are the queue: which messages are whose for the moment.

A claim is a lease. When it runs out, messages that were only claimed are queued again; messages that were
being handed over are *unknown*, because they may have arrived, and are never sent again by themselves.

Writes: Message.
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
from preferences.codes.send_details import SendDetail

MessageStatus = Message.Status
LEASE_MARGIN = timedelta(seconds=5)


@transaction.atomic
def lease_batch(campaign: Campaign) -> uuid.UUID | None:
    """Take the next batch of messages into one worker's hands; None when nothing is ready."""
    ready = campaign.messages.ready(timezone.now()).order_by("pk").select_for_update(skip_locked=True, no_key=True)
    ids = list(ready.values_list("pk", flat=True)[: settings.SEND_BATCH])
    if not ids:
        return None
    claim_id = uuid.uuid4()
    Message.objects.filter(pk__in=ids).update(
        status=MessageStatus.LEASED, lease=claim_id, leased_until=_lease(), wait_until=None
    )
    return claim_id


def leased_message_ids(claim_id: uuid.UUID) -> list[int]:
    """Ids of what is still claimed by this worker, in order."""
    rows = Message.objects.filter(lease=claim_id, status=MessageStatus.LEASED)
    return list(rows.order_by("pk").values_list("pk", flat=True))


def renew_lease(claim_id: uuid.UUID) -> bool:
    """Keep the claim for another lease; False when it was lost meanwhile."""
    rows = Message.objects.filter(lease=claim_id, status=MessageStatus.LEASED)
    return bool(rows.update(leased_until=_lease()))


def return_to_queue(claim_id: uuid.UUID, *, wait: timedelta | None = None) -> int:
    """What was claimed and not begun is queued again, at once or after a wait."""
    rows = Message.objects.filter(lease=claim_id, status=MessageStatus.LEASED)
    return _requeue(rows, wait)


def return_unsent(window: uuid.UUID, ids: Iterable[int]) -> int:
    """Fenced, but certainly never begun: queued again."""
    rows = Message.objects.filter(pk__in=list(ids), lease=window, status=MessageStatus.SENDING)
    return _requeue(rows, None)


def _lease() -> datetime:
    return timezone.now() + timedelta(seconds=settings.LEASE_SECONDS)


def _requeue(rows: QuerySet[Message], wait: timedelta | None) -> int:
    status = MessageStatus.WAITING if wait else MessageStatus.QUEUED
    until = timezone.now() + wait if wait else None
    return rows.update(status=status, wait_until=until, lease=None, leased_until=None)


def recover_lost_leases() -> int:
    """Put back what lost workers had claimed, and name what they had in their hands unknown."""
    now = timezone.now()
    in_doubt = Message.objects.filter(status=MessageStatus.SENDING, leased_until__lt=now - LEASE_MARGIN)
    ids = list(in_doubt.values_list("pk", flat=True))
    in_doubt.update(
        status=MessageStatus.UNKNOWN, lease=None, leased_until=None, finished_at=now,
        detail=SendDetail.WORKER_LOST,
    )  # fmt: skip
    delivery_events.apply_pending_reports(ids)
    return _requeue(Message.objects.filter(status=MessageStatus.LEASED, leased_until__lt=now), None)


def close_cancelled() -> int:
    """Nobody will send what is left of a cancelled campaign: each message says so."""
    left = Message.objects.filter(
        campaign__status=Campaign.Status.CANCELLED, status__in=[MessageStatus.QUEUED, MessageStatus.WAITING]
    )
    return left.update(
        status=MessageStatus.SKIPPED, skipped_because="campaign_cancelled", wait_until=None, finished_at=timezone.now()
    )


def close_late() -> int:
    """What did not go out before its campaign's end never will: each message says so."""
    late = Message.objects.filter(
        campaign__in=Campaign.objects.filter(ends_at__lte=timezone.now()),
        status__in=[MessageStatus.QUEUED, MessageStatus.WAITING],
    )
    return late.update(
        status=MessageStatus.SKIPPED, skipped_because="too_late", wait_until=None, finished_at=timezone.now()
    )


def is_being_sent(campaign: Campaign) -> bool:
    """Is some worker sending this campaign at this moment?"""
    held = [MessageStatus.LEASED, MessageStatus.SENDING]
    return campaign.messages.filter(status__in=held, leased_until__gte=timezone.now()).exists()
