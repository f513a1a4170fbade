"""What we do about a text that came back, by what it means. Called by inbound.receive, in its transaction."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from uuid import UUID

from django.contrib.auth.models import User
from django.db.models import Q

from preferences.collection import offline_consent, pending_signups
from preferences.consent import keep_keyword
from preferences.consent import service as consent
from preferences.consent.evidence import Proof
from preferences.contacts import service as contacts
from preferences.errors import NotAllowed
from preferences.inbound import review_queue
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
    Suppression,
    Topic,
)
from preferences.outbox import service as outbox
from preferences.text.keywords import LESS, Meaning, Reading

Decision = Inbound.Decision


@dataclass(frozen=True)
class Word:
    """One understood text: from whom, to whom, when, and which act it is."""

    number: str
    address: Address | None
    sender: Sender | None
    sent_at: datetime
    text: str
    act: UUID
    reading: Reading

    @property
    def proof(self) -> Proof:
        return Proof(words=self.text)

    @property
    def method(self) -> Method:
        """A word we told them to send, or their own."""
        return Method.KEYWORD if self.reading.is_keyword else Method.OWN_WORDS


@dataclass(frozen=True)
class Done:
    """Whose text it was, what we did about it, and whether a person has to read it all the same."""

    address: Address | None
    outcome: str
    due_at: datetime | None = field(default=None)


def heed(word: Word) -> Done:
    """Do what it asks for. Nobody can be answered on behalf of nobody; a "no" counts just the same."""
    if word.sender is None and word.reading.meaning not in LESS:
        return Done(word.address, "Nobody uses the number it was sent to.")
    return ACTIONS[word.reading.meaning](word)


def stop_everything(
    address: Address,
    sender: Sender | None,
    *,
    source: Source,
    method: Method,
    proof: Proof,
    act: UUID,
    by: User | None = None,
) -> None:
    """Everything off, confirmed once if there is somebody to confirm it on behalf of."""
    if sender is None:
        consent.suppress(address, Suppression.Reason.STOPPED, detail="A text to a number nobody uses.")
        return
    consent.withdraw_all(address, sender=sender, source=source, method=method, proof=proof, act=act, by=by)


def not_theirs(address: Address, *, source: Source, proof: Proof, by: User | None = None) -> None:
    """The number is not the person's we think: no consent on record is good, and links sent there open nothing."""
    agreed = address.subscriptions.exclude(event__kind=ConsentEvent.Kind.INVALIDATED).select_related("topic")
    for subscription in agreed:
        consent.invalidate(address, subscription.topic, source=source, proof=proof, by=by)
    consent.suppress(address, Suppression.Reason.REASSIGNED, detail=str(source.label), by=by)
    contacts.revoke_links(address, by=by)


def _known(word: Word) -> Address:
    """Their address, known from now on."""
    return word.address or contacts.add_address(Channel.SMS, word.number)


def _opt_out(word: Word) -> Done:
    """Honoured from everybody, known or not, and answered exactly once."""
    address = _known(word)
    _stop(word, address)
    review_queue.settle(address, Decision.OPT_OUT, because="They asked to stop in a later text.")
    return Done(address, _outcome(word, address))


def _wrong_person(word: Word) -> Done:
    """Somebody else has this number: stopped like an opt-out, and nothing that was agreed here counts."""
    address = _known(word)
    not_theirs(address, source=Source.TEXT, proof=word.proof)
    _stop(word, address)
    review_queue.settle(
        address, Decision.WRONG_PERSON, because="They wrote in a later text that they are somebody else."
    )
    return Done(address, f"Not the person we thought. {_outcome(word, address)}")


def _stop(word: Word, address: Address) -> None:
    stop_everything(address, word.sender, source=Source.TEXT, method=word.method, proof=word.proof, act=word.act)


def _outcome(word: Word, address: Address) -> str:
    if word.sender is None:
        return "Everything is off; nobody uses the number it was sent to."
    owed = address.replies.filter(act=word.act).exists()
    return "Everything is off." if owed else "Everything was off already."


def _hold(word: Word) -> Done:
    """Perhaps a "no": held at once, and nothing is answered before somebody has read it."""
    address = _known(word)
    review_queue.hold(address)
    return Done(address, "Held until a person has read it.", due_at=review_queue.due(Meaning.REVIEW))


def _opt_in(word: Word) -> Done:
    """START, YES, JOIN or KEEP: their own act, unless a newer "no" stands."""
    if word.address and _newer_no(word.address, word.sent_at):
        return Done(word.address, "A newer STOP stands.")
    try:
        return _keep(word) if word.reading.keeps else _join(word) if word.reading.topic else _start(word)
    except NotAllowed as refusal:
        return Done(word.address, str(refusal))


def _start(word: Word) -> Done:
    """Yes to what was asked or written down; else they are back in what their STOP had ended."""
    address, sender = word.address, word.sender
    if address is None or sender is None:
        return _help(word)
    if question := pending_signups.waiting(address, sender):
        consent.confirm(question, source=Source.TEXT, method=Method.KEYWORD, proof=word.proof)
        return Done(address, "Confirmed what was asked.")
    if told := written_down(address, sender):
        offline_consent.confirm(told, source=Source.TEXT, method=Method.KEYWORD, proof=word.proof)
        return Done(address, "Confirmed what was written down.")
    ended = keep_keyword.ended_by_stop(address, sender)
    return _grant(word, address, [row.topic for row in ended], "Back in what their STOP had ended.")


def _join(word: Word) -> Done:
    """JOIN and a topic's keyword. A keyword that nobody has is answered with help."""
    topics = Topic.objects.offered().filter(sender=word.sender, by_sms=True, keyword=word.reading.topic.upper())
    topic = topics.first()
    if topic is None or Notice.objects.current(topic, _language(word)) is None:
        return _help(word)
    address = _known(word)
    standing = address.subscriptions.filter(topic=topic).active().exists()
    if standing:
        return Done(address, "Signed up for it already.")
    return _grant(word, address, [topic], "Signed up for what they named.")


def _keep(word: Word) -> Done:
    """All, or just one? This one. Or the answer to whether a permission that ends is to go on."""
    address, sender = word.address, word.sender
    if address is None or sender is None:
        return _help(word)
    if standing := keep_keyword.ending(address, sender, word.reading.topic):
        keep = partial(consent.keep, source=Source.TEXT, method=Method.KEYWORD, proof=word.proof, act=word.act)
        for subscription in standing:
            keep(address, subscription.topic)
        return Done(address, "Kept what would have ended.")
    row = keep_keyword.restorable(address, sender, word.reading.topic, said_at=word.sent_at)
    return _grant(word, address, [row.topic] if row else [], "Kept the one they named; all else stays off.")


def _grant(word: Word, address: Address, topics: list[Topic], outcome: str) -> Done:
    """Their own yes to these, under the words of today, confirmed once. To nothing at all: help."""
    if not topics or word.sender is None:
        return _help(word)
    for topic in topics:
        consent.grant(
            address,
            topic,
            source=Source.TEXT,
            method=Method.KEYWORD,
            notice=Notice.objects.current(topic, _language(word)),
            proof=word.proof,
            act=word.act,
        )
    consent.mark_verified(Address.objects.get(pk=address.pk))
    outbox.owe(address, Reply.Kind.SIGNED_UP, sender=word.sender, act=word.act)
    return Done(address, outcome)


def written_down(address: Address, sender: Sender) -> Reply | None:
    """The latest message that told them what a colleague wrote down and that still waits for their word."""
    told = address.replies.filter(kind=Reply.Kind.WRITTEN_DOWN, sender=sender)
    return next((reply for reply in told.order_by("-pk")[:5] if offline_consent.waiting(reply)), None)


def _language(word: Word) -> str:
    return word.address.contact.language if word.address else "en"


def _newer_no(address: Address, sent_at: datetime) -> bool:
    """Did they say no after this was sent, or in the same moment? Then they stay out."""
    nos = [Decision.OPT_OUT, Decision.WRONG_PERSON]
    by_text = address.inbound.filter(Q(meaning__in=nos) | Q(decision__in=nos), sent_at__gte=sent_at)
    elsewhere = address.events.filter(kind=ConsentEvent.Kind.WITHDRAWN, occurred_at__gte=sent_at)
    return by_text.exists() or elsewhere.exclude(source=Source.TEXT).exists()


def _help(word: Word) -> Done:
    """Answered always, whoever asks."""
    if word.sender is None:
        return Done(word.address, "Nobody uses the number it was sent to.")
    address = _known(word)
    outbox.owe(address, Reply.Kind.HELP, sender=word.sender, act=word.act)
    return Done(address, "Answered with help.")


def _leave_to_a_person(word: Word) -> Done:
    """No rule explains it. Thanks and greetings are kept without a clock; all else is read within days."""
    if word.reading.is_chatter:
        return Done(word.address, "Nothing to do: they ask for nothing.")
    return Done(_known(word), "For a person to read.", due_at=review_queue.due(Meaning.OTHER))


ACTIONS: dict[str, Callable[[Word], Done]] = {
    Meaning.OPT_OUT: _opt_out,
    Meaning.WRONG_PERSON: _wrong_person,
    Meaning.REVIEW: _hold,
    Meaning.OPT_IN: _opt_in,
    Meaning.HELP: _help,
    Meaning.OTHER: _leave_to_a_person,
}
