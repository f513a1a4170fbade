"""What we do about a mail that came back, by what it means. Called by mail_in.receive, in its transaction.

Mail is easily forged, so nothing here ever raises consent, and a machine is never answered. What a report says is
done only to the address for which it returns what we signed.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.utils import timezone

from preferences.consent import service as consent
from preferences.consent.evidence import Proof
from preferences.inbound import review_queue
from preferences.inbound.mail_classifier import Reading
from preferences.inbound.mail_parser import Letter
from preferences.links import mailto, tokens
from preferences.links.tokens import Claims
from preferences.models import Address, ConsentEvent, Inbound, Method, Source, Suppression
from preferences.outbox import service as outbox

Meaning = Inbound.Meaning
SOFT_BOUNCES = 5
SOFT_BOUNCE_DAYS = timedelta(days=30)
FAILED = "rfc3464:failed:"
# That it is no spam after all; and that a signature did not hold (RFC 6591), which no person ever says.
NO_COMPLAINTS = ("rfc5965:not-spam", "rfc5965:auth-failure")


@dataclass(frozen=True)
class Done:
    """What we did about a mail, and until when a person has to read it all the same."""

    outcome: str
    due_at: datetime | None = None


@dataclass(frozen=True)
class Mail:
    """One understood mail: from whom, what it says, and which act it is."""

    letter: Letter
    reading: Reading
    address: Address | None
    claims: Claims | None
    act: UUID

    @property
    def proof(self) -> Proof:
        return Proof(words=self.letter.shown)

    @property
    def origin(self) -> UUID | None:
        return tokens.origin(self.claims) if self.claims else None


def heed(mail: Mail) -> Done:
    """Do what it asks for. Every act is harmless twice."""
    return ACTIONS[mail.reading.meaning](mail)


def _opt_out(mail: Mail) -> Done:
    """Whoever holds the way out may use it, from any address and without a word."""
    if mail.claims is None:
        return _opt_out_in_words(mail)
    if mail.address is None:
        return Done("The person was forgotten; there is nothing left to leave.")
    for topic in mailto.topics(mail.claims):
        consent.withdraw(
            mail.address,
            topic,
            source=Source.MAIL,
            method=Method.HEADER,
            origin=mail.origin,
            proof=mail.proof,
            act=mail.act,
        )
    return Done("Left what the mail was about." if _said(mail) else "Had left what the mail was about already.")


def _opt_out_in_words(mail: Mail) -> Done:
    """Everything off. A forged one can only lower, and its confirmation with the way back goes to the true owner."""
    if mail.address is None:
        return Done(
            "They want to stop, and we do not know the address they write from.", review_queue.due(Meaning.REVIEW)
        )
    review_queue.settle(mail.address, Inbound.Decision.OPT_OUT, because="They asked to stop in a later mail.")
    sender = outbox.sender_of(mail.address)
    if sender is None:
        consent.suppress(mail.address, Suppression.Reason.STOPPED, detail="A mail, and nobody ever wrote to them.")
        return Done("Everything is off; there is nobody to confirm it on behalf of.")
    consent.withdraw_all(
        mail.address, sender=sender, source=Source.MAIL, method=Method.OWN_WORDS, proof=mail.proof, act=mail.act
    )
    return Done("Everything is off." if _said(mail) else "Everything was off already.")


def _said(mail: Mail) -> bool:
    """Did this mail change anything?"""
    return ConsentEvent.objects.filter(act=mail.act).exists()


def _hold(mail: Mail) -> Done:
    """Nothing more is sent until somebody has read it."""
    if mail.address is None:
        return Done(
            "For a person to read; we do not know the address they write from.", review_queue.due(Meaning.REVIEW)
        )
    review_queue.hold(mail.address, detail="A mail.")
    return Done("Held until a person has read it.", review_queue.due(Meaning.REVIEW))


def _leave_to_a_person(mail: Mail) -> Done:
    if mail.address is None:
        return Done("Kept. We do not know the address they write from.")
    if mail.reading.is_chatter:
        return Done("Nothing to do.")
    return Done("For a person to read.", review_queue.due(Meaning.OTHER))


def _nothing(mail: Mail) -> Done:
    return Done("Nothing was done: a machine wrote it.")


def _bounced(mail: Mail) -> Done:
    failed = [one for one in mail.letter.deliveries if one.has_failed]
    if not failed:
        return Done("Nothing was done: it says nothing final.")
    if mail.address is None:
        return Done("Nothing was done: it does not show that it is about a mail of ours.")
    if failed[0].is_for_good:
        consent.suppress(mail.address, Suppression.Reason.BOUNCED, detail=f"mail: {failed[0].status}")
        return Done("The address is given up: it does not exist.")
    return _bounced_again(mail.address)


def _bounced_again(address: Address) -> Done:
    """A full mailbox may be emptied; one that stays full for weeks is given up."""
    since = timezone.now() - SOFT_BOUNCE_DAYS
    bounces = address.inbound.filter(
        meaning=Meaning.BOUNCE, matched_by__startswith=FAILED, received_at__gt=since
    ).count()
    if bounces < SOFT_BOUNCES:
        return Done(f"Counted: {bounces} of {SOFT_BOUNCES}.")
    detail = f"mail: {SOFT_BOUNCES} times in {SOFT_BOUNCE_DAYS.days} days"
    consent.suppress(address, Suppression.Reason.BOUNCED, detail=detail)
    return Done("The address is given up: it could not be reached for weeks.")


def _complained(mail: Mail) -> Done:
    if mail.letter.rule in NO_COMPLAINTS:
        return Done("Nothing was done: nobody complains in it.")
    if mail.claims is None:
        return Done("A complaint that does not show whose it is.", review_queue.due(Meaning.REVIEW))
    if mail.address is None:
        return Done("The person was forgotten; there is nothing left to leave.")
    consent.complain(mail.address, provider="arf", origin=mail.origin)
    return Done("Everything is off.")


ACTIONS: dict[str, Callable[[Mail], Done]] = {
    Meaning.OPT_OUT: _opt_out,
    Meaning.WRONG_PERSON: _hold,
    Meaning.REVIEW: _hold,
    Meaning.HELP: _leave_to_a_person,
    Meaning.OPT_IN: _leave_to_a_person,
    Meaning.OTHER: _leave_to_a_person,
    Meaning.AUTOMATIC: _nothing,
    Meaning.BOUNCE: _bounced,
    Meaning.COMPLAINT: _complained,
}
