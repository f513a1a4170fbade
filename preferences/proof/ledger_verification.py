"""Does everything we show still follow from what people said? Reads the ledger, never writes.

The events are streamed in one pass, ordered by address, beside the subscriptions in the same order. A
difference is asked for again before it is named, since people go on speaking while we read.
"""

import hmac
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from itertools import groupby
from operator import attrgetter

from django.db.models import OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from preferences.consent import evidence, ledger
from preferences.models import Address, ConsentEvent, FrequencyCap, Subscription, Topic

CHUNK_SIZE = 2_000
NOTHING = ""

Statuses = dict[int, str | None]


@dataclass(frozen=True)
class Difference:
    """One thing that does not follow from the ledger, with where to look."""

    PROJECTION = "projection"
    EVIDENCE = "evidence"

    about: str
    address: str
    topic: str
    stored: str
    should_be: str
    event: str = ""

    def __str__(self) -> str:
        where = _("address %(address)s, topic %(topic)s") % {"address": self.address, "topic": self.topic or "–"}
        stored, should_be = self.stored or _("nothing"), self.should_be or _("nothing")
        what = _("stored %(stored)s, should be %(should_be)s") % {"stored": stored, "should_be": should_be}
        return f"{where}: {what}" + (_(" (event %(event)s)") % {"event": self.event} if self.event else "")

    def as_dict(self) -> dict[str, str]:
        return asdict(self)


def verify() -> Iterator[Difference]:
    """Everything that differs: subscriptions first, then limits and proofs."""
    yield from verify_subscriptions()
    yield from verify_frequency_caps()
    yield from verify_evidence()


def verify_subscriptions() -> Iterator[Difference]:
    """Every subscription that is not what its events add up to, in either direction."""
    said = groupby(_events_by_address(), key=attrgetter("address_id"))
    stored = groupby(_subscriptions_by_address(), key=attrgetter("address_id"))
    for address_id, spoken, kept in _side_by_side(said, stored):
        statuses, ids = _fold(spoken)
        for topic_id in _differing_topics(statuses, ids, kept):
            yield from _is_pending_again(address_id, topic_id)


def _events_by_address() -> Iterator[ConsentEvent]:
    rows = ConsentEvent.objects.order_by("address_id", "pk").only("address_id", "topic_id", "kind")
    return rows.iterator(chunk_size=CHUNK_SIZE)


def _subscriptions_by_address() -> Iterator[Subscription]:
    return Subscription.objects.order_by("address_id", "topic_id").iterator(chunk_size=CHUNK_SIZE)


def _side_by_side(
    said: Iterator[tuple[int, Iterable[ConsentEvent]]], stored: Iterator[tuple[int, Iterable[Subscription]]]
) -> Iterator[tuple[int, list[ConsentEvent], list[Subscription]]]:
    """Both streams by address, in step; one of the two may know nothing of it."""
    spoken, kept = _next_group(said), _next_group(stored)
    while spoken or kept:
        address_id = min(pair[0] for pair in (spoken, kept) if pair)
        heard, seen = [], []
        if spoken and spoken[0] == address_id:
            heard, spoken = spoken[1], _next_group(said)
        if kept and kept[0] == address_id:
            seen, kept = kept[1], _next_group(stored)
        yield address_id, heard, seen


def _next_group(groups: Iterator[tuple[int, Iterable]]) -> tuple[int, list] | None:
    pair = next(groups, None)
    return (pair[0], list(pair[1])) if pair else None


def _fold(spoken: list[ConsentEvent]) -> tuple[Statuses, set[int]]:
    """What one address's events add up to, by topic, and which events they are."""
    statuses: Statuses = {}
    for event in spoken:
        for topic_id in [event.topic_id] if event.topic_id else list(statuses):
            statuses[topic_id] = ledger.status_after(statuses.get(topic_id), event.kind)
    return {topic_id: status for topic_id, status in statuses.items() if status}, {event.pk for event in spoken}


def _differing_topics(statuses: Statuses, ids: set[int], kept: list[Subscription]) -> list[int]:
    """Topics on which the two disagree, or that rest on somebody else's event."""
    stored = {row.topic_id: row.status for row in kept}
    differing = {topic for topic in {*statuses, *stored} if statuses.get(topic) != stored.get(topic)}
    borrowed = {row.topic_id for row in kept if not {row.event_id, row.granted_id} <= {*ids, None}}
    return sorted(differing | borrowed)


def _is_pending_again(address_id: int, topic_id: int) -> Iterator[Difference]:
    address, topic = Address.objects.get(pk=address_id), Topic.objects.select_related("sender").get(pk=topic_id)
    stored = Subscription.objects.filter(address=address, topic=topic).select_related("event").first()
    status, should_be = stored.status if stored else NOTHING, ledger.fold(address, topic) or NOTHING
    name = f"{topic.sender.slug}/{topic.slug}"
    if status != should_be:
        yield Difference(Difference.PROJECTION, str(address.reference), name, status, should_be)
    elif stored and {stored.event.address_id, stored.granted and stored.granted.address_id} - {address_id, None}:
        borrowed = _("%(status)s, based on another person's consent event") % {"status": status}
        yield Difference(
            Difference.PROJECTION, str(address.reference), name, borrowed, should_be, str(stored.event.reference)
        )


def verify_frequency_caps() -> Iterator[Difference]:
    """Every limit that is not the person's last word about it."""
    said = ConsentEvent.objects.filter(kind=ConsentEvent.Kind.LIMITED, address__contact=OuterRef("contact"))
    same = said.alias(about=Coalesce("topic", 0)).filter(about=Coalesce(OuterRef("topic"), 0)).order_by("-pk")
    rows = FrequencyCap.objects.annotate(last=Subquery(same.values("pk")[:1]))
    for row in rows.select_related("event__address", "topic__sender").iterator(chunk_size=CHUNK_SIZE):
        if (row.event_id, row.most_per_month) != (row.last, row.event.most_per_month):
            yield _cap_difference(row, ConsentEvent.objects.filter(pk=row.last).first())


def _cap_difference(row: FrequencyCap, last: ConsentEvent | None) -> Difference:
    topic = f"{row.topic.sender.slug}/{row.topic.slug}" if row.topic else ""
    stored, should_be = (
        _("at most %(n)s") % {"n": n or "–"} for n in (row.most_per_month, last and last.most_per_month)
    )
    return Difference(Difference.PROJECTION, str(row.event.address.reference), topic, stored, should_be)


def verify_evidence() -> Iterator[Difference]:
    """Every event whose evidence is not what it was when the event was written."""
    rows = ConsentEvent.objects.order_by("pk").select_related("evidence", "address", "topic__sender")
    for event in rows.iterator(chunk_size=CHUNK_SIZE):
        if complaint := _evidence_fault(event):
            topic = f"{event.topic.sender.slug}/{event.topic.slug}" if event.topic else ""
            reference, intact = str(event.address.reference), _("evidence unchanged")
            yield Difference(Difference.EVIDENCE, reference, topic, complaint, intact, str(event.reference))


def _evidence_fault(event: ConsentEvent) -> str:
    """What is wrong with the proof of this event. A forgotten person's evidence is gone, and that is right."""
    if not hasattr(event, "evidence"):
        return "" if event.address.erased_at else _("evidence missing")
    try:
        intact = hmac.compare_digest(event.commitment, evidence.commitment(event.address, event.evidence))
    except OSError:
        return _("document missing")
    return "" if intact else _("evidence altered")
