"""The transparency report: statistics over all recipients that identify nobody. Reads only.

Counted at most once an hour. A count below SMALLEST_SHOWN is hidden, as is one that could be computed from the others.
"""

import datetime
import math
from collections.abc import Iterable
from dataclasses import dataclass

from django.core.cache import cache
from django.db.models import Count, F, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from compliance.models import PolicyReview
from preferences.models import Checkpoint, ConsentEvent, InboundMessage, ServiceMessage, Source, SourceKind, Suppression

PERIODS = (30, 365)
SMALLEST_SHOWN = 10
SAMPLE_SIZE = 10_000
CACHE_SECONDS = 60 * 60
OPT_OUT_KINDS = (ConsentEvent.Kind.WITHDRAWN, ConsentEvent.Kind.REFUSED)
# Said elsewhere before we heard of it: an import brings old news, and texts and mails are timed by their own clock.
NOT_HEARD_HERE = Source.of_kind(SourceKind.FILE, SourceKind.REPLY)


@dataclass(frozen=True)
class Period:
    """The last so many days: how many left, by which way, who complained, whose confirmation came in time."""

    days: int
    opt_outs: int
    ways: list[tuple[str, int]]
    complaints: int
    confirmations: int
    in_time: int

    @property
    def ways_told(self) -> list[tuple[str, str]]:
        return [(str(Source(way).label) if way else _("Other ways"), shown_count(times)) for way, times in self.ways]

    @property
    def opt_outs_told(self) -> str:
        return shown_count(self.opt_outs)

    @property
    def complaints_told(self) -> str:
        return shown_count(self.complaints)

    @property
    def per_cent_in_time(self) -> int | None:
        """Rounded down; None while there are too few to tell."""
        return math.floor(100 * self.in_time / self.confirmations) if self.confirmations >= SMALLEST_SHOWN else None


@dataclass(frozen=True)
class ProcessingTime:
    """How long it took, in seconds, from hearing a "no" to having recorded it."""

    median: float
    nearly_all: float

    @property
    def median_told(self) -> str:
        return _seconds(self.median)

    @property
    def nearly_all_told(self) -> str:
        return _seconds(self.nearly_all)


@dataclass(frozen=True)
class TransparencyFigures:
    """Everything that is counted."""

    counted_at: datetime.datetime
    periods: list[Period]
    heard_here: ProcessingTime | None
    written: ProcessingTime | None
    said: int

    @property
    def is_empty(self) -> bool:
        return not self.said

    @property
    def said_told(self) -> str:
        return shown_count(self.said)


@dataclass(frozen=True)
class GovernanceStatus:
    """What is looked up anew each time: the seal, and the reviews of our policies."""

    checkpoint: Checkpoint | None
    last_review: datetime.datetime | None
    open_reviews: int
    overdue_reviews: int


def current_figures() -> TransparencyFigures:
    """The figures of this hour."""
    kept = cache.get("transparency")
    if kept is None:
        kept = _counted(timezone.now())
        cache.set("transparency", kept, CACHE_SECONDS)
    return kept


def governance_status() -> GovernanceStatus:
    reviews = PolicyReview.objects.aggregate(
        open=Count("pk", filter=Q(signed_at=None)),
        overdue=Count("pk", filter=Q(signed_at=None, due_on__lt=timezone.localdate())),
    )
    signed = PolicyReview.objects.exclude(signed_at=None).order_by("-signed_at").values_list("signed_at", flat=True)
    return GovernanceStatus(Checkpoint.objects.first(), signed.first(), reviews["open"], reviews["overdue"])


def shown_count(count: int) -> str:
    """A count of people, as far as it may be told."""
    if count == 0:
        return _("none")
    return _("fewer than 10") if count < SMALLEST_SHOWN else f"{count:,}"


def _seconds(seconds: float) -> str:
    if seconds < 1:
        return _("less than a second")
    whole = math.ceil(seconds)
    return ngettext("%(count)d second", "%(count)d seconds", whole) % {"count": whole}


def _counted(now: datetime.datetime) -> TransparencyFigures:
    year = now - datetime.timedelta(days=max(PERIODS))
    return TransparencyFigures(
        counted_at=now,
        periods=[_period(days, now) for days in PERIODS],
        heard_here=_speed(_recorded_on_our_pages(year)),
        written=_speed(_recorded_from_messages(year)),
        said=ConsentEvent.objects.count(),
    )


def _period(days: int, now: datetime.datetime) -> Period:
    since = now - datetime.timedelta(days=days)
    said = ConsentEvent.objects.filter(kind__in=OPT_OUT_KINDS, recorded_at__gte=since)
    ways = (
        said.order_by()
        .values("source")
        .annotate(times=Count("interaction_id", distinct=True))
        .values_list("source", "times")
    )
    by_way = list(ways)
    due = ServiceMessage.objects.filter(kind=ServiceMessage.Kind.UNSUBSCRIBED, queued_at__gte=since)
    answered = Q(status=ServiceMessage.Status.SENT, sent_at__lte=F("deadline_at"))
    confirmations = due.filter(Q(deadline_at__lt=now) | answered).aggregate(
        all=Count("pk"), in_time=Count("pk", filter=answered)
    )
    return Period(
        days=days,
        opt_outs=sum(times for _way, times in by_way),
        ways=_merge_small_counts(by_way),
        complaints=Suppression.objects.filter(reason=Suppression.Reason.COMPLAINED, since__gte=since).count(),
        confirmations=confirmations["all"],
        in_time=confirmations["in_time"],
    )


def _merge_small_counts(ways: list[tuple[str, int]]) -> list[tuple[str, int]]:
    """The rare ways are put together, under no name, until they are many: no small count is left to be computed."""
    many = sorted(ways, key=lambda way: way[1], reverse=True)
    few = 0
    while many and (many[-1][1] < SMALLEST_SHOWN or 0 < few < SMALLEST_SHOWN):
        few += many.pop()[1]
    return many + ([("", few)] if few >= SMALLEST_SHOWN else [])


def _recorded_on_our_pages(since: datetime.datetime) -> Iterable[tuple[datetime.datetime, datetime.datetime]]:
    """When the latest opt-outs were said on our own pages or to our staff, and when they were on record."""
    rows = ConsentEvent.objects.filter(kind__in=OPT_OUT_KINDS, recorded_at__gte=since).exclude(
        source__in=NOT_HEARD_HERE
    )
    return rows.order_by("-pk").values_list("occurred_at", "recorded_at")[:SAMPLE_SIZE]


def _recorded_from_messages(since: datetime.datetime) -> Iterable[tuple[datetime.datetime, datetime.datetime]]:
    """When the latest texts and mails that say "no" were sent by the person, and when they were on record."""
    rows = InboundMessage.objects.filter(
        meaning=InboundMessage.Meaning.OPT_OUT, received_at__gte=since, sent_at__isnull=False
    )
    latest = rows.order_by("-pk").values_list("sent_at", "received_at")[:SAMPLE_SIZE]
    return ((sent_at, received_at) for sent_at, received_at in latest if sent_at)


def _speed(moments: Iterable[tuple[datetime.datetime, datetime.datetime]]) -> ProcessingTime | None:
    took = sorted(max(0.0, (done - heard).total_seconds()) for heard, done in moments)
    return ProcessingTime(_share(took, 0.5), _share(took, 0.95)) if len(took) >= SMALLEST_SHOWN else None


def _share(in_order: list[float], part: float) -> float:
    """So long at most did this part of them take."""
    return in_order[math.ceil(part * len(in_order)) - 1]
