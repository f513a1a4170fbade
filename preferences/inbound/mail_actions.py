"""What we do about a mail that came back, by what it means. Called by mail_in.receive, in its transaction.

Mail is easily forged, so nothing here ever raises consent, and a machine is never answered. What a report says is
done only to the address for which it returns what we signed.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.utils import timezone

from preferences.consent import endings, suppressions
from preferences.consent import service as consent
from preferences.consent.evidence import Proof
from preferences.inbound import review_queue
from preferences.inbound.mail_classifier import MailClassification
from preferences.inbound.mail_parser import ParsedMail
from preferences.links import mailto, tokens
from preferences.links.tokens import TokenClaims
from preferences.models import (
    Address,
    ConsentEvent,
    InboundMessage,
    InboundOutcome,
    Method,
    Source,
    Suppression,
    SuppressionDetail,
)
from preferences.outbox import service as outbox

InboundMeaning = InboundMessage.Meaning
SOFT_BOUNCES = 5
SOFT_BOUNCE_DAYS = timedelta(days=30)
BOUNCE_OUTCOME = "rfc3464:failed:"
# That it is no spam after all; and that a signature did not hold (RFC 6591), which no person ever says.
NO_COMPLAINTS = ("rfc5965:not-spam", "rfc5965:auth-failure")


@dataclass(frozen=True)
class MailActionResult:
    """What we did about a mail, and until when a person has to read it all the same."""

    outcome: str
    due_at: datetime | None = None


@dataclass(frozen=True)
class ClassifiedMail:
    """One understood mail: from whom, what it says, and which act it is."""

    letter: ParsedMail
    reading: MailClassification
    address: Address | None
    claims: TokenClaims | None
    interaction_id: UUID

    @property
    def proof(self) -> Proof:
        return Proof(words=self.letter.shown)

    @property
    def origin(self) -> UUID | None:
        return tokens.message_reference(self.claims) if self.claims else None


def act_on(mail: ClassifiedMail) -> MailActionResult:
    """Do what it asks for. Every act is harmless twice."""
    return ACTIONS[mail.reading.meaning](mail)


def _opt_out(mail: ClassifiedMail) -> MailActionResult:
    """Whoever holds the way out may use it, from any address and without a word."""
    if mail.claims is None:
        return _opt_out_in_words(mail)
    if mail.address is None:
        return MailActionResult(InboundOutcome.ERASED)
    for topic in mailto.topics_to_unsubscribe(mail.claims):
        consent.withdraw(
            mail.address,
            topic,
            source=Source.EMAIL,
            method=Method.HEADER,
            origin=mail.origin,
            proof=mail.proof,
            interaction_id=mail.interaction_id,
        )
    return MailActionResult(
        InboundOutcome.UNSUBSCRIBED if _has_changed_anything(mail) else InboundOutcome.ALREADY_UNSUBSCRIBED
    )


def _opt_out_in_words(mail: ClassifiedMail) -> MailActionResult:
    """Everything off. A forged one can only lower, and its confirmation with the way back goes to the true owner."""
    if mail.address is None:
        return MailActionResult(
            InboundOutcome.OPT_OUT_OF_UNKNOWN,
            review_queue.review_due_at(InboundMeaning.REVIEW),
        )
    review_queue.resolve_all(
        mail.address, InboundMessage.Decision.OPT_OUT, because=InboundOutcome.OPTED_OUT_LATER_BY_EMAIL
    )
    sender = outbox.latest_sender(mail.address)
    if sender is None:
        suppressions.suppress(mail.address, Suppression.Reason.STOPPED, detail=SuppressionDetail.NO_SENDER)
        return MailActionResult(InboundOutcome.OPTED_OUT_NO_SENDER)
    consent.withdraw_all(
        mail.address,
        sender=sender,
        source=Source.EMAIL,
        method=Method.OWN_WORDS,
        proof=mail.proof,
        interaction_id=mail.interaction_id,
    )
    return MailActionResult(
        InboundOutcome.OPTED_OUT if _has_changed_anything(mail) else InboundOutcome.ALREADY_OPTED_OUT
    )


def _has_changed_anything(mail: ClassifiedMail) -> bool:
    """Did this mail change anything?"""
    return ConsentEvent.objects.filter(interaction_id=mail.interaction_id).exists()


def _hold_for_review(mail: ClassifiedMail) -> MailActionResult:
    """Nothing more is sent until somebody has read it."""
    if mail.address is None:
        return MailActionResult(
            InboundOutcome.REVIEW_OF_UNKNOWN,
            review_queue.review_due_at(InboundMeaning.REVIEW),
        )
    review_queue.place_marketing_hold(mail.address, source=Source.EMAIL)
    return MailActionResult(InboundOutcome.HELD, review_queue.review_due_at(InboundMeaning.REVIEW))


def _queue_for_review(mail: ClassifiedMail) -> MailActionResult:
    if mail.address is None:
        return MailActionResult(InboundOutcome.STORED_OF_UNKNOWN)
    if mail.reading.is_chatter:
        return MailActionResult(InboundOutcome.NOTHING_ASKED)
    return MailActionResult(InboundOutcome.NEEDS_REVIEW, review_queue.review_due_at(InboundMeaning.OTHER))


def _ignore(mail: ClassifiedMail) -> MailActionResult:
    return MailActionResult(InboundOutcome.AUTOMATIC)


def _bounced(mail: ClassifiedMail) -> MailActionResult:
    failed = [one for one in mail.letter.deliveries if one.has_failed]
    if not failed:
        return MailActionResult(InboundOutcome.REPORT_NOT_FINAL)
    if mail.address is None:
        return MailActionResult(InboundOutcome.REPORT_NOT_OURS)
    if failed[0].is_for_good:
        suppressions.suppress(
            mail.address, Suppression.Reason.BOUNCED, detail=SuppressionDetail.BOUNCED_BY_EMAIL.filled(failed[0].status)
        )
        return MailActionResult(InboundOutcome.SUPPRESSED_NOT_FOUND)
    return _bounced_again(mail.address)


def _bounced_again(address: Address) -> MailActionResult:
    """A full mailbox may be emptied; one that stays full for weeks is given up."""
    since = timezone.now() - SOFT_BOUNCE_DAYS
    bounces = address.inbound_messages.filter(
        meaning=InboundMeaning.BOUNCE, matched_by__startswith=BOUNCE_OUTCOME, received_at__gt=since
    ).count()
    if bounces < SOFT_BOUNCES:
        return MailActionResult(InboundOutcome.SOFT_BOUNCE_COUNTED.filled(bounces, SOFT_BOUNCES))
    detail = SuppressionDetail.SOFT_BOUNCES.filled(SOFT_BOUNCES, SOFT_BOUNCE_DAYS.days, "email")
    suppressions.suppress(address, Suppression.Reason.BOUNCED, detail=detail)
    return MailActionResult(InboundOutcome.SUPPRESSED_SOFT_BOUNCES)


def _complained(mail: ClassifiedMail) -> MailActionResult:
    if mail.letter.rule in NO_COMPLAINTS:
        return MailActionResult(InboundOutcome.NO_COMPLAINT)
    if mail.claims is None:
        return MailActionResult(InboundOutcome.COMPLAINT_OF_UNKNOWN, review_queue.review_due_at(InboundMeaning.REVIEW))
    if mail.address is None:
        return MailActionResult(InboundOutcome.ERASED)
    endings.record_complaint(mail.address, provider="arf", origin=mail.origin)
    return MailActionResult(InboundOutcome.OPTED_OUT)


ACTIONS: dict[str, Callable[[ClassifiedMail], MailActionResult]] = {
    InboundMeaning.OPT_OUT: _opt_out,
    InboundMeaning.WRONG_PERSON: _hold_for_review,
    InboundMeaning.REVIEW: _hold_for_review,
    InboundMeaning.HELP: _queue_for_review,
    InboundMeaning.OPT_IN: _queue_for_review,
    InboundMeaning.OTHER: _queue_for_review,
    InboundMeaning.AUTOMATIC: _ignore,
    InboundMeaning.BOUNCE: _bounced,
    InboundMeaning.COMPLAINT: _complained,
}
