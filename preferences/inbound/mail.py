"""A mail came back: understand it, do what it says, and keep it.

Everything happens in one transaction, under the mail's own id: delivered twice, it is one act.

Writes: InboundMessage.
"""

import contextlib
import hashlib
import logging
from uuid import NAMESPACE_URL, UUID, uuid5

from django.db import IntegrityError, InterfaceError, OperationalError, transaction
from django.utils import timezone

from preferences.contacts import service as contacts
from preferences.errors import Unreadable
from preferences.inbound import mail_actions, mail_classifier, mail_parser, mail_text, review_queue
from preferences.inbound.mail_actions import ClassifiedMail, MailActionResult
from preferences.inbound.mail_classifier import MailClassification
from preferences.inbound.mail_parser import MailKind, ParsedMail
from preferences.links import tokens
from preferences.links.tokens import BadLink, LinkPurpose, TokenClaims
from preferences.models import Address, Channel, InboundMessage, InboundOutcome, ServiceMessage
from preferences.outbox import send_fence
from preferences.outbox import service as outbox

logger = logging.getLogger(__name__)
MAX_ID_LENGTH = 200


def receive_safely(raw: bytes, *, provider: str, provider_id: str = "") -> InboundMessage:
    """What the doors call. A mail that breaks something is kept for a person, so that those behind it are read too;
    a database that fails is the door's to answer, and the mail comes again."""
    try:
        return receive_mail(raw, provider=provider, provider_id=provider_id)
    except (OperationalError, InterfaceError):
        raise
    except Exception as problem:  # whatever it is
        logger.exception("A mail could not be dealt with. It is kept for a person to read.")
        because = InboundOutcome.NOT_PROCESSED.filled(type(problem).__name__)
        return store_unreadable(raw, provider=provider, provider_id=provider_id, because=because)


@transaction.atomic
def receive_mail(raw: bytes, *, provider: str, provider_id: str = "") -> InboundMessage:
    """Do what the mail says, once. Without an id of the provider's, the same bytes are the same mail."""
    letter = mail_parser.parse_mail(raw)
    claims = letter.claims or letter.returned.claims
    address = _address_concerned(letter, claims)
    if address:
        send_fence.lock_addresses([address.pk])
    reading = mail_classifier.classify_mail(letter)
    provider, provider_id = provider[:30], _mail_id(provider_id, raw)
    inbound, is_new = _store(provider, provider_id, letter, reading, address, is_forgotten=bool(claims and not address))
    if not is_new:
        return inbound
    interaction_id = uuid5(NAMESPACE_URL, f"mail:{provider}:{provider_id}")
    return _conclude(inbound, mail_actions.act_on(ClassifiedMail(letter, reading, address, claims, interaction_id)))


@transaction.atomic
def store_unreadable(raw: bytes, *, provider: str, provider_id: str = "", because: str) -> InboundMessage:
    """Something came that cannot be dealt with: a person has to look at it. Harmless twice."""
    letter = ParsedMail(MailKind.UNREADABLE, text=mail_text.storable_text(raw.decode("latin-1")))
    inbound, is_new = _store(
        provider[:30], _mail_id(provider_id, raw), letter, MailClassification(InboundMessage.Meaning.OTHER), None
    )
    return (
        _conclude(inbound, MailActionResult(because, review_queue.review_due_at(InboundMessage.Meaning.REVIEW)))
        if is_new
        else inbound
    )


def _mail_id(provider_id: str, raw: bytes) -> str:
    return mail_text.storable_text(provider_id)[:MAX_ID_LENGTH] or hashlib.sha256(raw).hexdigest()


def _address_concerned(letter: ParsedMail, claims: TokenClaims | None) -> Address | None:
    """Whose address it is about: what we signed names it; else what the mail says of itself."""
    if claims:
        with contextlib.suppress(BadLink):
            return tokens.address_of(LinkPurpose.UNSUBSCRIBE, claims)
        return None
    if letter.kind == MailKind.BOUNCE:
        return _recipient_of_reply(letter.returned.message_id)
    if letter.kind in (MailKind.WORDS, MailKind.AUTOMATIC) and letter.author:
        with contextlib.suppress(Unreadable):
            return contacts.find(Channel.EMAIL, letter.author)
    return None


def _recipient_of_reply(message_id: str) -> Address | None:
    """Whom a reply of ours went to. Its Message-ID is a reference at a host, and only who got it knows it."""
    with contextlib.suppress(ValueError):
        reference = UUID(message_id.strip("<> ").partition("@")[0])
        replied = ServiceMessage.objects.filter(reference=reference, address__erased_at=None)
        reply = replied.select_related("address__contact").first()
        return reply.address if reply else None
    return None


def _store(
    provider: str,
    provider_id: str,
    letter: ParsedMail,
    reading: MailClassification,
    address: Address | None,
    *,
    is_forgotten: bool = False,
) -> tuple[InboundMessage, bool]:
    """The row of this mail, and whether it is here for the first time. A forgotten person's words are not kept."""
    try:
        with transaction.atomic():
            row = InboundMessage.objects.create(
                provider=provider,
                provider_id=provider_id,
                channel=Channel.EMAIL,
                address=address,
                sender=outbox.latest_sender(address) if address else None,
                raw_text="" if is_forgotten else letter.shown,
                normal_text="" if is_forgotten else reading.normal_text,
                meaning=reading.meaning,
                matched_by=reading.matched_by[:60],
                sent_at=min(letter.sent_at, timezone.now()) if letter.sent_at else None,
            )
            return row, True
    except IntegrityError:
        return InboundMessage.objects.get(provider=provider, provider_id=provider_id), False


def _conclude(inbound: InboundMessage, done: MailActionResult) -> InboundMessage:
    inbound.outcome, inbound.due_at = done.outcome[:200], done.due_at
    inbound.save(update_fields=["outcome", "due_at"])
    return inbound
