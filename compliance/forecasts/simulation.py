"""What time, a rule or a setting makes of one consent: day after day, as it is and with the change. Reads only.

Only what lasts is asked here: the consent, its clocks, its age, the person's age, and whether any hour is left at all.
Quiet hours and caps only delay; how far they narrow is told apart.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from campaigns.audience import batch_evaluation
from campaigns.decision import checks, facts
from campaigns.decision.checks import DecisionFacts
from campaigns.decision.facts import AddressRow, Question
from preferences.geo.jurisdictions import Place
from preferences.models import Topic
from preferences.rulebook.book import Rulebook
from preferences.rulebook.effective_terms import EffectiveTerms
from preferences.rulebook.rule_fields import Window

LASTING = [checks.CHECKS[name] for name in ("consent", "clock", "repermission", "age")]
NOON = time(12, tzinfo=UTC)
WEEK = 7 * 24 * 60
CACHE_SIZE = 50_000
NOT_OFFERED, EXPIRED = "channel_not_offered", "expired"


class SimulatedDays(NamedTuple):
    """One consent over the days asked about: why it cannot be used on each (empty: it can), and how it narrows."""

    before: tuple[str, ...]
    minutes_before: tuple[int, ...]
    after: tuple[str, ...]
    minutes_after: tuple[int, ...]
    fewer_messages: tuple[bool, ...]


class SimulatedPerson(NamedTuple):
    """One address and what lies ahead of it."""

    address: int
    contact: int
    place: Place
    days: SimulatedDays


@dataclass(frozen=True)
class Scenario:
    """A rulebook, and what is set for one topic from some day on."""

    book: Rulebook
    changed: Topic | None = None
    since: date = date.max

    def topic(self, topic: Topic, day: date) -> Topic:
        """The topic as it would be on that day."""
        return self.changed if self.changed and self.changed.pk == topic.pk and day >= self.since else topic

    def turns(self) -> list[date]:
        """The days on which some rule begins or has ended."""
        ends = [rule.effective_to + timedelta(days=1) for rule in self.book.rules if rule.effective_to]
        return sorted({date.min, *(rule.effective_from for rule in self.book.rules), *ends})


@dataclass
class Simulation:
    """Looks ahead for the subscribers of one topic on one channel; remembers what it saw before."""

    question: Question
    days: tuple[date, ...]
    before: Scenario
    after: Scenario
    _seen: dict[tuple, SimulatedDays] = field(default_factory=dict)
    _turns: dict[int, list[date]] = field(default_factory=dict)
    _grounds: dict[tuple[bool, Place], tuple] = field(default_factory=dict)

    def person(self, row: AddressRow, expires_at: datetime | None) -> SimulatedPerson:
        """What lies ahead of this address."""
        place = facts.place_of(row, self.question.topic.sender.country)
        key = (place, expires_at, *_row_key(row))
        if key not in self._seen:
            if len(self._seen) > CACHE_SIZE:
                self._seen.clear()
            self._seen[key] = self._ahead(row, place, expires_at)
        return SimulatedPerson(row.address, row.contact, place, self._seen[key])

    def _ahead(self, row: AddressRow, place: Place, expires_at: datetime | None) -> SimulatedDays:
        now, then = (self._reasons(world, row, place, expires_at) for world in (self.before, self.after))
        (terms, hours), (other_terms, other_hours) = (self._ground(world, place) for world in (self.before, self.after))
        fewer = tuple(_is_fewer(one.caps, other.caps) for one, other in zip(terms, other_terms, strict=True))
        return SimulatedDays(now, hours, then, other_hours, fewer)

    def _reasons(self, world: Scenario, row: AddressRow, place: Place, expires_at: datetime | None) -> tuple[str, ...]:
        """Why not, day after day. Of the days under the same terms, those between two alike are like them: what has
        run out stays so, and nobody grows younger."""
        terms, hours = self._ground(world, place)
        topics = [world.topic(self.question.topic, day) for day in self.days]
        known = {key: self._known(row, topic) for key, topic in {id(one): one for one in topics}.items()}
        found: list[str | None] = [None] * len(self.days)

        def ask(point: int) -> str:
            if found[point] is None:
                facts_then, at = known[id(topics[point])], datetime.combine(self.days[point], NOON)
                is_offered = topics[point].offers(self.question.channel)
                found[point] = _reason(facts_then, terms[point], at, expires_at, is_offered)
            return found[point] or ""

        def fill(first: int, last: int) -> None:
            is_same = terms[first] is terms[last] and topics[first] is topics[last]
            if is_same and ask(first) == ask(last):
                found[first : last + 1] = [ask(first)] * (last + 1 - first)
            elif last - first > 1:
                fill(first, (first + last) // 2)
                fill((first + last) // 2, last)

        fill(0, len(self.days) - 1)
        zoned = [_no_hours_reason(one, place, minutes) for one, minutes in zip(terms, hours, strict=True)]
        return tuple(ask(point) or zoned[point] for point in range(len(self.days)))

    def _known(self, row: AddressRow, topic: Topic) -> DecisionFacts:
        return facts.facts_of_row(row, replace(self.question, topic=topic), (), stopped=False).facts

    def _ground(self, world: Scenario, place: Place) -> tuple[tuple[EffectiveTerms, ...], tuple[int, ...]]:
        """The terms of each day there, and the minutes of a week that they leave."""
        key = (world is self.after, place)
        if key not in self._grounds:
            terms = tuple(self._terms(world, place, world.topic(self.question.topic, day), day) for day in self.days)
            hours = tuple(open_minutes(one.window, place.zones, day) for one, day in zip(terms, self.days, strict=True))
            self._grounds[key] = (terms, hours)
        return self._grounds[key]

    def _terms(self, world: Scenario, place: Place, topic: Topic, day: date) -> EffectiveTerms:
        """The terms of that day; between two changes of the rulebook every day has the same."""
        turns = self._turns.setdefault(id(world), world.turns())
        since = max(turns[bisect_right(turns, day) - 1], date(2000, 1, 1))
        return world.book.terms(place.jurisdictions, self.question.channel, topic.purpose, since)


def simulate_people(
    outlook: Simulation, *, after: int = 0, chunk: int = batch_evaluation.CHUNK
) -> Iterator[tuple[int, list[SimulatedPerson]]]:
    """Whoever can be written to on the first of the days, hours and caps apart; each range with its last address."""
    for addresses in batch_evaluation.id_ranges(outlook.question, after=after, chunk=chunk):
        rows = [
            _split(told)
            for told in facts.with_objections(addresses, outlook.question).values_list(*batch_evaluation.COLUMNS)
        ]
        found = (outlook.person(row, expires_at) for row, expires_at in rows if not row.objection)
        yield rows[-1][0].address, [person for person in found if not person.days.before[0]]


def _split(told: tuple) -> tuple[AddressRow, datetime | None]:
    return AddressRow._make(told[:-2]), told[-2]


def _reason(
    known: DecisionFacts, terms: EffectiveTerms, at: datetime, expires_at: datetime | None, is_offered: bool
) -> str:
    if expires_at is not None and expires_at <= at:
        return EXPIRED
    if not is_offered:
        return NOT_OFFERED
    return next((answer.reason for check in LASTING if (answer := check(known, terms, at))), "")


def _no_hours_reason(terms: EffectiveTerms, place: Place, minutes: int) -> str:
    """Why no hour at all is left there."""
    if terms.window is not None and not place.zones:
        return "no_time_zone"
    return "" if minutes else "no_common_hour"


def _row_key(row: AddressRow) -> tuple:
    """Equal for rows that have the same ahead of them in the same place."""
    said_on = row.said_at and row.said_at.date()
    yes = (row.event is None, row.method, row.source, row.notice is None, row.discloses_texts, row.form is None)
    return (*yes, row.verified_at is None, row.basis, row.basis_on, said_on, row.born_on)


def _is_fewer(before: tuple | None, after: tuple | None) -> bool:
    """Is some cap smaller, or new?"""
    known = dict(before or ())
    return any(most < known.get(span, most + 1) for span, most in after or ())


def _minutes(window: Window, offset: timedelta) -> int:
    """The open minutes of a week as a number with as many bits, by UTC."""
    bits = 0
    for weekday, hours in enumerate(window[:7]):
        first, end = hours or (0, 0)
        bits |= ((1 << (end - first)) - 1) << (weekday * 24 * 60 + first)
    moved = offset // timedelta(minutes=1) % WEEK
    return (bits >> moved) | ((bits & ((1 << moved) - 1)) << (WEEK - moved))


@lru_cache(maxsize=20_000)
def open_minutes(window: Window | None, zones: tuple[str, ...], day: date) -> int:
    """How many minutes of an ordinary week about that day are open in every one of these zones."""
    if window is None:
        return WEEK
    open_everywhere = (1 << WEEK) - 1 if zones else 0
    for zone in zones:
        offset = datetime.combine(day, NOON).astimezone(ZoneInfo(zone)).utcoffset() or timedelta(0)
        open_everywhere &= _minutes(window, offset)
    return open_everywhere.bit_count()


def weekly_days(first: date, last: date, *more: date) -> tuple[date, ...]:
    """From the first day to the last, one in a week, and those that matter by themselves."""
    weeks: Iterable[int] = range((last - first).days // 7 + 1)
    days = {first + timedelta(days=7 * number) for number in weeks} | {last}
    return tuple(sorted(days | {day for day in more if first <= day <= last}))
