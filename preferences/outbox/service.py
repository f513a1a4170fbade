"""What we owe one person because of something they did. each goes out at most once.

owed → claimed → handing_over → sent | failed | unknown | dropped. Rows are the queue: a lost task or worker
costs a sweep, never a reply.

Writes: ServiceMessage.
"""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from preferences.channels.outcomes import Outcome, Result
from preferences.codes.send_details import SendDetail
from preferences.models import Address, CancelReason, Channel, Sender, ServiceMessage, Suppression
from preferences.outbox import reply_hours, send_budget, send_fence

MessageKind = ServiceMessage.Kind
ServiceMessageStatus = ServiceMessage.Status

# How late an answer is still an answer. A text that says "you are out" must not come later than five
# minutes after the STOP (47 CFR 64.1200(a)(12)).
VALID_FOR = {
    (MessageKind.CONFIRM, Channel.EMAIL): timedelta(hours=24),
    (MessageKind.CONFIRM, Channel.SMS): timedelta(hours=1),
    (MessageKind.SUBSCRIBED, Channel.EMAIL): timedelta(hours=24),
    (MessageKind.SUBSCRIBED, Channel.SMS): timedelta(hours=1),
    (MessageKind.UNSUBSCRIBED, Channel.EMAIL): timedelta(hours=24),
    (MessageKind.UNSUBSCRIBED, Channel.SMS): timedelta(minutes=5),
    (MessageKind.HELP, Channel.EMAIL): timedelta(hours=1),
    (MessageKind.HELP, Channel.SMS): timedelta(minutes=5),
    (MessageKind.SECURE_LINK, Channel.EMAIL): timedelta(minutes=30),
    (MessageKind.SECURE_LINK, Channel.SMS): timedelta(minutes=30),
    (MessageKind.REMINDER, Channel.EMAIL): timedelta(hours=24),
    (MessageKind.CHANGED, Channel.EMAIL): timedelta(hours=24),
    (MessageKind.CHANGED, Channel.SMS): timedelta(hours=1),
    (MessageKind.OFFLINE_CONSENT, Channel.EMAIL): timedelta(hours=24),
    (MessageKind.OFFLINE_CONSENT, Channel.SMS): timedelta(hours=1),
    (MessageKind.NEW_ADDRESS, Channel.EMAIL): timedelta(hours=24),
    (MessageKind.NEW_ADDRESS, Channel.SMS): timedelta(hours=1),
}
IMMEDIATE_KINDS = (
    MessageKind.UNSUBSCRIBED,
    MessageKind.HELP,
    MessageKind.SECURE_LINK,
)  # later they would answer nothing any more
LEASE_TIME = timedelta(seconds=60)
RETRY_DELAYS = timedelta(seconds=30)
IN_FLIGHT_DELAY = timedelta(seconds=2)  # a campaign has the address in its hands
MAX_ATTEMPTS = 8


# What invites somebody to say yes, or tells that they did: a "no" takes it back while it is still on its way.
INVITING_KINDS = (
    MessageKind.CONFIRM,
    MessageKind.REMINDER,
    MessageKind.SUBSCRIBED,
    MessageKind.OFFLINE_CONSENT,
    MessageKind.NEW_ADDRESS,
)


def enqueue(
    address: Address, kind: str, *, sender: Sender, interaction_id: UUID, after: timedelta = timedelta(0)
) -> ServiceMessage:
    """We owe this address an answer to this act, now or `after` a while. Harmless twice: it is the same reply.

    What any stranger can make us send is due later while too much of it is asked for.
    """
    due = timezone.now() + max(after, send_budget.defer_over_budget(kind))
    deadline = due + VALID_FOR[MessageKind(kind), Channel(address.channel)]
    service_message, _created = ServiceMessage.objects.get_or_create(
        kind=kind,
        address=address,
        interaction_id=interaction_id,
        defaults={"sender": sender, "due_at": due, "deadline_at": deadline},
    )
    return service_message


def enqueue_reminder(address: Address, *, sender: Sender, interaction_id: UUID) -> ServiceMessage | None:
    """Remind of a sign-up once, some days after its question went out.

    Asked anew meanwhile, only the newest question is reminded of; and not at all if a reminder has gone out already.
    """
    cancel_queued(address, MessageKind.REMINDER, reason=CancelReason.ASKED_AGAIN)
    lately = timezone.now() - timedelta(days=settings.CONFIRM_LINK_DAYS)
    if (
        address.service_messages.filter(kind=MessageKind.REMINDER, queued_at__gt=lately)
        .exclude(status=ServiceMessageStatus.CANCELLED)
        .exists()
    ):
        return None
    after = send_budget.defer_over_budget(MessageKind.CONFIRM) + timedelta(days=settings.SIGN_UP_REMINDER_DAYS)
    return enqueue(address, MessageKind.REMINDER, sender=sender, interaction_id=interaction_id, after=after)


def enqueue_secure_link(address: Address) -> ServiceMessage | None:
    """The person asked for a secure link. Nobody to write on behalf of, or "never again": nothing is owed."""
    never = Suppression.objects.of(address).in_force().filter(reason=Suppression.Reason.PERMANENT)
    sender = latest_sender(address)
    return (
        None
        if sender is None or never.exists()
        else enqueue(address, MessageKind.SECURE_LINK, sender=sender, interaction_id=uuid4())
    )


def latest_sender(address: Address) -> Sender | None:
    """On whose behalf we last had to do with this address, if they can write to it."""
    spoken = address.events.filter(topic__isnull=False).select_related("topic__sender").order_by("-pk")[:20]
    answered = address.service_messages.select_related("sender").order_by("-pk")[:20]
    senders = [
        *(event.topic.sender for event in spoken if event.topic),
        *(service_message.sender for service_message in answered),
    ]
    return next((one for one in senders if one.text_number or address.channel == Channel.EMAIL), None)


def cancel_queued(address: Address, *kinds: str, reason: str) -> int:
    """What we owed and must not say any more, because the person changed their mind.

    What is in a provider's hands right now is not tried a second time.
    """
    unsaid = ServiceMessage.objects.filter(address=address, kind__in=kinds, status=ServiceMessageStatus.SENDING)
    unsaid.update(deadline_at=timezone.now())
    waiting = ServiceMessage.objects.filter(
        address=address, kind__in=kinds, status__in=[ServiceMessageStatus.QUEUED, ServiceMessageStatus.LEASED]
    )
    return waiting.update(status=ServiceMessageStatus.CANCELLED, reason=reason)


def recover_lost() -> int:
    """Put back what a lost worker left: claimed rows are owed again, handed-over ones are unknown."""
    now = timezone.now()
    lost = ServiceMessage.objects.filter(leased_until__lt=now)
    lost.filter(status=ServiceMessageStatus.SENDING).update(
        status=ServiceMessageStatus.UNKNOWN, leased_until=None, reason=SendDetail.WORKER_LOST
    )
    ServiceMessage.objects.filter(status=ServiceMessageStatus.QUEUED, deadline_at__lt=now).update(
        status=ServiceMessageStatus.CANCELLED, reason=CancelReason.TOO_LATE
    )
    return lost.filter(status=ServiceMessageStatus.LEASED).update(status=ServiceMessageStatus.QUEUED, leased_until=None)


def due_message_ids(address_id: int | None = None) -> list[int]:
    """Ids of what can be delivered now, oldest first; of everybody, or to one address."""
    rows = ServiceMessage.objects.due(timezone.now())
    if address_id is not None:
        rows = rows.filter(address=address_id)
    return list(rows.order_by("due_at").values_list("pk", flat=True)[:500])


def deliver(reply_id: int, send: Callable[[ServiceMessage], Outcome]) -> ServiceMessage | None:
    """Deliver one reply, if it is ours to deliver. `hand_over` composes it and talks to the provider."""
    if not _lease(reply_id):
        return None
    service_message = ServiceMessage.objects.select_related("address__contact", "sender").get(pk=reply_id)
    if not _is_within_reply_hours(service_message) or not _mark_sending(service_message):
        return service_message
    return record_outcome(service_message, send(service_message))


def _lease(reply_id: int) -> bool:
    now = timezone.now()
    mine = ServiceMessage.objects.due(now).filter(pk=reply_id, deadline_at__gte=now)
    return bool(mine.update(status=ServiceMessageStatus.LEASED, leased_until=now + LEASE_TIME))


def _is_within_reply_hours(service_message: ServiceMessage) -> bool:
    """Is it an hour for it there? If not it is owed then, and what is still worth saying has its time from then on."""
    opens = reply_hours.earliest_send_at(service_message)
    if opens <= timezone.now():
        return True
    keeps = service_message.kind not in IMMEDIATE_KINDS
    deadline = (
        opens + VALID_FOR[MessageKind(service_message.kind), Channel(service_message.address.channel)]
        if keeps
        else service_message.deadline_at
    )
    mine = ServiceMessage.objects.filter(pk=service_message.pk, status=ServiceMessageStatus.LEASED)
    mine.update(status=ServiceMessageStatus.QUEUED, due_at=opens, deadline_at=deadline, leased_until=None)
    return False


@transaction.atomic
def _mark_sending(service_message: ServiceMessage) -> bool:
    """From here on never automatic: what happens next may have reached the provider.

    A reply meets a "no" on the address, as a campaign does: a "no" that came first has dropped it, one that
    comes now is answered when it is out. What confirms the "no" itself keeps nobody waiting.
    """
    send_fence.lock_addresses([service_message.address_id])
    claimed = ServiceMessage.objects.filter(
        pk=service_message.pk, status=ServiceMessageStatus.LEASED, address__erased_at=None
    )
    if not claimed.update(status=ServiceMessageStatus.SENDING, attempts=service_message.attempts + 1):
        return False
    if service_message.kind == MessageKind.UNSUBSCRIBED or send_fence.acquire(
        [service_message.address_id], service_message.reference
    ):
        return True
    ServiceMessage.objects.filter(pk=service_message.pk).update(
        status=ServiceMessageStatus.QUEUED,
        attempts=service_message.attempts,
        due_at=timezone.now() + IN_FLIGHT_DELAY,
        leased_until=None,
    )
    return False


@transaction.atomic
def record_outcome(service_message: ServiceMessage, outcome: Outcome) -> ServiceMessage:
    """Write down what became of it."""
    service_message = ServiceMessage.objects.select_for_update().get(pk=service_message.pk)
    service_message.leased_until = None
    service_message.reason = outcome.detail[:200]
    service_message.provider_id = outcome.provider_id[:200]
    _conclude(service_message, outcome.result)
    service_message.save()
    send_fence.release(service_message.reference)
    return service_message


def _conclude(service_message: ServiceMessage, result: Result) -> None:
    now = timezone.now()
    if result == Result.TRY_LATER and service_message.attempts < MAX_ATTEMPTS:
        service_message.status, service_message.due_at = (
            ServiceMessageStatus.QUEUED,
            now + RETRY_DELAYS * service_message.attempts,
        )
        return
    service_message.status = {
        Result.SENT: ServiceMessageStatus.SENT,
        Result.UNKNOWN: ServiceMessageStatus.UNKNOWN,
        Result.REFUSED: ServiceMessageStatus.FAILED,
        Result.TRY_LATER: ServiceMessageStatus.FAILED,
    }[result]
    service_message.sent_at = now if service_message.status == ServiceMessageStatus.SENT else None
