"""What we owe one person because of something they did. Writes Reply; each goes out at most once.

owed → claimed → handing_over → sent | failed | unknown | dropped. Rows are the queue: a lost task or worker
costs a sweep, never a reply.
"""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from preferences.channels.outcomes import Outcome, Result
from preferences.models import Address, Channel, Reply, Sender, Suppression
from preferences.outbox import reply_hours, send_budget, send_fence

Kind = Reply.Kind
Status = Reply.Status

# How late an answer is still an answer. A text that says "you are out" must not come later than five
# minutes after the STOP (47 CFR 64.1200(a)(12)).
PATIENCE = {
    (Kind.CONFIRM, Channel.EMAIL): timedelta(hours=24),
    (Kind.CONFIRM, Channel.SMS): timedelta(hours=1),
    (Kind.SIGNED_UP, Channel.EMAIL): timedelta(hours=24),
    (Kind.SIGNED_UP, Channel.SMS): timedelta(hours=1),
    (Kind.OPTED_OUT, Channel.EMAIL): timedelta(hours=24),
    (Kind.OPTED_OUT, Channel.SMS): timedelta(minutes=5),
    (Kind.HELP, Channel.EMAIL): timedelta(hours=1),
    (Kind.HELP, Channel.SMS): timedelta(minutes=5),
    (Kind.LINK, Channel.EMAIL): timedelta(minutes=30),
    (Kind.LINK, Channel.SMS): timedelta(minutes=30),
    (Kind.REMINDER, Channel.EMAIL): timedelta(hours=24),
    (Kind.CHANGED, Channel.EMAIL): timedelta(hours=24),
    (Kind.CHANGED, Channel.SMS): timedelta(hours=1),
    (Kind.WRITTEN_DOWN, Channel.EMAIL): timedelta(hours=24),
    (Kind.WRITTEN_DOWN, Channel.SMS): timedelta(hours=1),
    (Kind.NEW_ADDRESS, Channel.EMAIL): timedelta(hours=24),
    (Kind.NEW_ADDRESS, Channel.SMS): timedelta(hours=1),
}
ONLY_AT_ONCE = (Kind.OPTED_OUT, Kind.HELP, Kind.LINK)  # later they would answer nothing any more
CLAIM = timedelta(seconds=60)
BACK_OFF = timedelta(seconds=30)
BUSY_WAIT = timedelta(seconds=2)  # a campaign has the address in its hands
MOST_ATTEMPTS = 8


# What invites somebody to say yes, or tells that they did: a "no" takes it back while it is still on its way.
INVITING = (Kind.CONFIRM, Kind.REMINDER, Kind.SIGNED_UP, Kind.WRITTEN_DOWN, Kind.NEW_ADDRESS)


def owe(address: Address, kind: str, *, sender: Sender, act: UUID, after: timedelta = timedelta(0)) -> Reply:
    """We owe this address an answer to this act, now or `after` a while. Harmless twice: it is the same reply.

    What any stranger can make us send is due later while too much of it is asked for.
    """
    due = timezone.now() + max(after, send_budget.hold_back(kind))
    deadline = due + PATIENCE[Kind(kind), Channel(address.channel)]
    reply, _created = Reply.objects.get_or_create(
        kind=kind,
        address=address,
        act=act,
        defaults={"sender": sender, "due_at": due, "deadline_at": deadline},
    )
    return reply


def owe_reminder(address: Address, *, sender: Sender, act: UUID) -> Reply | None:
    """Remind of a sign-up once, some days after its question went out.

    Asked anew meanwhile, only the newest question is reminded of; and not at all if a reminder has gone out already.
    """
    drop(address, Kind.REMINDER, reason="They were asked anew since.")
    lately = timezone.now() - timedelta(days=settings.CONFIRM_LINK_DAYS)
    if address.replies.filter(kind=Kind.REMINDER, owed_at__gt=lately).exclude(status=Status.DROPPED).exists():
        return None
    after = send_budget.hold_back(Kind.CONFIRM) + timedelta(days=settings.REMIND_AFTER_DAYS)
    return owe(address, Kind.REMINDER, sender=sender, act=act, after=after)


def owe_link(address: Address) -> Reply | None:
    """The person asked for a fresh link. Nobody to write on behalf of, or "never again": nothing is owed."""
    never = Suppression.objects.of(address).in_force().filter(reason=Suppression.Reason.PERMANENT)
    sender = sender_of(address)
    return None if sender is None or never.exists() else owe(address, Kind.LINK, sender=sender, act=uuid4())


def sender_of(address: Address) -> Sender | None:
    """On whose behalf we last had to do with this address, if they can write to it."""
    spoken = address.events.filter(topic__isnull=False).select_related("topic__sender").order_by("-pk")[:20]
    answered = address.replies.select_related("sender").order_by("-pk")[:20]
    senders = [*(event.topic.sender for event in spoken if event.topic), *(reply.sender for reply in answered)]
    return next((one for one in senders if one.text_number or address.channel == Channel.EMAIL), None)


def drop(address: Address, *kinds: str, reason: str) -> int:
    """What we owed and must not say any more, because the person changed their mind.

    What is in a provider's hands right now is not tried a second time.
    """
    unsaid = Reply.objects.filter(address=address, kind__in=kinds, status=Status.HANDING_OVER)
    unsaid.update(deadline_at=timezone.now())
    waiting = Reply.objects.filter(address=address, kind__in=kinds, status__in=[Status.OWED, Status.CLAIMED])
    return waiting.update(status=Status.DROPPED, reason=reason)


def sweep() -> int:
    """Put back what a lost worker left: claimed rows are owed again, handed-over ones are unknown."""
    now = timezone.now()
    lost = Reply.objects.filter(claimed_until__lt=now)
    lost.filter(status=Status.HANDING_OVER).update(
        status=Status.UNKNOWN, claimed_until=None, reason="The worker was lost during the hand-over."
    )
    Reply.objects.filter(status=Status.OWED, deadline_at__lt=now).update(
        status=Status.DROPPED, reason="Too late to be an answer."
    )
    return lost.filter(status=Status.CLAIMED).update(status=Status.OWED, claimed_until=None)


def due(address_id: int | None = None) -> list[int]:
    """Ids of what can be delivered now, oldest first; of everybody, or to one address."""
    rows = Reply.objects.due(timezone.now())
    if address_id is not None:
        rows = rows.filter(address=address_id)
    return list(rows.order_by("due_at").values_list("pk", flat=True)[:500])


def deliver(reply_id: int, hand_over: Callable[[Reply], Outcome]) -> Reply | None:
    """Deliver one reply, if it is ours to deliver. `hand_over` composes it and talks to the provider."""
    if not _claim(reply_id):
        return None
    reply = Reply.objects.select_related("address__contact", "sender").get(pk=reply_id)
    if not _is_welcome(reply) or not _begin(reply):
        return reply
    return record(reply, hand_over(reply))


def _claim(reply_id: int) -> bool:
    now = timezone.now()
    mine = Reply.objects.due(now).filter(pk=reply_id, deadline_at__gte=now)
    return bool(mine.update(status=Status.CLAIMED, claimed_until=now + CLAIM))


def _is_welcome(reply: Reply) -> bool:
    """Is it an hour for it there? If not it is owed then, and what is still worth saying has its time from then on."""
    opens = reply_hours.opens(reply)
    if opens <= timezone.now():
        return True
    keeps = reply.kind not in ONLY_AT_ONCE
    deadline = opens + PATIENCE[Kind(reply.kind), Channel(reply.address.channel)] if keeps else reply.deadline_at
    mine = Reply.objects.filter(pk=reply.pk, status=Status.CLAIMED)
    mine.update(status=Status.OWED, due_at=opens, deadline_at=deadline, claimed_until=None)
    return False


@transaction.atomic
def _begin(reply: Reply) -> bool:
    """From here on never automatic: what happens next may have reached the provider.

    A reply meets a "no" on the address, as a campaign does: a "no" that came first has dropped it, one that
    comes now is answered when it is out. What confirms the "no" itself keeps nobody waiting.
    """
    send_fence.lock([reply.address_id])
    claimed = Reply.objects.filter(pk=reply.pk, status=Status.CLAIMED, address__erased_at=None)
    if not claimed.update(status=Status.HANDING_OVER, attempts=reply.attempts + 1):
        return False
    if reply.kind == Kind.OPTED_OUT or send_fence.take([reply.address_id], reply.reference):
        return True
    Reply.objects.filter(pk=reply.pk).update(
        status=Status.OWED, attempts=reply.attempts, due_at=timezone.now() + BUSY_WAIT, claimed_until=None
    )
    return False


@transaction.atomic
def record(reply: Reply, outcome: Outcome) -> Reply:
    """Write down what became of it."""
    reply = Reply.objects.select_for_update().get(pk=reply.pk)
    reply.claimed_until = None
    reply.reason = outcome.detail[:200]
    reply.provider_id = outcome.provider_id[:200]
    _conclude(reply, outcome.result)
    reply.save()
    send_fence.release(reply.reference)
    return reply


def _conclude(reply: Reply, result: Result) -> None:
    now = timezone.now()
    if result == Result.TRY_LATER and reply.attempts < MOST_ATTEMPTS:
        reply.status, reply.due_at = Status.OWED, now + BACK_OFF * reply.attempts
        return
    reply.status = {
        Result.SENT: Status.SENT,
        Result.UNKNOWN: Status.UNKNOWN,
        Result.REFUSED: Status.FAILED,
        Result.TRY_LATER: Status.FAILED,
    }[result]
    reply.sent_at = now if reply.status == Status.SENT else None
