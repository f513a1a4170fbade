"""What would become of each row of an import, asked of the database a chunk at a time. Reads, never writes."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from preferences.imports.row_parser import ImportRow
from preferences.models import Address, ConsentEvent, Subscription, Suppression
from preferences.rulebook import consent_requirements

EventKind = ConsentEvent.Kind
SubscriptionStatus = Subscription.Status


class RowOutcome(models.TextChoices):
    """Each row has exactly one, so that the counts add up to the rows of the file."""

    NEW = "new", gettext_lazy("New contact, with consent")
    CHANGED = "changed", gettext_lazy("Existing contact, consent added")
    UNCHANGED = "unchanged", gettext_lazy("Existing contact, no change")
    REPEATED = "repeated", gettext_lazy("Duplicate of an earlier line")
    NO_PROOF = "no_proof", gettext_lazy("No proof: contact saved without consent")
    SUPPRESSED = "suppressed", gettext_lazy("Opted out or suppressed: nothing changed")
    REFUSED = "refused", gettext_lazy("Refused: the line could not be read")


GRANTED = (RowOutcome.NEW, RowOutcome.CHANGED)
STANDING = ("address_id", "topic_id", "status", "granted__basis", "granted__basis_on")


@dataclass
class EarlierRows:
    """What the lines before said, so that a dry run knows what applying them would have made known."""

    people: set[int] = field(default_factory=set)
    proven: dict[int, tuple[str, date | None]] = field(default_factory=dict)


@dataclass
class EvaluatedRow:
    """A row, what becomes of it, what to tell the person who sent the file, and whom it is about if known."""

    row: ImportRow
    outcome: RowOutcome
    notes: list[str]
    address: Address | None = None


@dataclass
class KnownPeople:
    """What the database knows about the people of one chunk."""

    addresses: dict[tuple[str, str | None], Address]
    suppressed: set[str]
    statuses: dict[tuple[int, int], str]
    noes: set[tuple[int, int | None]]
    bases: dict[tuple[int, int], tuple[str, date | None]]


def evaluate_rows(rows: Iterable[ImportRow], earlier: EarlierRows) -> list[EvaluatedRow]:
    """What becomes of each of these rows, in their order; `earlier` learns from them."""
    rows = list(rows)
    known = _load_known_people([row for row in rows if not row.refused])
    return [_evaluate_row(row, known, earlier) for row in rows]


def remember_row(row: ImportRow, earlier: EarlierRows) -> None:
    """A row that was dealt with before an interruption."""
    if not row.refused:
        earlier.people.add(hash(row.person))
        if not row.lacks:
            earlier.proven[_key(row)] = (row.basis, row.basis_on)


def _key(row: ImportRow) -> int:
    return hash((row.person, row.topic.pk if row.topic else None))


def _load_known_people(rows: list[ImportRow]) -> KnownPeople:
    found = Address.objects.filter(normal_form__in={row.normal for row in rows}).select_related("contact")
    addresses = {(address.channel, address.normal_form): address for address in found}
    ids = [address.pk for address in addresses.values()]
    stops = Suppression.objects.filter(fingerprint__in={row.fingerprint for row in rows})
    ever = stops.exclude(reason=Suppression.Reason.BOUNCED, lifted_at__isnull=False)  # a file brings nobody back
    stand = list(Subscription.objects.filter(address__in=ids).values_list(*STANDING))
    noes = ConsentEvent.objects.filter(
        address__in=ids, kind__in=[EventKind.REFUSED, EventKind.WITHDRAWN, EventKind.INVALIDATED]
    )
    return KnownPeople(
        addresses=addresses,
        suppressed=set(ever.values_list("fingerprint", flat=True)),
        statuses={(address, topic): status for address, topic, status, *_granted in stand},
        noes=set(noes.values_list("address_id", "topic_id")),
        bases={(address, topic): (basis, since) for address, topic, _status, basis, since in stand if basis},
    )


def _evaluate_row(row: ImportRow, known: KnownPeople, earlier: EarlierRows) -> EvaluatedRow:
    if row.refused:
        return EvaluatedRow(row, RowOutcome.REFUSED, [row.refused])
    address = known.addresses.get(row.person)
    is_known = address is not None or hash(row.person) in earlier.people
    outcome, note = _outcome(row, address, is_known, known, earlier)
    if outcome != RowOutcome.SUPPRESSED:
        remember_row(row, earlier)
    return EvaluatedRow(row, outcome, [*filter(None, [note, _name_differs(row, address)]), *row.notes], address)


def _outcome(
    row: ImportRow, address: Address | None, is_known: bool, known: KnownPeople, earlier: EarlierRows
) -> tuple[RowOutcome, str]:
    if row.fingerprint in known.suppressed or _has_own_opt_out(row, address, known):
        return RowOutcome.SUPPRESSED, _("This person opted out or is suppressed. Only they can change that.")
    if row.lacks:
        return RowOutcome.NO_PROOF, row.lacks
    if (said := earlier.proven.get(_key(row))) and not _renews(row, *said):
        return RowOutcome.REPEATED, _("Duplicate: an earlier line has the same address and topic.")
    status = known.statuses.get((address.pk, row.topic.pk)) if address and row.topic else None
    if status == SubscriptionStatus.PENDING:
        return RowOutcome.UNCHANGED, _("This person signed up on our own page and has not confirmed yet.")
    if status and not (status == SubscriptionStatus.ACTIVE and _renews_standing(row, address, known)):
        return RowOutcome.UNCHANGED, ""
    return (RowOutcome.CHANGED if is_known else RowOutcome.NEW), ""


def _renews_standing(row: ImportRow, address: Address | None, known: KnownPeople) -> bool:
    standing = known.bases.get((address.pk, row.topic.pk)) if address and row.topic else None
    return standing is not None and _renews(row, *standing)


def _renews(row: ImportRow, basis: str, basis_on: date | None) -> bool:
    return consent_requirements.is_stronger_basis(row.basis, row.basis_on, than=basis, since=basis_on)


def _has_own_opt_out(row: ImportRow, address: Address | None, known: KnownPeople) -> bool:
    """A "no" to this topic or to everything that the person has not taken back themselves."""
    if address is None or row.topic is None:
        return False
    status = known.statuses.get((address.pk, row.topic.pk))
    if status in (SubscriptionStatus.ACTIVE, SubscriptionStatus.PAUSED):
        return False
    about = {(address.pk, row.topic.pk), (address.pk, None)}
    return status == SubscriptionStatus.ENDED or bool(about & known.noes)


def _name_differs(row: ImportRow, address: Address | None) -> str:
    if address is None or not row.name or not address.contact.name:
        return ""
    ours, theirs = (unicodedata.normalize("NFC", name) for name in (address.contact.name, row.name))
    return "" if ours == theirs else _("Name differs; existing name kept.")
