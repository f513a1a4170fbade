"""A campaign's messages on their way: fence, hand over, record.

queued → leased → sending → sent | failed | unknown | skipped, or waiting for a later try. A window of messages is
fenced together (preferences/outbox/send_fence.py): its addresses are locked, eligibility is checked again in the next
statement, the rows are marked with a deadline, and only after the commit is the provider called. What could have
reached the provider is never sent again automatically.

Writes: Message.
"""

import logging
import time
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import OperationalError, connection, transaction
from django.utils import timezone

from campaigns.content import rendering
from campaigns.decision import send_window as decision_send_window
from campaigns.decision.checks import DecisionKind
from campaigns.models import Campaign, Message
from campaigns.sending import delivery_events, emergency_stop, leases
from preferences.channels import connection as channels
from preferences.channels.outcomes import Outcome, Result
from preferences.codes import send_details
from preferences.errors import SaysoError
from preferences.models import Address
from preferences.outbox import send_fence

logger = logging.getLogger(__name__)
MessageStatus = Message.Status

# No sending begins later than this in its window: nobody who opts out waits long, and the hour is still right.
WINDOW_SECONDS = decision_send_window.BEGINS_WITHIN.total_seconds()
STATUS_CHECK_SECONDS = 0.5  # how long a paused campaign can go unnoticed inside a window
IN_FLIGHT_DELAY = timedelta(seconds=2)  # another campaign has the address in its hands
RETRY_DELAYS = timedelta(seconds=30)
MAX_ATTEMPTS = 8
MAX_FAILURES_IN_A_ROW = 3  # then the provider is given a rest
RECORD_TRIES = 20
RECORDED = [
    "status",
    "provider_id",
    "detail",
    "body_digest",
    "attempts",
    "sent_to_provider_at",
    "finished_at",
    "wait_until",
]
UPDATE_SQL = f"""
UPDATE campaigns_message SET {", ".join(f"{name} = %s" for name in RECORDED)}, lease = NULL, leased_until = NULL
WHERE id = %s AND status IN ('sending', 'unknown')
"""  # noqa: S608 our own names


class ProviderUnavailable(Exception):
    """The provider takes nothing at the moment."""


@dataclass
class FencedBatch:
    """Messages fenced together, and until when their sending may begin (monotonic seconds)."""

    id: uuid.UUID
    messages: list[Message]
    opened: float

    def seconds_left(self) -> float:
        return self.opened + settings.SEND_FENCE_SECONDS - 1 - time.monotonic()

    def may_begin(self) -> bool:
        return time.monotonic() < self.opened + min(WINDOW_SECONDS, settings.SEND_FENCE_SECONDS / 2)


def send_batch(campaign: Campaign) -> bool:
    """Send the next batch of this campaign; False when there was nothing to do."""
    if not _is_sending(campaign) or (claim_id := leases.lease_batch(campaign)) is None:
        return False
    try:
        with channels.connect(campaign.channel) as out:
            _send_leased(decision_send_window.send_window_for(campaign), claim_id, rendering.prepare(campaign), out)
    except ProviderUnavailable:
        leases.return_to_queue(claim_id, wait=RETRY_DELAYS)
    finally:
        leases.return_to_queue(claim_id)
    return True


def _send_leased(
    send_window: decision_send_window.SendWindow,
    claim_id: uuid.UUID,
    prepared: rendering.Prepared,
    out: channels.Connection,
) -> None:
    ids = leases.leased_message_ids(claim_id)
    for start in range(0, len(ids), settings.SEND_FENCE_BATCH):
        if not (_is_sending(send_window.campaign) and leases.renew_lease(claim_id)):
            return
        window = fence_batch(send_window, claim_id, ids[start : start + settings.SEND_FENCE_BATCH])
        send_fenced_batch(window, prepared, out)


@transaction.atomic
def fence_batch(send_window: decision_send_window.SendWindow, claim_id: uuid.UUID, ids: Iterable[int]) -> FencedBatch:
    """Fence these messages: whoever opted out before now is skipped, whoever opts out from now on waits for us."""
    opened = time.monotonic()
    _lock(send_window.campaign, claim_id, ids)
    now = timezone.now()
    judged = decision_send_window.evaluate_messages(send_window, list(_leased_messages(claim_id, ids)), now)
    decision_send_window.apply_decisions(
        send_window, [one for one in judged if one.decision.kind != DecisionKind.SEND], now
    )
    allowed = [one for one in judged if one.decision.kind == DecisionKind.SEND]
    window = FencedBatch(uuid.uuid4(), [], opened)
    free = send_fence.acquire([one.message.address_id for one in allowed], window.id)
    _postpone([one.message.pk for one in allowed if one.message.address_id not in free])
    taken = [one for one in allowed if one.message.address_id in free]
    decision_send_window.mark_sending(
        send_window, taken, window.id, now + timedelta(seconds=settings.SEND_FENCE_SECONDS), now
    )
    window.messages = [one.message for one in taken]
    return window


def _lock(campaign: Campaign, claim_id: uuid.UUID, ids: Iterable[int]) -> None:
    """Every address of these people on this channel: what one of them gets counts for the others."""
    people = Message.objects.filter(pk__in=ids, lease=claim_id).values("address__contact")
    send_fence.lock_addresses(
        Address.objects.filter(contact__in=people, channel=campaign.channel).values_list("pk", flat=True)
    )


def _leased_messages(claim_id: uuid.UUID, ids: Iterable[int]):
    rows = Message.objects.filter(pk__in=ids, lease=claim_id, status=MessageStatus.LEASED)
    return rows.select_related("address__contact", "event").order_by("pk")


def _postpone(ids: list[int]) -> None:
    """Another sender has these addresses in its hands: a moment later."""
    Message.objects.filter(pk__in=ids).update(
        status=MessageStatus.WAITING, wait_until=timezone.now() + IN_FLIGHT_DELAY, lease=None, leased_until=None
    )


def send_fenced_batch(window: FencedBatch, prepared: rendering.Prepared, out: channels.Connection) -> None:
    """Hand the window over, one message after the other, and write down what became of each.

    Raises Trouble, after recording, when the provider takes nothing at the moment.
    """
    begun: list[Message] = []
    try:
        _hand_over_all(window, prepared, out, begun)
    finally:
        _record_with_retries(window, begun)


def _hand_over_all(
    window: FencedBatch, prepared: rendering.Prepared, out: channels.Connection, begun: list[Message]
) -> None:
    checked, in_a_row = time.monotonic(), 0
    for message in window.messages:
        if time.monotonic() - checked > STATUS_CHECK_SECONDS:
            checked = time.monotonic()
            if not _is_sending(message.campaign_id):
                return
        if not window.may_begin():
            return
        begun.append(message)
        outcome = _hand_over(message, prepared, out, within=window.seconds_left())
        in_a_row = in_a_row + 1 if outcome.result == Result.TRY_LATER else 0
        if in_a_row == MAX_FAILURES_IN_A_ROW:
            raise ProviderUnavailable(outcome.detail)


def _hand_over(message: Message, prepared: rendering.Prepared, out: channels.Connection, *, within: float) -> Outcome:
    message.status, message.sent_to_provider_at = MessageStatus.UNKNOWN, timezone.now()
    message.attempts += 1
    try:
        parcel = prepared.parcel(message, message.address, message.address.contact)
    except SaysoError as error:
        outcome = Outcome(Result.REFUSED, detail=send_details.not_composed(error))
    else:
        message.body_digest = rendering.parcel_digest(parcel)
        outcome = out.send(parcel, within=within)
    _conclude(message, outcome)
    return outcome


def _conclude(message: Message, outcome: Outcome) -> None:
    now = timezone.now()
    message.provider_id, message.detail = outcome.provider_id[:200], outcome.detail[:300]
    message.finished_at, message.wait_until = now, None
    if outcome.result == Result.TRY_LATER and message.attempts < MAX_ATTEMPTS:
        message.status, message.finished_at = MessageStatus.WAITING, None
        message.wait_until = now + RETRY_DELAYS * message.attempts
        return
    message.status = {Result.SENT: MessageStatus.SENT, Result.UNKNOWN: MessageStatus.UNKNOWN}.get(
        outcome.result, MessageStatus.FAILED
    )


def _record_with_retries(window: FencedBatch, begun: list[Message]) -> None:
    """When recording fails, the record is tried again, never the sending."""
    for attempt in range(RECORD_TRIES):
        try:
            return record_outcomes(window, begun)
        except OperationalError:
            logger.warning("Recording %s outcomes failed, trying again.", len(begun), exc_info=attempt == 0)
            connection.close()
            time.sleep(min(0.1 * 2**attempt, 5))
    return record_outcomes(window, begun)


@transaction.atomic
def record_outcomes(window: FencedBatch, begun: list[Message]) -> None:
    """Write down the outcomes, put back what was not begun, and let go of the addresses."""
    begun_ids = {message.pk for message in begun}
    _write(begun)
    delivery_events.apply_pending_reports(begun_ids)
    leases.return_unsent(window.id, (message.pk for message in window.messages if message.pk not in begun_ids))
    send_fence.release(window.id)


def _write(messages: list[Message]) -> None:
    """One statement for all, prepared once; a message whose fate is known by now keeps it."""
    rows: list[list[Any]] = [
        [*(_stored(getattr(message, name)) for name in RECORDED), message.pk] for message in messages
    ]
    with connection.cursor() as cursor:
        cursor.executemany(UPDATE_SQL, rows)


def _stored(value: object) -> object:
    return connection.ops.adapt_datetimefield_value(value) if isinstance(value, datetime) else value


def _is_sending(campaign: Campaign | int) -> bool:
    pk = campaign if isinstance(campaign, int) else campaign.pk
    return Campaign.objects.sending().filter(pk=pk).exists() and not emergency_stop.is_active()
