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

from django.conf import settings
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.db.models import QuerySet
from django.db.models.fields.files import FieldFile
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from compliance.dossier import timeline as dossier_timeline
from compliance.dossier import timeline_labels
from compliance.dossier.export_schema import EXPORT_TABLES, SCHEMA, ExportTable
from compliance.dossier.timeline_entry import EntryKind, TimelineEntry
from compliance.models import Processor
from preferences import csv_export
from preferences.geo import country_choices
from preferences.models import Address, ConsentEvent, Contact, Evidence
from preferences.presentation import consent_history_text

ExportRow = dict[str, Any]
DETAIL_FIELDS = (
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


def table_rows(name: str, visiting: Address) -> list[ExportRow]:
    """The rows of one table about the visitor, in one query."""
    table = EXPORT_TABLES[name]
    found = table.found(visiting.contact)
    return [{key: _cell(_value_at(row, path), visiting) for key, path in _keys(table)} for row in found]


def table_counts(contact: Contact) -> dict[str, int]:
    """How long every table is."""
    return {name: table.rows(contact).count() for name, table in EXPORT_TABLES.items()}


def contact_details(visiting: Address) -> list[tuple[str, Any]]:
    """What we know of the person and where we reach them, each with its name."""
    contact = visiting.contact
    country = dict(country_choices.country_choices(get_language() or settings.LANGUAGE_CODE)).get(
        contact.country, contact.country
    )
    known = [
        (_("Name"), contact.name),
        *(
            (one.get_channel_display(), consent_history_text.address_label(one, visiting=visiting))
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


def timeline_for_subject(visiting: Address) -> list[TimelineEntry]:
    """The contact record, oldest first, as its own person may read it."""
    theirs = visiting.contact.addresses.live()
    masks = {one.value: one.masked for one in theirs if one != visiting}
    return [_for_themselves(entry, masks) for entry in dossier_timeline.build_timeline(visiting.contact)]


def processors_for(contact: Contact) -> QuerySet[Processor]:
    """Who handles data for the senders this person has had to do with, today."""
    said = ConsentEvent.objects.filter(address__contact=contact, topic__isnull=False).values("topic__sender")
    return Processor.objects.filter(senders__in=said, ended_at=None).distinct()


def export_document(visiting: Address) -> dict[str, Any]:
    """The whole of it, for a machine; the guide says what each field means."""
    contact = visiting.contact
    return {
        "schema": SCHEMA,
        "made_at": _cell(timezone.now(), visiting),
        "about": _("All data held about one person. Their other addresses are masked."),
        "person": {name: _cell(getattr(contact, name), visiting) for name in DETAIL_FIELDS},
        "tables": {name: table_rows(name, visiting) for name in EXPORT_TABLES},
        "processors": [_processor(one) for one in processors_for(contact)],
        "story": [_entry_fields(entry) for entry in timeline_for_subject(visiting)],
        "guide": {name: _table_guide(table) for name, table in EXPORT_TABLES.items()},
    }


def export_json(visiting: Address) -> str:
    return json.dumps(export_document(visiting), indent=2, ensure_ascii=False)


def export_csv(name: str, visiting: Address) -> str:
    """One table for a spreadsheet; nothing in it is run there."""
    return csv_export.csv_text(EXPORT_TABLES[name].names, ([*row.values()] for row in table_rows(name, visiting)))


def export_zip(visiting: Address) -> bytes:
    """The document, every table, and the files that prove something, in one ZIP file."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as pack:
        pack.writestr("everything.json", export_json(visiting))
        for name in EXPORT_TABLES:
            pack.writestr(f"tables/{name}.csv", export_csv(name, visiting))
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


def _for_themselves(entry: TimelineEntry, masks: dict[str, str]) -> TimelineEntry:
    what, where, detail = (_masked(text, masks) for text in (entry.what, entry.where, entry.detail))
    return replace(entry, who=_who(entry), what=what, where=where, detail=detail)


def _masked(text: str, masks: dict[str, str]) -> str:
    for value, mask in masks.items():
        text = text.replace(value, mask)
    return text


def _who(entry: TimelineEntry) -> str:
    """Whoever is not the person, a program or a provider is one of our staff, and unnamed."""
    if entry.who == _("The person"):
        return _("you")
    known = {timeline_labels.SYSTEM_ACTOR, _("Provider"), _("Import"), _("Person or automated program")}
    return entry.who if entry.who in known or entry.kind == EntryKind.DELIVERY else _("one of our staff")


def _entry_fields(entry: TimelineEntry) -> ExportRow:
    return {
        "at": entry.at.isoformat(),
        "kind": str(entry.kind),
        "what": entry.what,
        "who": entry.who,
        "where": entry.where,
        "detail": entry.detail,
    }


def _processor(processor: Processor) -> ExportRow:
    return {name: getattr(processor, name) for name in ("name", "purpose", "data", "country", "safeguard")}


def _table_guide(table: ExportTable) -> ExportRow:
    return {"about": str(table.about), "fields": {key: _label(table.model, path) for key, path in _keys(table)}}


def _label(model: type[models.Model], field: str) -> str:
    first, _dot, rest = field.partition(".")
    try:
        found: Any = model._meta.get_field(first)
    except FieldDoesNotExist:
        return first
    return _label(found.related_model, rest) if rest else str(found.verbose_name)


def _keys(table: ExportTable) -> list[tuple[str, str]]:
    return list(zip(table.names, table.paths, strict=True))


def _value_at(row: Any, path: str) -> Any:
    if isinstance(row, Address) and path == "value":
        return row  # written out or masked, as everywhere
    if isinstance(shown := getattr(row, f"{path}_label", None), str):
        return shown  # a stored code, in the reader's language
    for name in path.split("."):
        row = getattr(row, name) if row is not None else None
    return row


def _cell(value: Any, visiting: Address) -> str | int | bool | None:
    """What fits into JSON and into a table."""
    if isinstance(value, Address):
        return consent_history_text.address_label(value, visiting=visiting)
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, FieldFile) and isinstance(value.instance, Evidence):
        return f"files/{_file_name(value.instance)}" if value else ""
    return value if value is None or isinstance(value, int | bool) else str(value)
