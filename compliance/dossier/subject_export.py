"""Everything we hold about one person, to take along: for people as tables, for machines as one JSON document.

Made when it is asked for and kept nowhere. Nobody else is in it: colleagues stay unnamed, and of the person's own
addresses only the one whose owner is looking is written out.
"""

import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import PurePosixPath
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.db.models import QuerySet
from django.db.models.fields.files import FieldFile
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from compliance.dossier import timeline as dossier_timeline
from compliance.dossier import timeline_labels
from compliance.dossier.export_schema import SCHEMA, TABLES, Table
from compliance.dossier.timeline_entry import Entry, Kind
from compliance.models import Processor
from preferences import csv_export
from preferences.geo import country_choices
from preferences.models import Address, ConsentEvent, Contact, Evidence
from preferences.presentation import consent_history_text

Row = dict[str, Any]
DETAILS = (
    "reference",
    "name",
    "language",
    "time_zone",
    "country",
    "region",
    "postal_code",
    "born_on",
    "created_at",
    "restricted_at",
    "sale_share_optout_at",
)


def rows(name: str, visiting: Address) -> list[Row]:
    """The rows of one table about the visitor, in one query."""
    table = TABLES[name]
    found = table.found(visiting.contact)
    return [{key: _cell(_at(row, path), visiting) for key, path in _keys(table)} for row in found]


def counts(contact: Contact) -> dict[str, int]:
    """How long every table is."""
    return {name: table.rows(contact).count() for name, table in TABLES.items()}


def details(visiting: Address) -> list[tuple[str, Any]]:
    """What we know of the person and where we reach them, each with its name."""
    contact = visiting.contact
    country = dict(country_choices.countries(get_language() or "en")).get(contact.country, contact.country)
    known = [
        (_("Name"), contact.name),
        *(
            (one.get_channel_display(), consent_history_text.place(one, visiting=visiting))
            for one in contact.addresses.live()
        ),
        (_("Language"), contact.get_language_display()),
        (_("Time zone"), contact.time_zone),
        (_("Country"), f"{country} · {contact.region}" if contact.region else country),
        (_("Postal code"), contact.postal_code),
        (_("Date of birth"), contact.born_on),
        (_("In our records since"), contact.created_at),
        (_("Restricted since"), contact.restricted_at),
        (_("Opted out of sale and sharing since"), contact.sale_share_optout_at),
        (_("Your reference"), contact.reference),
    ]
    return [(name, value) for name, value in known if value]


def timeline(visiting: Address) -> list[Entry]:
    """The dossier, oldest first, as its own person may read it."""
    theirs = visiting.contact.addresses.live()
    masks = {one.value: one.masked for one in theirs if one != visiting}
    return [_for_themselves(entry, masks) for entry in dossier_timeline.dossier(visiting.contact)]


def processors(contact: Contact) -> QuerySet[Processor]:
    """Who handles data for the senders this person has had to do with, today."""
    said = ConsentEvent.objects.filter(address__contact=contact, topic__isnull=False).values("topic__sender")
    return Processor.objects.filter(senders__in=said, ended_at=None).distinct()


def document(visiting: Address) -> dict[str, Any]:
    """The whole of it, for a machine; the guide says what each field means."""
    contact = visiting.contact
    return {
        "schema": SCHEMA,
        "made_at": _cell(timezone.now(), visiting),
        "about": _("All data held about one person. Their other addresses are masked."),
        "person": {name: _cell(getattr(contact, name), visiting) for name in DETAILS},
        "tables": {name: rows(name, visiting) for name in TABLES},
        "processors": [_processor(one) for one in processors(contact)],
        "story": [_told(entry) for entry in timeline(visiting)],
        "guide": {name: _guide(table) for name, table in TABLES.items()},
    }


def as_json(visiting: Address) -> str:
    return json.dumps(document(visiting), indent=2, ensure_ascii=False)


def as_csv(name: str, visiting: Address) -> str:
    """One table for a spreadsheet; nothing in it is run there."""
    return csv_export.csv_text(TABLES[name].names, ([*row.values()] for row in rows(name, visiting)))


def archive(visiting: Address) -> bytes:
    """The document, every table, and the files that prove something, in one ZIP file."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as pack:
        pack.writestr("everything.json", as_json(visiting))
        for name in TABLES:
            pack.writestr(f"tables/{name}.csv", as_csv(name, visiting))
        for name, content in _files(visiting.contact):
            pack.writestr(f"files/{name}", content)
    return packed.getvalue()


def _files(contact: Contact) -> Iterator[tuple[str, bytes]]:
    """Recordings and scans, named after what they prove and never as somebody once called them."""
    kept = Evidence.objects.filter(event__address__contact=contact).exclude(document="").select_related("event")
    for evidence in kept:
        with evidence.document.open("rb") as stream:
            yield _file_name(evidence), stream.read()


def _file_name(evidence: Evidence) -> str:
    suffix = PurePosixPath(str(evidence.document.name)).suffix.lower()
    return f"{evidence.event.reference}{suffix if suffix[1:].isalnum() else ''}"


def _for_themselves(entry: Entry, masks: dict[str, str]) -> Entry:
    what, where, detail = (_masked(text, masks) for text in (entry.what, entry.where, entry.detail))
    return replace(entry, who=_who(entry), what=what, where=where, detail=detail)


def _masked(text: str, masks: dict[str, str]) -> str:
    for value, mask in masks.items():
        text = text.replace(value, mask)
    return text


def _who(entry: Entry) -> str:
    """Whoever is not the person, a program or a provider is one of our staff, and unnamed."""
    if entry.who == _("The person"):
        return _("you")
    known = {timeline_labels.OURSELVES, _("Provider"), _("Import"), _("Person or automated program")}
    return entry.who if entry.who in known or entry.kind == Kind.DELIVERY else _("one of our staff")


def _told(entry: Entry) -> Row:
    return {
        "at": entry.at.isoformat(),
        "kind": str(entry.kind),
        "what": entry.what,
        "who": entry.who,
        "where": entry.where,
        "detail": entry.detail,
    }


def _processor(processor: Processor) -> Row:
    return {name: getattr(processor, name) for name in ("name", "purpose", "data", "country", "safeguard")}


def _guide(table: Table) -> Row:
    return {"about": str(table.about), "fields": {key: _label(table.model, path) for key, path in _keys(table)}}


def _label(model: type[models.Model], field: str) -> str:
    first, _dot, rest = field.partition(".")
    try:
        found: Any = model._meta.get_field(first)
    except FieldDoesNotExist:
        return first
    return _label(found.related_model, rest) if rest else str(found.verbose_name)


def _keys(table: Table) -> list[tuple[str, str]]:
    return list(zip(table.names, table.paths, strict=True))


def _at(row: Any, path: str) -> Any:
    if isinstance(row, Address) and path == "value":
        return row  # written out or masked, as everywhere
    for name in path.split("."):
        row = getattr(row, name) if row is not None else None
    return row


def _cell(value: Any, visiting: Address) -> str | int | bool | None:
    """What fits into JSON and into a table."""
    if isinstance(value, Address):
        return consent_history_text.place(value, visiting=visiting)
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, FieldFile) and isinstance(value.instance, Evidence):
        return f"files/{_file_name(value.instance)}" if value else ""
    return value if value is None or isinstance(value, int | bool) else str(value)
