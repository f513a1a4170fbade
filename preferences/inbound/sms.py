"""A text came back: understand it, do what it says, and keep it.

Everything happens in one transaction, under the provider's own id of the text: delivered twice, it is one act.

Writes: InboundMessage.
"""

from datetime import datetime
from uuid import NAMESPACE_URL, uuid5

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from preferences.collection import pending_signups
from preferences.contacts import service as contacts
from preferences.errors import NotAllowed
from preferences.inbound import review_queue, sms_actions
from preferences.inbound.sms_actions import ActionResult, ClassifiedSms
from preferences.models import Address, Channel, InboundMessage, Sender, Suppression, Topic
from preferences.outbox import send_fence
from preferences.outbox import service as outbox
from preferences.text import keywords
from preferences.text.keywords import Meaning, TextClassification


@transaction.atomic
def receive_sms(
    *,
    provider: str,
    provider_id: str,
    sender_number: str,
    from_number: str,
    text: str,
    sent_at: datetime,
    late: bool = False,
) -> InboundMessage:
    """Do what the text says, once. A text that comes `late` is taken only if it may be a "no" (NotAllowed)."""
    address = _locked_address(from_number)
    sender = _receiving_sender(sender_number, address)
    reading = _classify(text, address, sender)
    if late and reading.meaning not in keywords.OPT_OUT_MEANINGS:
        raise NotAllowed(_("This SMS was signed too long ago. Sign it again when you deliver it."))
    inbound, is_new = _store(provider, provider_id, text, reading, sent_at, address=address, sender=sender)
    if not is_new:
        return inbound
    interaction_id = uuid5(NAMESPACE_URL, f"text:{provider}:{provider_id}")
    word = ClassifiedSms(from_number, address, sender, inbound.sent_at or timezone.now(), text, interaction_id, reading)
    return _conclude(inbound, sms_actions.act_on(word))


@transaction.atomic
def store_unreadable(*, provider: str, provider_id: str, text: str, because: str) -> InboundMessage:
    """Something came that cannot be taken for a text from somebody: a person has to look at it. Harmless twice.

    It may be a "no", so it is read as soon as one.
    """
    reading = TextClassification(Meaning.OTHER, "", "")
    inbound, is_new = _store(provider, provider_id, text, reading, None)
    return (
        _conclude(inbound, ActionResult(None, because, due_at=review_queue.review_due_at(Meaning.REVIEW)))
        if is_new
        else inbound
    )


def _locked_address(number: str) -> Address | None:
    """Whose number it is, locked: a STOP and a START of one moment are read one after the other.

    Raises Unreadable for what is no number.
    """
    address = contacts.find(Channel.SMS, number)
    if address:
        send_fence.lock_addresses([address.pk])
    return address


def _receiving_sender(number: str, address: Address | None) -> Sender | None:
    """Whose number it came to; a "stop" to a number given up long ago still reaches who wrote last."""
    used = Sender.objects.filter(text_number=number).exclude(text_number="").first()
    return used or (outbox.latest_sender(address) if address else None)


def _classify(text: str, address: Address | None, sender: Sender | None) -> TextClassification:
    languages = [address.contact.language] if address else []
    topics = Topic.objects.filter(sender=sender).exclude(keyword="").values_list("keyword", flat=True)
    return keywords.classify_text(
        text, languages=languages, expecting_yes=_expects_yes(address, sender), topics=list(topics)
    )


def _expects_yes(address: Address | None, sender: Sender | None) -> bool:
    if address is None or sender is None:
        return False
    stopped = Suppression.objects.of(address).in_force().filter(reason=Suppression.Reason.STOPPED)
    asked = pending_signups.latest_pending_signup(address, sender) or sms_actions.pending_offline_consent(
        address, sender
    )
    return asked is not None or stopped.exists()


def _store(
    provider: str, provider_id: str, text: str, reading: TextClassification, sent_at: datetime | None, **of: object
) -> tuple[InboundMessage, bool]:
    """The row of this text, and whether it is here for the first time."""
    try:
        with transaction.atomic():
            row = InboundMessage.objects.create(
                provider=provider,
                provider_id=provider_id,
                raw_text=text,
                normal_text=reading.normal_text,
                meaning=str(reading.meaning),
                matched_by=reading.matched_by,
                sent_at=min(sent_at, timezone.now()) if sent_at else None,
                **of,
            )
            return row, True
    except IntegrityError:
        return InboundMessage.objects.get(provider=provider, provider_id=provider_id), False


def _conclude(inbound: InboundMessage, done: ActionResult) -> InboundMessage:
    inbound.address, inbound.outcome, inbound.due_at = done.address, done.outcome[:200], done.due_at
    inbound.save(update_fields=["address", "outcome", "due_at"])
    return inbound
