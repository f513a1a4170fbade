"""A text came back: understand it, do what it says, and keep it. Writes Inbound.

Everything happens in one transaction, under the provider's own id of the text: delivered twice, it is one act.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import NAMESPACE_URL, UUID, uuid5

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from preferences import consent, contacts, events, fence, keywords, questions, replies
from preferences.errors import NotAllowed
from preferences.evidence import Proof
from preferences.keywords import Meaning, Reading
from preferences.models import (
    Address,
    Channel,
    ConsentEvent,
    Inbound,
    Method,
    Notice,
    Reply,
    Sender,
    Source,
    Subscription,
    Suppression,
)


@dataclass(frozen=True)
class Word:
    """One understood text: from whom, to whom, when, and which act it is."""

    number: str
    address: Address | None
    sender: Sender
    sent_at: datetime
    text: str
    act: UUID

    @property
    def proof(self) -> Proof:
        return Proof(words=self.text)


@transaction.atomic
def receive(
    *,
    provider: str,
    provider_id: str,
    sender_number: str,
    from_number: str,
    text: str,
    sent_at: datetime,
    late: bool = False,
) -> Inbound:
    """Do what the text says, once. A text that comes `late` is taken only if it opts out (NotAllowed)."""
    address = _known(from_number)
    sender = _sender(sender_number, address)
    reading = _read(text, address, sender)
    if late and reading.meaning != Meaning.OPT_OUT:
        raise NotAllowed(_("This text was signed too long ago. Sign it again when you deliver it."))
    inbound, is_new = _keep(provider, provider_id, text, reading, sent_at, address=address, sender=sender)
    if not is_new:
        return inbound
    if sender is None:
        return _conclude(inbound, *_unowned(reading, address, from_number))
    act = uuid5(NAMESPACE_URL, f"text:{provider}:{provider_id}")
    word = Word(from_number, address, sender, inbound.sent_at or timezone.now(), text, act)
    return _conclude(inbound, *ACTIONS[reading.meaning](word))


@transaction.atomic
def set_aside(*, provider: str, provider_id: str, text: str, because: str) -> Inbound:
    """Something came that cannot be taken for a text from somebody: a person has to look at it. Harmless twice."""
    reading = Reading(Meaning.OTHER, "", "")
    inbound, is_new = _keep(provider, provider_id, text, reading, None)
    return _conclude(inbound, None, because) if is_new else inbound


def _known(number: str) -> Address | None:
    """Whose number it is, locked: a STOP and a START of one moment are read one after the other.

    Raises Unreadable for what is no number.
    """
    address = contacts.find(Channel.SMS, number)
    if address:
        fence.lock([address.pk])
    return address


def _sender(number: str, address: Address | None) -> Sender | None:
    """Whose number it came to; a "stop" to a number given up long ago still reaches who wrote last."""
    used = Sender.objects.filter(text_number=number).exclude(text_number="").first()
    return used or (replies.sender_of(address) if address else None)


def _read(text: str, address: Address | None, sender: Sender | None) -> Reading:
    languages = [address.contact.language] if address else []
    return keywords.read(text, languages=languages, expecting_yes=_expects_yes(address, sender))


def _expects_yes(address: Address | None, sender: Sender | None) -> bool:
    if address is None or sender is None:
        return False
    stopped = Suppression.objects.of(address).in_force().filter(reason=Suppression.Reason.STOPPED)
    return stopped.exists() or questions.waiting(address, sender) is not None


def _keep(
    provider: str, provider_id: str, text: str, reading: Reading, sent_at: datetime | None, **of: object
) -> tuple[Inbound, bool]:
    """The row of this text, and whether it is here for the first time."""
    try:
        with transaction.atomic():
            row = Inbound.objects.create(
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
        return Inbound.objects.get(provider=provider, provider_id=provider_id), False


def _conclude(inbound: Inbound, address: Address | None, outcome: str) -> Inbound:
    inbound.address, inbound.outcome = address, outcome[:200]
    inbound.save(update_fields=["address", "outcome"])
    return inbound


def _unowned(reading: Reading, address: Address | None, number: str) -> tuple[Address | None, str]:
    """There is nobody to answer on behalf of; a "stop" stops just the same."""
    if reading.meaning != Meaning.OPT_OUT:
        return address, "Nobody uses the number it was sent to."
    address = address or contacts.add_address(Channel.SMS, number)
    consent.suppress(address, Suppression.Reason.STOPPED, detail="A text to a number nobody uses.")
    return address, "Everything is off; nobody uses the number it was sent to."


def _opt_out(word: Word) -> tuple[Address, str]:
    """Honoured from everybody, known or not, and answered exactly once."""
    address = word.address or contacts.add_address(Channel.SMS, word.number)
    consent.withdraw_all(
        address, sender=word.sender, source=Source.TEXT, method=Method.KEYWORD, proof=word.proof, act=word.act
    )
    owed = address.replies.filter(act=word.act).exists()
    return address, "Everything is off." if owed else "Everything was off already."


def _opt_in(word: Word) -> tuple[Address | None, str]:
    if word.address is None:
        return _help(word)
    if _newer_no(word.address, word.sent_at):
        return word.address, "A newer STOP stands."
    if question := questions.waiting(word.address, word.sender):
        consent.confirm(question, source=Source.TEXT, method=Method.KEYWORD, proof=word.proof)
        return word.address, "Confirmed what was asked."
    try:
        restored = _restore(word, word.address)
    except NotAllowed as refusal:
        return word.address, str(refusal)
    return (word.address, "Back in what their STOP had ended.") if restored else _help(word)


def _restore(word: Word, address: Address) -> bool:
    """Give back what this person's own STOP ended with this sender, under the words of today."""
    ended = _ended_by_stop(address, word.sender)
    for subscription in ended:
        consent.grant(
            address,
            subscription.topic,
            source=Source.TEXT,
            method=Method.KEYWORD,
            notice=Notice.objects.current(subscription.topic, address.contact.language),
            proof=word.proof,
            act=word.act,
        )
    if ended:
        replies.owe(address, Reply.Kind.SIGNED_UP, sender=word.sender, act=word.act)
    return bool(ended)


def _ended_by_stop(address: Address, sender: Sender) -> list[Subscription]:
    stopped = address.subscriptions.filter(
        status=Subscription.Status.ENDED,
        event__kind=ConsentEvent.Kind.WITHDRAWN,
        event__source=Source.TEXT,
        topic__sender=sender,
        topic__by_sms=True,
        topic__retired_at=None,
    )
    return [row for row in stopped.select_related("topic", "event") if _was_active(row)]


def _was_active(subscription: Subscription) -> bool:
    """Only what they had agreed to comes back, not a question that the STOP had closed."""
    before = events.fold(subscription.address, subscription.topic, before=subscription.event)
    return before == Subscription.Status.ACTIVE


def _newer_no(address: Address, sent_at: datetime) -> bool:
    """Did they say no after this was sent, or in the same moment? Then they stay out."""
    by_text = address.inbound.filter(meaning=Inbound.Meaning.OPT_OUT, sent_at__gte=sent_at)
    elsewhere = address.events.filter(kind=ConsentEvent.Kind.WITHDRAWN, occurred_at__gte=sent_at)
    return by_text.exists() or elsewhere.exclude(source=Source.TEXT).exists()


def _help(word: Word) -> tuple[Address, str]:
    """Answered always, whoever asks."""
    address = word.address or contacts.add_address(Channel.SMS, word.number)
    replies.owe(address, Reply.Kind.HELP, sender=word.sender, act=word.act)
    return address, "Answered with help."


def _leave_to_a_person(word: Word) -> tuple[Address | None, str]:
    return word.address, "For a person to read."


ACTIONS: dict[str, Callable[[Word], tuple[Address | None, str]]] = {
    Meaning.OPT_OUT: _opt_out,
    Meaning.OPT_IN: _opt_in,
    Meaning.HELP: _help,
    Meaning.OTHER: _leave_to_a_person,
}
