"""The hall's doors on the clock: what is owed goes out, what nobody answered is closed."""

from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from functools import partial

from celery import shared_task
from django.conf import settings
from django.db import transaction

from preferences.channels import connection as channels
from preferences.channels.outcomes import Outcome, Result
from preferences.collection import pending_signups
from preferences.consent import frequency, term_expiry
from preferences.contacts import address_change, retention
from preferences.errors import SaysoError
from preferences.links import bot_detection
from preferences.models import Address, Channel, Reply
from preferences.outbox import service as outbox
from preferences.presentation import message_templates
from preferences.proof import receipts, transparency_log


def answer_soon(address: Address | None) -> None:
    """Doors call this after a verb that may owe a reply: a worker is woken once the row is there.

    Only promptness hangs on it. If the broker is down the page still answers, and the sweep delivers. Nobody's
    address wakes a worker just the same, so that a form takes as long for strangers.
    """
    address_id = address.pk if address else 0

    def wake() -> None:
        deliver_to.delay(address_id)

    transaction.on_commit(wake, robust=True)


@shared_task(acks_late=True, reject_on_worker_lost=True)
def deliver_to(address_id: int) -> None:
    """Deliver what is owed to one address, at once; then write the receipt of what was said."""
    _deliver(outbox.due(address_id))
    if address_id:
        receipts.issue_latest(address_id)


@shared_task(acks_late=True, reject_on_worker_lost=True)
def deliver_replies() -> None:
    """Free what a lost worker left, deliver whatever is due to anybody, and write the receipts still missing."""
    outbox.sweep()
    _deliver(outbox.due())
    receipts.issue_latest()


@shared_task(acks_late=True, reject_on_worker_lost=True)
def expire_pending() -> None:
    """Close the questions, and the changes of address, that nobody answered in time."""
    for subscription_id in pending_signups.overdue().values_list("pk", flat=True)[:5000]:
        pending_signups.close(subscription_id)
    for change_id in address_change.overdue().values_list("pk", flat=True)[:5000]:
        address_change.close(change_id)


@shared_task(acks_late=True, reject_on_worker_lost=True)
def end_pauses_and_terms() -> None:
    """Pauses whose day has come end; consent past its term ends."""
    for subscription_id in frequency.over().values_list("pk", flat=True)[:5000]:
        frequency.end(subscription_id)
    for subscription_id in term_expiry.over().values_list("pk", flat=True)[:5000]:
        term_expiry.end(subscription_id)


@shared_task(acks_late=True, reject_on_worker_lost=True)
def forget_old_hits() -> None:
    """Looks at links are kept for some weeks only."""
    bot_detection.forget_old()


@shared_task(acks_late=True, reject_on_worker_lost=True)
def forget_the_long_gone() -> None:
    """People who left six years ago are forgotten."""
    for contact_id in retention.over().values_list("pk", flat=True)[:5000]:
        retention.forget(contact_id)


def _deliver(reply_ids: Iterable[int]) -> None:
    with ExitStack() as stack:
        doors = {channel: stack.enter_context(channels.connect(channel)) for channel in Channel.values}
        for reply_id in reply_ids:
            outbox.deliver(reply_id, partial(_hand_over, doors))


def _hand_over(doors: Mapping[str, channels.Connection], reply: Reply) -> Outcome:
    """Compose and hand over; a letter that cannot be written is refused with its sentence."""
    try:
        parcel = message_templates.compose(reply)
    except SaysoError as error:
        return Outcome(Result.REFUSED, detail=str(error))
    return doors[reply.address.channel].hand_over(parcel, within=settings.HAND_OVER_SECONDS - 1)


@shared_task(acks_late=True, reject_on_worker_lost=True)
def seal_ledger() -> None:
    """Seal what was said since the last time."""
    while transparency_log.seal():
        continue
