"""What runs out when: consent given for a while, consent that rests on a purchase or a question, consent grown old.

Each under the strictest rules of where the person may be. `coming` tells it beforehand, `end_due` writes it down
when it is so far. The decision skips what is over on its very day; the event follows within the hour.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import islice
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.db import models, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from preferences.consent import endings as consent_endings
from preferences.geo import calendar_math, jurisdictions
from preferences.geo.jurisdictions import Place
from preferences.models import Address, Basis, Subscription, Topic
from preferences.outbox import send_fence
from preferences.rulebook import book as rulebook
from preferences.rulebook import consent_requirements
from preferences.rulebook.book import Rulebook
from preferences.rulebook.effective_terms import EffectiveTerms

SubscriptionStatus = Subscription.Status
CHUNK = 2_000
HORIZON = 90  # days before its end from which a permission may be asked for again
GRACE = timedelta(days=30)  # what grew old may be asked anew for so long; then it ends
SLACK = timedelta(days=4)  # months differ in length, and clocks in their day


class ExpiryReason(models.TextChoices):
    TERM = "term", _("The consent was given for a limited time.")
    CLOCK = "clock", _("The consent is based on a purchase, enquiry or membership from too long ago.")
    AGE = "age", _("The consent was given so long ago that we have to ask again.")


class ConsentRow(NamedTuple):
    """One consent as the database tells of it."""

    subscription: int
    address: int
    topic: int
    purpose: str
    sender_country: str
    channel: str
    value: str | None
    country: str
    region: str
    postal_code: str
    time_zone: str
    expires_at: datetime | None
    basis: str | None
    basis_on: date | None
    said_at: datetime | None


ROW_COLUMNS = (
    "pk",
    "address_id",
    "topic_id",
    "topic__purpose",
    "topic__sender__country",
    "address__channel",
    "address__normal_form",
    "address__contact__country",
    "address__contact__region",
    "address__contact__postal_code",
    "address__contact__time_zone",
    "expires_at",
    "granted__basis",
    "granted__basis_on",
    "granted__occurred_at",
)


@dataclass(frozen=True, slots=True)
class ConsentExpiry:
    """When one consent ends, and why. `day` is the first on which it no longer counts, `today` the day where they are.

    `is_carrying`: may one message still be sent on it, to ask? `closes_on`: from when on its end is written down.
    """

    subscription: int
    address: int
    topic: int
    channel: str
    day: date
    why: ExpiryReason
    today: date
    is_carrying: bool
    closes_on: date | None
    closes_because: ExpiryReason

    @property
    def days_left(self) -> int:
        return (self.day - self.today).days

    @property
    def last_day(self) -> date:
        """The last on which it counts."""
        return self.day - timedelta(days=1)

    @property
    def is_due(self) -> bool:
        return self.closes_on is not None and self.today >= self.closes_on


def expiring(
    days: int = HORIZON,
    *,
    topic: Topic | None = None,
    channel: str = "",
    among: QuerySet[Address] | None = None,
    at: datetime | None = None,
) -> Iterator[ConsentExpiry]:
    """Every consent that ends within so many days, or should have been asked anew by now; a chunk at a time."""
    crowd = running_consents()
    crowd = crowd.filter(topic=topic) if topic else crowd
    crowd = crowd.filter(address__channel=channel) if channel else crowd
    crowd = crowd.filter(address__in=among) if among is not None else crowd
    return (ending for ending in _expiries(crowd, at or timezone.now(), days) if ending.days_left <= days)


def expire_due(*, spared: "Callable[[list[ConsentExpiry]], set[int]] | None" = None, at: datetime | None = None) -> int:
    """Write down what is over; how many ended. Harmless twice, and when it was stopped in the middle.

    Of those that only grew old, `spared` names the subscriptions whose owners were asked and may still answer.
    """
    moment, ended = at or timezone.now(), 0
    due = (ending for ending in _expiries(running_consents(), moment, 0) if ending.is_due)
    while batch := list(islice(due, CHUNK)):
        old = [ending for ending in batch if ending.closes_because == ExpiryReason.AGE]
        waiting = spared(old) if spared and old else set()
        ended += sum(_expire_locked(ending, moment) for ending in batch if ending.subscription not in waiting)
    return ended


def running_consents() -> QuerySet[Subscription]:
    """Consent that stands, of people who were not forgotten."""
    return Subscription.objects.filter(
        status__in=[SubscriptionStatus.ACTIVE, SubscriptionStatus.PAUSED], address__erased_at=None
    )


def expiry_of(subscription: Subscription, at: datetime | None = None) -> ConsentExpiry | None:
    """When this one ends; None when it does not."""
    return next(_expiries(running_consents().filter(pk=subscription.pk), at or timezone.now()), None)


def effective_terms_for(place: Place, channel: str, purpose: str, day: date, book: Rulebook) -> EffectiveTerms:
    """What holds where they may be; of who is nowhere known, what holds where nothing is known."""
    return book.terms(place.jurisdictions or frozenset({rulebook.ELSEWHERE}), channel, purpose, day)


@transaction.atomic
def _expire_locked(ending: ConsentExpiry, at: datetime) -> bool:
    """One consent, looked at again under the lock: they may have said something this very moment."""
    address = send_fence.lock_address(Address.objects.get(pk=ending.address))
    row = running_consents().select_related("topic").filter(pk=ending.subscription).first()
    now = expiry_of(row, at) if row else None
    if row is None or now is None or not now.is_due:
        return False
    consent_endings.expire(address, row.topic)
    return True


def _expiries(crowd: QuerySet[Subscription], at: datetime, days: int | None = None) -> Iterator[ConsentExpiry]:
    book = rulebook.current_rulebook()
    crowd = crowd.filter(_may_end(book, at, days)) if days is not None else crowd
    for row in _consent_rows(crowd):
        if ending := _expiry_of_row(row, book, at):
            yield ending


def _consent_rows(crowd: QuerySet[Subscription]) -> Iterator[ConsentRow]:
    last = 0
    while chunk := [
        ConsentRow(*row) for row in crowd.filter(pk__gt=last).order_by("pk").values_list(*ROW_COLUMNS)[:CHUNK]
    ]:
        yield from chunk
        last = chunk[-1].subscription


def _may_end(book: Rulebook, at: datetime, days: int) -> Q:
    """What the database can rule out: a yes of their own, without a term, too young to grow old anywhere by then."""
    found = Q(expires_at__isnull=False) | ~Q(granted__basis=Basis.EXPRESS)
    shortest = _shortest_life(book)
    if shortest is not None:
        given = calendar_math.add_months(at.date() + timedelta(days=days) + SLACK, -shortest)
        found |= Q(granted__occurred_at__lt=datetime.combine(given, datetime.min.time(), UTC))
    return found


@lru_cache(maxsize=4)
def _shortest_life(book: Rulebook) -> int | None:
    """In how many months consent grows old where that goes fastest."""
    lives = [dict(book.said(rule).repermission or ()).get("months") for rule in book.rules]
    return min((life for life in lives if life is not None), default=None)


def _expiry_of_row(row: ConsentRow, book: Rulebook, at: datetime) -> ConsentExpiry | None:
    place = _place_of_row(row)
    asked = effective_terms_for(place, row.channel, row.purpose, at.date(), book)
    basis = row.basis or Basis.EXPRESS
    zone = ZoneInfo(place.zones[0]) if place.zones else UTC
    clocks = {
        ExpiryReason.TERM: row.expires_at.astimezone(zone).date() if row.expires_at else None,
        ExpiryReason.CLOCK: consent_requirements.basis_expires_on(asked, basis, row.basis_on),
        ExpiryReason.AGE: consent_requirements.renewal_due_on(asked, row.said_at.date() if row.said_at else None),
    }
    known = [(day, why) for why, day in clocks.items() if day]
    if not known:
        return None
    day, why = min(known, key=lambda one: one[0])
    today = at.astimezone(zone).date()
    stands = not any(ends and today >= ends for ends in (clocks[ExpiryReason.TERM], clocks[ExpiryReason.CLOCK]))
    closes_on, because = _closing_day(clocks)
    carries = stands and consent_requirements.accepts_basis(asked, basis)
    return ConsentExpiry(
        row.subscription, row.address, row.topic, row.channel, day, why, today, carries, closes_on, because
    )


def _closing_day(clocks: dict[ExpiryReason, date | None]) -> tuple[date | None, ExpiryReason]:
    """When this consent ends. Implied consent ends on its day, old consent after the time to renew it.

    Consent that was given for a limited time is ended by term_expiry.py.
    """
    clock, age = clocks[ExpiryReason.CLOCK], clocks[ExpiryReason.AGE]
    over = age + GRACE if age else None
    if over and (clock is None or over < clock):
        return over, ExpiryReason.AGE
    return clock, ExpiryReason.CLOCK


def _place_of_row(row: ConsentRow) -> Place:
    return jurisdictions.locate(
        channel=row.channel,
        value=row.value or "",
        country=row.country,
        region=row.region,
        postal_code=row.postal_code,
        time_zone=row.time_zone,
        sender_country=row.sender_country,
    )


def counts_by_topic(endings: Iterable[ConsentExpiry]) -> dict[tuple[int, str], dict[tuple[int, ExpiryReason], int]]:
    """How many end, by topic and channel; of each by span (see `span`) and reason."""
    found: dict[tuple[int, str], dict[tuple[int, ExpiryReason], int]] = {}
    for ending in endings:
        counts = found.setdefault((ending.topic, ending.channel), {})
        key = (horizon_of(ending), ending.why)
        counts[key] = counts.get(key, 0) + 1
    return found


HORIZON_DAYS = (0, 30, 60, 90)


def horizon_of(ending: ConsentExpiry) -> int:
    """The smallest of SPANS within which it ends: 0 is over already, 30 within 30 days, and so on."""
    return next((days for days in HORIZON_DAYS if ending.days_left <= days), HORIZON_DAYS[-1])
