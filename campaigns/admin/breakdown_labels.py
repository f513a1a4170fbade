"""A breakdown in words, for the pages and tables that show it."""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from django.http import QueryDict
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.audience import breakdown
from campaigns.audience.batch_evaluation import AddressDecision
from campaigns.audience.breakdown import BreakdownQuery
from campaigns.decision import reason_labels
from campaigns.explain import place_labels
from campaigns.models import Breakdown
from preferences import csv_export
from preferences.models import Address

LINES = 500  # of a table at once
KINDS = {
    "send": gettext_lazy("Will receive now"),
    "wait": gettext_lazy("Will receive later"),
    "held": gettext_lazy("On hold: needs review"),
    "skip": gettext_lazy("Excluded"),
}
AT_THEN = {
    "send": gettext_lazy("Would receive at that time"),
    "wait": gettext_lazy("Would receive later"),
    "held": gettext_lazy("Would be on hold: needs review"),
    "skip": gettext_lazy("Would be excluded"),
}
COLUMNS = ("address", "contact", "decision", "reason", "until", "jurisdictions")


@dataclass(frozen=True)
class BreakdownNumber:
    """One number of a breakdown, in words, and which addresses are behind it."""

    name: str
    people: int
    query: str


@dataclass(frozen=True)
class BreakdownPerson:
    """One address behind a number, as it is shown."""

    address: int
    masked: str
    contact: int
    contact_name: str
    decision: str
    reason: str
    until: datetime | None
    jurisdictions: str


def breakdown_numbers(row: Breakdown, place: str = "") -> dict[str, Any]:
    """Everything a page shows of a count, in words; of one place alone when one is asked for."""
    at, result = row.evaluated_at, row.result
    counts = result["places"].get(place, {}) if place else result["counts"]
    words = AT_THEN if at > timezone.now() else KINDS
    narrowed = {"at": at.isoformat()} | ({"place": place} if place else {})
    kinds = [
        {
            "all": BreakdownNumber(str(words[kind]), sum(counts.get(kind, {}).values()), _query(narrowed, kind=kind)),
            "reasons": [
                BreakdownNumber(reason_labels.reason_label(why), people, _query(narrowed, kind=kind, reason=why))
                for why, people in sorted(counts.get(kind, {}).items(), key=lambda entry: -entry[1])
                if why
            ],
        }
        for kind in breakdown.KINDS
    ]
    told = {"kinds": kinds, "place": place and _place_name(place), "places": [], "hours": []}
    if place:
        return told
    places = [_of_place(name, result["places"][name]) for name in sorted(result["places"])]
    return told | {"places": places, "hours": list(_hours(result["hours"], narrowed))}


def _of_place(name: str, counts: dict[str, dict[str, int]]) -> dict[str, Any]:
    people = [sum(counts.get(kind, {}).values()) for kind in breakdown.KINDS]
    return {"name": _place_name(name), "value": name, "people": people}


def _hours(hours: dict[str, dict[str, int]], narrowed: dict[str, str]) -> Iterator[dict[str, Any]]:
    for name in sorted(hours):
        moment, counts = parse_datetime(name), hours[name]
        whys = ", ".join(reason_labels.reason_label(why) for why in sorted(counts))
        yield {
            "hour": moment,
            "number": BreakdownNumber(whys, sum(counts.values()), _query(narrowed, kind="wait", hour=name)),
        }


def _place_name(name: str) -> str:
    names = {breakdown.NOWHERE: _("Location unknown"), "*": _("Elsewhere")}
    return str(names.get(name) or place_labels.place_label(name))


def _query(narrowed: dict[str, str], **more: str) -> str:
    query = QueryDict(mutable=True)
    query.update(narrowed | more)
    return query.urlencode()


def query_label(wanted: BreakdownQuery) -> str:
    """The question in words."""
    parts = [str(KINDS[wanted.kind])] if wanted.kind else [_("All recipients")]
    parts += [reason_labels.reason_label(wanted.reason)] if wanted.reason else []
    parts += [f"{wanted.hour:%Y-%m-%d %H:%M} UTC"] if wanted.hour else []
    parts += [_place_name(wanted.place)] if wanted.place else []
    return " · ".join(parts)


def people_behind(standings: Iterable[AddressDecision]) -> list[BreakdownPerson]:
    """These addresses as they are shown; two queries."""
    standings = list(standings)
    rows = Address.objects.select_related("contact").in_bulk([one.address for one in standings])
    return [_person(one, rows[one.address]) for one in standings if one.address in rows]


def _person(one: AddressDecision, address: Address) -> BreakdownPerson:
    return BreakdownPerson(
        address=one.address,
        masked=address.masked or _("(erased)"),
        contact=one.contact,
        contact_name=str(address.contact),
        decision=str(KINDS[breakdown.outcome_kind(one.decision)]),
        reason=reason_labels.reason_label(one.decision.reason) if one.decision.reason else "",
        until=one.decision.until,
        jurisdictions=", ".join(place_labels.place_label(code) for code in sorted(one.place.jurisdictions)),
    )


class _Echo:
    """Gives back what is written, so that a table can be sent line by line."""

    def write(self, text: str) -> str:
        return text


def csv_lines(standings: Iterator[AddressDecision]) -> Iterator[str]:
    """The lines of a table, some at a time; nothing in it is a formula."""
    writer = csv.writer(_Echo(), quoting=csv.QUOTE_ALL)
    yield "\ufeff" + writer.writerow(COLUMNS)
    while some := list(islice(standings, LINES)):
        for person in people_behind(some):
            until = person.until.isoformat() if person.until else ""
            cells = (
                person.masked,
                person.contact,
                person.decision,
                person.reason,
                until,
                person.jurisdictions,
            )
            yield writer.writerow([csv_export.escape_formula(cell) for cell in cells])
