"""The signed proof that a person holds of what they said, shaped after ISO/IEC TS 27560.

A receipt is about one act on one address. It names nobody: the person is a pseudonym, and their words, network
and browser stay in the evidence. It is written once, and given out ever after as it was written.

Writes: Receipt.
"""

import uuid

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from preferences.errors import NotAllowed
from preferences.models import NOT_SAID_TO_US, Address, ConsentEvent, Receipt, ServiceMessage, Source
from preferences.proof import receipt_schema, receipt_signing

# Whose receipts are written by themselves: what a person said, here or to a colleague. Anybody else's, such as
# those of a file with a million lines, are written when they are asked for or told of.
ANSWERED_SOURCES = sorted(frozenset(Source) - NOT_SAID_TO_US)
MOST_AT_ONCE = 500
LOOKS_BACK = 50


def issue(address: Address, interaction_id: uuid.UUID) -> Receipt:
    """The receipt of this act, written now if it is not there yet. Harmless twice, and for two at once.

    Raises NotAllowed when nothing was said in this act, or the person was forgotten.
    """
    if standing := receipt_of(address, interaction_id):
        return standing
    said = _events_of(address, interaction_id)
    if not said or address.erased_at:
        raise NotAllowed(_("There is no consent event here to issue a receipt for."))
    reference = uuid.uuid4()
    document = receipt_signing.sign_receipt(
        receipt_schema.build_receipt(address, interaction_id, said, reference=reference)
    )
    receipt, _created = Receipt.objects.get_or_create(
        address=address,
        interaction_id=interaction_id,
        defaults={"reference": reference, "document": receipt_signing.canonical_json(document).decode()},
    )
    return receipt


def receipt_of(address: Address, interaction_id: uuid.UUID) -> Receipt | None:
    """The receipt of this act, if it was written."""
    return Receipt.objects.filter(address=address, interaction_id=interaction_id).first()


def issue_missing_receipts(address_id: int | None = None) -> int:
    """Write what is missing of the latest receipts, of one address or of everybody; how many there were."""
    told = (
        ServiceMessage.objects.filter(kind=ServiceMessage.Kind.CHANGED)
        .order_by("-pk")
        .values_list("interaction_id", flat=True)
    )
    spoken_or_told = Q(source__in=ANSWERED_SOURCES) | Q(interaction_id__in=list(told[:MOST_AT_ONCE]))
    said = ConsentEvent.objects.filter(spoken_or_told, address__erased_at=None)
    latest = said.filter(address=address_id) if address_id else said
    return _issue_for_events(latest.order_by("-pk"), LOOKS_BACK if address_id else MOST_AT_ONCE)


def _issue_for_events(events: QuerySet[ConsentEvent], most: int) -> int:
    """A question alone says nothing yet: its receipt is written with its answer."""
    written = Receipt.objects.filter(address=OuterRef("address"), interaction_id=OuterRef("interaction_id"))
    newest = events.exclude(kind=ConsentEvent.Kind.ASKED).values("pk")[:most]
    missing = ConsentEvent.objects.filter(~Exists(written), pk__in=list(newest.values_list("pk", flat=True)))
    acts = list(dict.fromkeys((event.address, event.interaction_id) for event in missing.select_related("address")))
    return len([issue(address, interaction_id) for address, interaction_id in acts])


def _events_of(address: Address, interaction_id: uuid.UUID) -> list[ConsentEvent]:
    rows = ConsentEvent.objects.filter(address=address, interaction_id=interaction_id).order_by("pk")
    return list(rows.select_related("address__contact", "topic__sender", "notice", "form", "leaf"))
