"""What we do about a text that came back, by what it means. Called by inbound.receive, in its transaction."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from uuid import UUID

from django.conf import settings
from django.contrib.auth.models import User
from django.db.models import Q

from preferences.collection import offline_consent, pending_signups
from preferences.consent import endings, keep_keyword, renewal, suppressions
from preferences.consent import service as consent
from preferences.consent.evidence import Proof
from preferences.contacts import service as contacts
from preferences.errors import NotAllowed
from preferences.inbound import review_queue
from preferences.models import (
    Address,
    Channel,
    ConsentEvent,
    InboundMessage,
    InboundOutcome,
    Method,
    Notice,
    Sender,
    ServiceMessage,
    Source,
    Suppression,
    SuppressionDetail,
    Topic,
)
from preferences.outbox import service as outbox
from preferences.text.keywords import OPT_OUT_MEANINGS, Meaning, TextClassification

ReviewDecision = InboundMessage.Decision


@dataclass(frozen=True)
class ClassifiedSms:
    """One understood text: from whom, to whom, when, and which act it is."""

    number: str
    address: Address | None
    sender: Sender | None
    sent_at: datetime
    text: str
    interaction_id: UUID
    reading: TextClassification

    @property
    def proof(self) -> Proof:
        return Proof(words=self.text)

    @property
    def method(self) -> Method:
        """A word we told them to send, or their own."""
        return Method.KEYWORD if self.reading.is_keyword else Method.OWN_WORDS


@dataclass(frozen=True)
class ActionResult:
    """Whose text it was, what we did about it, and whether a person has to read it all the same."""

    address: Address | None
    outcome: str
    due_at: datetime | None = field(default=None)


def act_on(word: ClassifiedSms) -> ActionResult:
    """Do what it asks for. Nobody can be answered on behalf of nobody; a "no" counts just the same."""
    if word.sender is None and word.reading.meaning not in OPT_OUT_MEANINGS:
        return ActionResult(word.address, InboundOutcome.UNUSED_NUMBER)
    return ACTIONS[word.reading.meaning](word)


def opt_out_of_all(
    address: Address,
    sender: Sender | None,
    *,
    source: Source,
    method: Method,
    proof: Proof,
    interaction_id: UUID,
    by: User | None = None,
) -> None:
    """Everything off, confirmed once if there is somebody to confirm it on behalf of."""
    if sender is None:
        suppressions.suppress(address, Suppression.Reason.STOPPED, detail=SuppressionDetail.UNUSED_NUMBER)
        return
    consent.withdraw_all(
        address, sender=sender, source=source, method=method, proof=proof, interaction_id=interaction_id, by=by
    )


def mark_wrong_person(address: Address, *, source: Source, proof: Proof, by: User | None = None) -> None:
    """The number is not the person's we think: no consent on record is good, and links sent there open nothing."""
    agreed = address.subscriptions.exclude(event__kind=ConsentEvent.Kind.INVALIDATED).select_related("topic")
    for subscription in agreed:
        endings.invalidate(address, subscription.topic, source=source, proof=proof, by=by)
    suppressions.suppress(address, Suppression.Reason.REASSIGNED, detail=SuppressionDetail.SOURCE.filled(source), by=by)
    contacts.revoke_links(address, by=by)


def _ensure_address(word: ClassifiedSms) -> Address:
    """Their address, known from now on."""
    return word.address or contacts.add_address(Channel.SMS, word.number)


def _opt_out(word: ClassifiedSms) -> ActionResult:
    """Honoured from everybody, known or not, and answered exactly once."""
    address = _ensure_address(word)
    _record_opt_out(word, address)
    review_queue.resolve_all(address, ReviewDecision.OPT_OUT, because=InboundOutcome.OPTED_OUT_LATER_BY_SMS)
    return ActionResult(address, _opt_out_outcome(word, address))


def _wrong_person(word: ClassifiedSms) -> ActionResult:
    """Somebody else has this number: stopped like an opt-out, and nothing that was agreed here counts."""
    address = _ensure_address(word)
    mark_wrong_person(address, source=Source.SMS, proof=word.proof)
    _record_opt_out(word, address)
    review_queue.resolve_all(address, ReviewDecision.WRONG_PERSON, because=InboundOutcome.WRONG_PERSON_LATER_BY_SMS)
    return ActionResult(address, InboundOutcome.WRONG_PERSON.filled(_opt_out_outcome(word, address)))


def _record_opt_out(word: ClassifiedSms, address: Address) -> None:
    opt_out_of_all(
        address,
        word.sender,
        source=Source.SMS,
        method=word.method,
        proof=word.proof,
        interaction_id=word.interaction_id,
    )


def _opt_out_outcome(word: ClassifiedSms, address: Address) -> InboundOutcome:
    if word.sender is None:
        return InboundOutcome.OPTED_OUT_UNUSED_NUMBER
    owed = address.service_messages.filter(interaction_id=word.interaction_id).exists()
    return InboundOutcome.OPTED_OUT if owed else InboundOutcome.ALREADY_OPTED_OUT


def _hold_for_review(word: ClassifiedSms) -> ActionResult:
    """Perhaps a "no": held at once, and nothing is answered before somebody has read it."""
    address = _ensure_address(word)
    review_queue.place_marketing_hold(address, source=Source.SMS)
    return ActionResult(address, InboundOutcome.HELD, due_at=review_queue.review_due_at(Meaning.REVIEW))


def _opt_in(word: ClassifiedSms) -> ActionResult:
    """START, YES, JOIN or KEEP: their own act, unless a newer "no" stands."""
    if word.address and _newer_no(word.address, word.sent_at):
        return ActionResult(word.address, InboundOutcome.NEWER_OPT_OUT)
    try:
        return _keep(word) if word.reading.keeps else _join(word) if word.reading.topic else _start(word)
    except NotAllowed as refusal:
        return ActionResult(word.address, InboundOutcome.REFUSED.filled(refusal))


def _start(word: ClassifiedSms) -> ActionResult:
    """Yes to what was asked or written down; else they are back in what their STOP had ended."""
    address, sender = word.address, word.sender
    if address is None or sender is None:
        return _help(word)
    if question := pending_signups.latest_pending_signup(address, sender):
        consent.confirm(question, source=Source.SMS, method=Method.KEYWORD, proof=word.proof)
        return ActionResult(address, InboundOutcome.CONFIRMED_SIGN_UP)
    if told := pending_offline_consent(address, sender):
        offline_consent.confirm(told, source=Source.SMS, method=Method.KEYWORD, proof=word.proof)
        return ActionResult(address, InboundOutcome.CONFIRMED_OFFLINE_CONSENT)
    ended = keep_keyword.ended_by_stop(address, sender)
    return _grant(word, address, [row.topic for row in ended], InboundOutcome.SUBSCRIBED_AGAIN)


def _join(word: ClassifiedSms) -> ActionResult:
    """JOIN and a topic's keyword. A keyword that nobody has is answered with help."""
    topics = Topic.objects.offered().filter(sender=word.sender, by_sms=True, keyword=word.reading.topic.upper())
    topic = topics.first()
    if topic is None or Notice.objects.current(topic, _language(word)) is None:
        return _help(word)
    address = _ensure_address(word)
    standing = address.subscriptions.filter(topic=topic).active().exists()
    if standing:
        return ActionResult(address, InboundOutcome.ALREADY_SUBSCRIBED)
    return _grant(word, address, [topic], InboundOutcome.SUBSCRIBED)


def _keep(word: ClassifiedSms) -> ActionResult:
    """All, or just one? This one. Or the answer to whether a permission that ends is to go on."""
    address, sender = word.address, word.sender
    if address is None or sender is None:
        return _help(word)
    if standing := keep_keyword.expiring_subscriptions(address, sender, word.reading.topic):
        keep = partial(
            renewal.renew,
            source=Source.SMS,
            method=Method.KEYWORD,
            proof=word.proof,
            interaction_id=word.interaction_id,
        )
        for subscription in standing:
            keep(address, subscription.topic)
        return ActionResult(address, InboundOutcome.RENEWED)
    row = keep_keyword.restorable_subscription(address, sender, word.reading.topic, said_at=word.sent_at)
    return _grant(word, address, [row.topic] if row else [], InboundOutcome.KEPT_ONE_TOPIC)


def _grant(word: ClassifiedSms, address: Address, topics: list[Topic], outcome: str) -> ActionResult:
    """Their own yes to these, under the words of today, confirmed once. To nothing at all: help."""
    if not topics or word.sender is None:
        return _help(word)
    for topic in topics:
        consent.grant(
            address,
            topic,
            source=Source.SMS,
            method=Method.KEYWORD,
            notice=Notice.objects.current(topic, _language(word)),
            proof=word.proof,
            interaction_id=word.interaction_id,
        )
    renewal.mark_verified(Address.objects.get(pk=address.pk))
    outbox.enqueue(address, ServiceMessage.Kind.SUBSCRIBED, sender=word.sender, interaction_id=word.interaction_id)
    return ActionResult(address, outcome)


def pending_offline_consent(address: Address, sender: Sender) -> ServiceMessage | None:
    """The latest message that told them what a colleague wrote down and that still waits for their word."""
    told = address.service_messages.filter(kind=ServiceMessage.Kind.OFFLINE_CONSENT, sender=sender)
    return next((reply for reply in told.order_by("-pk")[:5] if offline_consent.pending_offline_consent(reply)), None)


def _language(word: ClassifiedSms) -> str:
    return word.address.contact.language if word.address else settings.LANGUAGE_CODE


def _newer_no(address: Address, sent_at: datetime) -> bool:
    """Did they say no after this was sent, or in the same moment? Then they stay out."""
    nos = [ReviewDecision.OPT_OUT, ReviewDecision.WRONG_PERSON]
    by_text = address.inbound_messages.filter(Q(meaning__in=nos) | Q(decision__in=nos), sent_at__gte=sent_at)
    elsewhere = address.events.filter(kind=ConsentEvent.Kind.WITHDRAWN, occurred_at__gte=sent_at)
    return by_text.exists() or elsewhere.exclude(source=Source.SMS).exists()


def _help(word: ClassifiedSms) -> ActionResult:
    """Answered always, whoever asks."""
    if word.sender is None:
        return ActionResult(word.address, InboundOutcome.UNUSED_NUMBER)
    address = _ensure_address(word)
    outbox.enqueue(address, ServiceMessage.Kind.HELP, sender=word.sender, interaction_id=word.interaction_id)
    return ActionResult(address, InboundOutcome.HELP_SENT)


def _queue_for_review(word: ClassifiedSms) -> ActionResult:
    """No rule explains it. Thanks and greetings are kept without a clock; all else is read within days."""
    if word.reading.is_chatter:
        return ActionResult(word.address, InboundOutcome.NOTHING_ASKED)
    return ActionResult(
        _ensure_address(word), InboundOutcome.NEEDS_REVIEW, due_at=review_queue.review_due_at(Meaning.OTHER)
    )


ACTIONS: dict[str, Callable[[ClassifiedSms], ActionResult]] = {
    Meaning.OPT_OUT: _opt_out,
    Meaning.WRONG_PERSON: _wrong_person,
    Meaning.REVIEW: _hold_for_review,
    Meaning.OPT_IN: _opt_in,
    Meaning.HELP: _help,
    Meaning.OTHER: _queue_for_review,
}
