"""A whole audience evaluated, address by address, without ever holding it in memory. Reads only.

The facts and the decision are those of sending. What many people have in common is evaluated once: a date on which
something runs out makes a difference only near the moment that is asked about.
"""

from collections.abc import Callable, Iterator
from copy import copy
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from itertools import chain
from typing import NamedTuple

from django.db.models import Exists, Max, OuterRef, QuerySet
from django.utils import timezone

from campaigns.decision import checks, facts, reason_labels
from campaigns.decision.checks import Decision
from campaigns.decision.facts import AddressRow, Question
from campaigns.models import Campaign, EmergencyStop, Message
from campaigns.workflow import lifecycle
from preferences.consent import ineligibility_labels as gate_wording
from preferences.geo import calendar_math
from preferences.geo.jurisdictions import Place
from preferences.models import Address, Basis, Subscription
from preferences.rulebook import book as rulebook
from preferences.rulebook import consent_requirements
from preferences.rulebook.book import Rulebook
from preferences.rulebook.effective_terms import EffectiveTerms

CHUNK = 5_000
CACHE_SIZE = 200_000
COLUMNS = (*facts.ROW_COLUMNS, "said__expires_at", "said__paused_until")
# A decision looks no further ahead than its waits can lead, and no local day is more than one from that of UTC.
HORIZON = timedelta(days=400)
PAST, OLD, YOUNG = date.min, date.min, date.max
# What is answered before anybody asks how much somebody got, and can only be answered at once.
LATER_CHECKS = {"over_cap", "quiet_hours", "no_time_zone", "no_common_hour", "content_missing", "too_long", "too_late"}
BEFORE_CAPS = frozenset(reason_labels.REASON_LABELS) - checks.FREQUENCY_REASONS - LATER_CHECKS
# What the eligibility check itself says, and every decision repeats.
SETTLING_REASONS = frozenset(gate_wording.OBJECTION_LABELS) - checks.FREQUENCY_REASONS


class AddressDecision(NamedTuple):
    """How one address stands."""

    address: int
    contact: int
    place: Place
    decision: Decision


@dataclass(slots=True)
class PlaceContext:
    """What everybody in one place has in common: the terms there, and what was found out so far."""

    place: Place
    terms: EffectiveTerms
    verdicts: dict[tuple, Decision] = field(default_factory=dict)
    weak: dict[tuple, bool] = field(default_factory=dict)
    ends: dict[tuple, tuple] = field(default_factory=dict)


@dataclass
class Evaluator:
    """Judges one question for one moment; remembers what it evaluated before."""

    question: Question
    at: datetime
    book: Rulebook
    stopped: bool
    ahead: bool
    _grounds: dict[Place, PlaceContext] = field(default_factory=dict)
    _remembered: int = 0

    def standing(self, row: AddressRow, sent: tuple[datetime, ...]) -> AddressDecision:
        """How this address stands; by heart where somebody alike was evaluated before."""
        ground = self._ground(row)
        alike = (row.objection,) if row.objection in SETTLING_REASONS else self._alike(row, ground)
        answer = ground.verdicts.get(alike)
        if answer is None:
            answer = ground.verdicts[alike] = self._judged(row, (), ground)
            self._remembered += 1
        if sent and ground.terms.caps and answer.reason not in BEFORE_CAPS:
            answer = self._judged(row, sent, ground)
        return AddressDecision(row.address, row.contact, ground.place, answer)

    def _judged(self, row: AddressRow, sent: tuple[datetime, ...], ground: PlaceContext) -> Decision:
        known = facts.facts_of_row(row, self.question, sent, self.stopped)
        return checks.evaluate_with_wait_end(known.facts, ground.terms, self.at)

    def _ground(self, row: AddressRow) -> PlaceContext:
        place = facts.place_of(row, self.question.topic.sender.country)
        ground = self._grounds.get(place)
        if ground is None:
            topic = self.question.topic
            terms = self.book.at(place.jurisdictions, self.question.channel, topic.purpose, self.at)
            ground = self._grounds[place] = PlaceContext(place, terms)
            self._remembered += 1
        if self._remembered > CACHE_SIZE:
            self._grounds, self._remembered = {place: PlaceContext(place, ground.terms)}, 0
        return ground

    def _alike(self, row: AddressRow, ground: PlaceContext) -> tuple:
        """Equal for rows on which the decision cannot differ, apart from what they got before."""
        basis = row.basis or Basis.EXPRESS
        said_on = row.said_at.date() if row.said_at else None
        clocks = (basis, row.basis_on, said_on)
        if clocks not in ground.ends:
            ground.ends[clocks] = self._clocks(basis, row.basis_on, said_on, ground.terms)
            self._remembered += 1
        years = row.born_on and self._years(row.born_on, ground.terms)
        return row.objection, basis, self._is_weak(row, ground), ground.ends[clocks], years

    def _is_weak(self, row: AddressRow, ground: PlaceContext) -> bool:
        """Does the yes lack something that is asked for there?"""
        said = (
            row.event is None,
            row.method,
            row.source,
            row.notice is None,
            row.discloses_texts,
            row.form is None,
            row.verified_at is None,
            row.basis,
            row.basis_on is None,
        )
        if said not in ground.weak:
            known = facts.facts_of_row(row, self.question, (), self.stopped)
            ground.weak[said] = bool(checks.missing_flags(known.facts, ground.terms))
        return ground.weak[said]

    def _clocks(self, basis: str, basis_on: date | None, said_on: date | None, terms: EffectiveTerms) -> tuple:
        ends = (
            consent_requirements.basis_expires_on(terms, basis, basis_on),
            consent_requirements.renewal_due_on(terms, said_on),
        )
        return tuple(map(self._near, ends))

    def _near(self, ends: date | None) -> date | None:
        """The day a clock ends; any day that is past is one, and any day far ahead is none."""
        if ends is None or ends > self.at.date() + HORIZON:
            return None
        return PAST if ends < self.at.date() - timedelta(days=1) else ends

    def _years(self, born_on: date, terms: EffectiveTerms) -> date:
        """The birthday, where an age is asked for that they reach about now."""
        least = max(self.question.topic.minimum_age or 0, dict(terms.minimum_age or ()).get("years", 0))
        day = self.at.date()
        if calendar_math.age_on(born_on, day - timedelta(days=2)) >= least:
            return OLD
        return YOUNG if calendar_math.age_on(born_on, day + HORIZON) < least else born_on


def evaluator_for_campaign(campaign: Campaign, at: datetime) -> Evaluator:
    """Ready to evaluate everybody whom this campaign is for."""
    return evaluator_for(facts.question_for(campaign), at)


def evaluator_for(question: Question, at: datetime) -> Evaluator:
    """Ready to evaluate everybody by the rulebook of this moment."""
    stopped = EmergencyStop.objects.active().exists()
    return Evaluator(_question_with_end(question, at), at, rulebook.current_rulebook(), stopped, at > timezone.now())


def _question_with_end(question: Question, at: datetime) -> Question:
    """The question with the end that a campaign gets when it starts at that moment."""
    if question.campaign is None or question.campaign.ends_at:
        return question
    campaign = copy(question.campaign)
    campaign.ends_at = at + lifecycle.DEFAULT_DURATION
    return replace(question, campaign=campaign)


def decision_chunks(evaluator: Evaluator, *, after: int = 0, chunk: int = CHUNK) -> Iterator[list[AddressDecision]]:
    """Everybody with a subscription to the topic on this channel, in order, some thousands at a time."""
    return (
        decisions_for(evaluator, addresses) for addresses in id_ranges(evaluator.question, after=after, chunk=chunk)
    )


def id_ranges(question: Question, *, after: int = 0, chunk: int = CHUNK) -> Iterator[QuerySet[Address]]:
    """The same people, some thousands at a time, for whoever asks something else about them."""
    while (last := _end_of_chunk(question, after, chunk)) is not None:
        yield audience_rows(question, after, last)
        after = last


def decisions_for(evaluator: Evaluator, addresses: QuerySet[Address]) -> list[AddressDecision]:
    """How each of these addresses stands, in order."""
    rows = [
        _address_row(evaluator, row)
        for row in facts.with_objections(addresses, evaluator.question).values_list(*COLUMNS)
    ]
    sent = facts.recent_messages({row.contact for row in rows}, evaluator.question, evaluator.at)
    return [evaluator.standing(row, sent.get(row.contact, ())) for row in rows]


def _address_row(evaluator: Evaluator, told: tuple) -> AddressRow:
    row = AddressRow._make(told[:-2])
    return row_at(row, told[-2], told[-1], evaluator.at) if evaluator.ahead else row


def row_at(row: AddressRow, expires_at: datetime | None, paused_until: datetime | None, at: datetime) -> AddressRow:
    """The row as it will be at that moment: a pause is over by then, a consent has run out."""
    if row.objection == "paused" and paused_until and paused_until <= at:
        row = row._replace(objection="")
    if row.objection in ("", *checks.FREQUENCY_REASONS) and expires_at and expires_at <= at:
        return row._replace(objection="expired")
    return row


def audience_rows(question: Question, after: int, last: int) -> QuerySet[Address]:
    """The addresses of a range that have a subscription to the topic, and are not accounted for by now."""
    about = Subscription.objects.filter(
        topic=question.topic, address=OuterRef("pk"), address__gt=after, address__lte=last
    )
    found = Address.objects.filter(Exists(about), channel=question.channel, pk__gt=after, pk__lte=last)
    if question.campaign is None or question.campaign.started_at is None:
        return found
    ended = Message.objects.filter(campaign=question.campaign, address=OuterRef("pk")).exclude(status__in=Message.OPEN)
    return found.exclude(Exists(ended))


def audience_size(question: Question, most: int) -> int:
    """How many there are; no further than one more than `most` is counted."""
    return Subscription.objects.filter(topic=question.topic, address__channel=question.channel)[: most + 1].count()


def _end_of_chunk(question: Question, after: int, chunk: int) -> int | None:
    about = Subscription.objects.filter(
        topic=question.topic, address__channel=question.channel, address__gt=after
    ).order_by("address")
    return about.values("address")[:chunk].aggregate(last=Max("address"))["last"]


def find_matching(
    evaluator: Evaluator, wanted: Callable[[AddressDecision], bool], *, after: int, most: int, look_at: int
) -> tuple[list[AddressDecision], int | None]:
    """The next so many of them, and from where to look on; None at the end. Looks at no more than `look_at`."""
    found: list[AddressDecision] = []
    for looked, one in enumerate(chain.from_iterable(decision_chunks(evaluator, after=after)), start=1):
        if wanted(one):
            found.append(one)
        if len(found) == most or looked >= look_at:
            return found, one.address
    return found, None
