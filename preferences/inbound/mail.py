"""A mail came back: understand it, do what it says, and keep it. Writes Inbound.

Everything happens in one transaction, under the mail's own id: delivered twice, it is one act.
"""

import contextlib
import hashlib
import logging
from uuid import NAMESPACE_URL, UUID, uuid5

from django.db import IntegrityError, InterfaceError, OperationalError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from preferences.contacts import service as contacts
from preferences.errors import Unreadable
from preferences.inbound import mail_actions, mail_classifier, mail_parser, mail_text, review_queue
from preferences.inbound.mail_actions import Done, Mail
from preferences.inbound.mail_classifier import Reading
from preferences.inbound.mail_parser import Kind, Letter
from preferences.links import tokens
from preferences.links.tokens import BadLink, Claims, Purpose
from preferences.models import Address, Channel, Inbound, Reply
from preferences.outbox import send_fence
from preferences.outbox import service as outbox

logger = logging.getLogger(__name__)
LONGEST_ID = 200


def take(raw: bytes, *, provider: str, provider_id: str = "") -> Inbound:
    """What the doors call. A mail that breaks something is kept for a person, so that those behind it are read too;
    a database that fails is the door's to answer, and the mail comes again."""
    try:
        return receive(raw, provider=provider, provider_id=provider_id)
    except (OperationalError, InterfaceError):
        raise
    except Exception as problem:  # whatever it is
        logger.exception("A mail could not be dealt with. It is kept for a person to read.")
        because = _("This message could not be processed: %(problem)s.") % {"problem": type(problem).__name__}
        return set_aside(raw, provider=provider, provider_id=provider_id, because=because)


@transaction.atomic
def receive(raw: bytes, *, provider: str, provider_id: str = "") -> Inbound:
    """Do what the mail says, once. Without an id of the provider's, the same bytes are the same mail."""
    letter = mail_parser.read(raw)
    claims = letter.claims or letter.returned.claims
    address = _whose(letter, claims)
    if address:
        send_fence.lock([address.pk])
    reading = mail_classifier.of(letter)
    provider, provider_id = provider[:30], _id(provider_id, raw)
    inbound, is_new = _keep(provider, provider_id, letter, reading, address, is_forgotten=bool(claims and not address))
    if not is_new:
        return inbound
    act = uuid5(NAMESPACE_URL, f"mail:{provider}:{provider_id}")
    return _conclude(inbound, mail_actions.heed(Mail(letter, reading, address, claims, act)))


@transaction.atomic
def set_aside(raw: bytes, *, provider: str, provider_id: str = "", because: str) -> Inbound:
    """Something came that cannot be dealt with: a person has to look at it. Harmless twice."""
    letter = Letter(Kind.UNREADABLE, text=mail_text.storable(raw.decode("latin-1")))
    inbound, is_new = _keep(provider[:30], _id(provider_id, raw), letter, Reading(Inbound.Meaning.OTHER), None)
    return _conclude(inbound, Done(because, review_queue.due(Inbound.Meaning.REVIEW))) if is_new else inbound


def _id(provider_id: str, raw: bytes) -> str:
    return mail_text.storable(provider_id)[:LONGEST_ID] or hashlib.sha256(raw).hexdigest()


def _whose(letter: Letter, claims: Claims | None) -> Address | None:
    """Whose address it is about: what we signed names it; else what the mail says of itself."""
    if claims:
        with contextlib.suppress(BadLink):
            return tokens.address_of(Purpose.LEAVE, claims)
        return None
    if letter.kind == Kind.BOUNCE:
        return _answered(letter.returned.message_id)
    if letter.kind in (Kind.WORDS, Kind.AUTOMATIC) and letter.author:
        with contextlib.suppress(Unreadable):
            return contacts.find(Channel.EMAIL, letter.author)
    return None


def _answered(message_id: str) -> Address | None:
    """Whom a reply of ours went to. Its Message-ID is a reference at a host, and only who got it knows it."""
    with contextlib.suppress(ValueError):
        reference = UUID(message_id.strip("<> ").partition("@")[0])
        replied = Reply.objects.filter(reference=reference, address__erased_at=None)
        reply = replied.select_related("address__contact").first()
        return reply.address if reply else None
    return None


def _keep(
    provider: str,
    provider_id: str,
    letter: Letter,
    reading: Reading,
    address: Address | None,
    *,
    is_forgotten: bool = False,
) -> tuple[Inbound, bool]:
    """The row of this mail, and whether it is here for the first time. A forgotten person's words are not kept."""
    try:
        with transaction.atomic():
            row = Inbound.objects.create(
                provider=provider,
                provider_id=provider_id,
                channel=Channel.EMAIL,
                address=address,
                sender=outbox.sender_of(address) if address else None,
                raw_text="" if is_forgotten else letter.shown,
                normal_text="" if is_forgotten else reading.normal_text,
                meaning=reading.meaning,
                matched_by=reading.matched_by[:60],
                sent_at=min(letter.sent_at, timezone.now()) if letter.sent_at else None,
            )
            return row, True
    except IntegrityError:
        return Inbound.objects.get(provider=provider, provider_id=provider_id), False


def _conclude(inbound: Inbound, done: Done) -> Inbound:
    inbound.outcome, inbound.due_at = done.outcome[:200], done.due_at
    inbound.save(update_fields=["outcome", "due_at"])
    return inbound
