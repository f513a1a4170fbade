"""Scheduled tasks of preferences: deliver service messages, close what nobody answered, end pauses, seal the ledger."""

from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from functools import partial

from celery import shared_task
from django.conf import settings
from django.db import transaction

from preferences.channels import connection as channels
from preferences.channels.outcomes import Outcome, Result
from preferences.codes import send_details
from preferences.collection import pending_signups
from preferences.consent import frequency, term_expiry
from preferences.contacts import address_change, retention
from preferences.errors import SaysoError
from preferences.links import bot_detection
from preferences.models import Address, Channel, ServiceMessage
from preferences.outbox import service as outbox
from preferences.presentation import message_templates
from preferences.proof import receipts, transparency_log


def deliver_soon(address: Address | None) -> None:
    """Called after a service that may owe a reply: a worker is woken once the row is there.

    Only promptness hangs on it. If the broker is down the page still answers, and the sweep delivers. Nobody's
    address wakes a worker just the same, so that a form takes as long for strangers.
    """
    address_id = address.pk if address else 0

    def wake() -> None:
        deliver_to_address.delay(address_id)

    transaction.on_commit(wake, robust=True)


@shared_task(acks_late=True, reject_on_worker_lost=True)
def deliver_to_address(address_id: int) -> None:
    """Deliver what is owed to one address, at once; then write the receipt of what was said."""
    _deliver_messages(outbox.due_message_ids(address_id))
    if address_id:
        receipts.issue_missing_receipts(address_id)


@shared_task(acks_late=True, reject_on_worker_lost=True)
def deliver_service_messages() -> None:
    """Free what a lost worker left, deliver whatever is due to anybody, and write the receipts still missing."""
    outbox.recover_lost()
    _deliver_messages(outbox.due_message_ids())
    receipts.issue_missing_receipts()


@shared_task(acks_late=True, reject_on_worker_lost=True)
def expire_pending_requests() -> None:
    """Close the questions, and the changes of address, that nobody answered in time."""
    for subscription_id in pending_signups.overdue_signups().values_list("pk", flat=True)[:5000]:
        pending_signups.close(subscription_id)
    for change_id in address_change.overdue_changes().values_list("pk", flat=True)[:5000]:
        address_change.close(change_id)


@shared_task(acks_late=True, reject_on_worker_lost=True)
def end_pauses_and_expired_consents() -> None:
    """Pauses whose day has come end; consent past its term ends."""
    for subscription_id in frequency.finished_pauses().values_list("pk", flat=True)[:5000]:
        frequency.end_pause(subscription_id)
    for subscription_id in term_expiry.subscriptions_past_term().values_list("pk", flat=True)[:5000]:
        term_expiry.end_term(subscription_id)


@shared_task(acks_late=True, reject_on_worker_lost=True)
def delete_old_link_opens() -> None:
    """Looks at links are kept for some weeks only."""
    bot_detection.delete_old_link_opens()


@shared_task(acks_late=True, reject_on_worker_lost=True)
def erase_inactive_contacts() -> None:
    """People who left six years ago are forgotten."""
    for contact_id in retention.contacts_to_erase().values_list("pk", flat=True)[:5000]:
        retention.erase_contact(contact_id)


def _deliver_messages(reply_ids: Iterable[int]) -> None:
    with ExitStack() as stack:
        doors = {channel: stack.enter_context(channels.connect(channel)) for channel in Channel.values}
        for reply_id in reply_ids:
            outbox.deliver(reply_id, partial(_hand_over, doors))


def _hand_over(doors: Mapping[str, channels.Connection], service_message: ServiceMessage) -> Outcome:
    """Compose and hand over; a letter that cannot be written is refused with its sentence."""
    try:
        parcel = message_templates.compose_message(service_message)
    except SaysoError as error:
        return Outcome(Result.REFUSED, detail=send_details.not_composed(error))
    return doors[service_message.address.channel].send(parcel, within=settings.SEND_FENCE_SECONDS - 1)


@shared_task(acks_late=True, reject_on_worker_lost=True)
def seal_ledger() -> None:
    """Seal what was said since the last time."""
    while transparency_log.seal_next_events():
        continue
