"""What everybody may know about how well we keep our word: figures over all people, about nobody. Reads only.

Counted at most once an hour. A count below FEWEST is not told, nor one that could be computed from the others.
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
from preferences.models import Checkpoint, ConsentEvent, Inbound, Reply, Source, Suppression

PERIODS = (30, 365)
FEWEST = 10
LATEST = 10_000
KEPT_SECONDS = 60 * 60
NOES = (ConsentEvent.Kind.WITHDRAWN, ConsentEvent.Kind.REFUSED)
# Said elsewhere before we heard of it: an import brings old news, and texts and mails are timed by their own clock.
NOT_HEARD_HERE = (Source.IMPORT, Source.TEXT, Source.MAIL)


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
        return [(str(Source(way).label) if way else _("Other ways"), told(times)) for way, times in self.ways]

    @property
    def opt_outs_told(self) -> str:
        return told(self.opt_outs)

    @property
    def complaints_told(self) -> str:
        return told(self.complaints)

    @property
    def per_cent_in_time(self) -> int | None:
        """Rounded down; None while there are too few to tell."""
        return math.floor(100 * self.in_time / self.confirmations) if self.confirmations >= FEWEST else None


@dataclass(frozen=True)
class Speed:
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
class Figures:
    """Everything that is counted."""

    counted_at: datetime.datetime
    periods: list[Period]
    heard_here: Speed | None
    written: Speed | None
    said: int

    @property
    def is_empty(self) -> bool:
        return not self.said

    @property
    def said_told(self) -> str:
        return told(self.said)


@dataclass(frozen=True)
class Office:
    """What is looked up anew each time: the seal, and the reviews of our policies."""

    checkpoint: Checkpoint | None
    last_review: datetime.datetime | None
    open_reviews: int
    overdue_reviews: int


def figures() -> Figures:
    """The figures of this hour."""
    kept = cache.get("transparency")
    if kept is None:
        kept = _counted(timezone.now())
        cache.set("transparency", kept, KEPT_SECONDS)
    return kept


def office() -> Office:
    reviews = PolicyReview.objects.aggregate(
        open=Count("pk", filter=Q(signed_at=None)),
        overdue=Count("pk", filter=Q(signed_at=None, due_on__lt=timezone.localdate())),
    )
    signed = PolicyReview.objects.exclude(signed_at=None).order_by("-signed_at").values_list("signed_at", flat=True)
    return Office(Checkpoint.objects.first(), signed.first(), reviews["open"], reviews["overdue"])


def told(count: int) -> str:
    """A count of people, as far as it may be told."""
    if count == 0:
        return _("none")
    return _("fewer than 10") if count < FEWEST else f"{count:,}"


def _seconds(seconds: float) -> str:
    if seconds < 1:
        return _("less than a second")
    whole = math.ceil(seconds)
    return ngettext("%(count)d second", "%(count)d seconds", whole) % {"count": whole}


def _counted(now: datetime.datetime) -> Figures:
    year = now - datetime.timedelta(days=max(PERIODS))
    return Figures(
        counted_at=now,
        periods=[_period(days, now) for days in PERIODS],
        heard_here=_speed(_heard_here(year)),
        written=_speed(_written(year)),
        said=ConsentEvent.objects.count(),
    )


def _period(days: int, now: datetime.datetime) -> Period:
    since = now - datetime.timedelta(days=days)
    said = ConsentEvent.objects.filter(kind__in=NOES, recorded_at__gte=since)
    ways = said.order_by().values("source").annotate(times=Count("act", distinct=True)).values_list("source", "times")
    by_way = list(ways)
    due = Reply.objects.filter(kind=Reply.Kind.OPTED_OUT, owed_at__gte=since)
    answered = Q(status=Reply.Status.SENT, sent_at__lte=F("deadline_at"))
    confirmations = due.filter(Q(deadline_at__lt=now) | answered).aggregate(
        all=Count("pk"), in_time=Count("pk", filter=answered)
    )
    return Period(
        days=days,
        opt_outs=sum(times for _way, times in by_way),
        ways=_without_the_few(by_way),
        complaints=Suppression.objects.filter(reason=Suppression.Reason.COMPLAINED, since__gte=since).count(),
        confirmations=confirmations["all"],
        in_time=confirmations["in_time"],
    )


def _without_the_few(ways: list[tuple[str, int]]) -> list[tuple[str, int]]:
    """The rare ways are put together, under no name, until they are many: no small count is left to be computed."""
    many = sorted(ways, key=lambda way: way[1], reverse=True)
    few = 0
    while many and (many[-1][1] < FEWEST or 0 < few < FEWEST):
        few += many.pop()[1]
    return many + ([("", few)] if few >= FEWEST else [])


def _heard_here(since: datetime.datetime) -> Iterable[tuple[datetime.datetime, datetime.datetime]]:
    """When the latest opt-outs were said on our own pages or to our staff, and when they were on record."""
    rows = ConsentEvent.objects.filter(kind__in=NOES, recorded_at__gte=since).exclude(source__in=NOT_HEARD_HERE)
    return rows.order_by("-pk").values_list("occurred_at", "recorded_at")[:LATEST]


def _written(since: datetime.datetime) -> Iterable[tuple[datetime.datetime, datetime.datetime]]:
    """When the latest texts and mails that say "no" were sent by the person, and when they were on record."""
    rows = Inbound.objects.filter(meaning=Inbound.Meaning.OPT_OUT, received_at__gte=since, sent_at__isnull=False)
    latest = rows.order_by("-pk").values_list("sent_at", "received_at")[:LATEST]
    return ((sent_at, received_at) for sent_at, received_at in latest if sent_at)


def _speed(moments: Iterable[tuple[datetime.datetime, datetime.datetime]]) -> Speed | None:
    took = sorted(max(0.0, (done - heard).total_seconds()) for heard, done in moments)
    return Speed(_share(took, 0.5), _share(took, 0.95)) if len(took) >= FEWEST else None


def _share(in_order: list[float], part: float) -> float:
    """So long at most did this part of them take."""
    return in_order[math.ceil(part * len(in_order)) - 1]
