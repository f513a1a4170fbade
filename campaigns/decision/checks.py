"""The answer for one message at one moment: send, wait until, or skip because. Pure.

`CHECKS` are asked in their order and the first that objects decides. Quiet hours are not a refusal, they are a
later; what nobody can ever satisfy by waiting is a skip; what staff must settle first is a wait without an end.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from zoneinfo import ZoneInfo

from preferences.geo import calendar_math
from preferences.geo.jurisdictions import Place
from preferences.rulebook import consent_requirements, sending_hours
from preferences.rulebook.content_codes import ContentCode
from preferences.rulebook.effective_terms import EffectiveTerms


class DecisionKind(StrEnum):
    SEND = "send"
    WAIT = "wait"
    SKIP = "skip"


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do, why, and how long to wait; a wait without an end is held until staff have settled it."""

    kind: DecisionKind
    reason: str = ""
    until: datetime | None = None

    @property
    def is_held(self) -> bool:
        return self.kind == DecisionKind.WAIT and self.until is None


@dataclass(frozen=True, slots=True)
class DecisionFacts:
    """Everything a decision looks at, for one address and one campaign or topic.

    `sent` are the moments at which this person got messages that count against the caps, oldest first.
    `lacks` are the content codes that the words do not fulfil, `labels` the labels they carry.
    """

    place: Place
    objection: str = ""
    flags: frozenset[str] = frozenset()
    basis: str = "express"
    basis_on: date | None = None
    consented_on: date | None = None
    reveals_health: bool = False
    uses_health_records: bool = False
    minimum_age: int | None = None
    born_on: date | None = None
    sent: tuple[datetime, ...] = ()
    stopped: bool = False
    is_repermission: bool = False
    ends_at: datetime | None = None
    lacks: frozenset[str] = frozenset()
    labels: frozenset[str] = frozenset()
    segments: int = 0
    characters: int = 0


Check = Callable[[DecisionFacts, EffectiveTerms, datetime], Decision | None]

SEND = Decision(DecisionKind.SEND)
# Whose objections belong to which check; what is in neither is about the consent itself.
SUPPRESSED = frozenset({"erased", "never_again", "complained", "stopped", "reassigned", "held", "bounced"})
FREQUENCY_REASONS = frozenset({"paused", "over_limit"})
RESTRICTED = "restricted"
# Waits without an end: a colleague has to do something.
HELD = ("stop_switch", "nowhere_known", "no_rules", "no_time_zone", "no_common_hour")
SPANS = {"hours24": timedelta(hours=24), "week": timedelta(days=7), "month": timedelta(days=30)}
MAX_WAIT_STEPS = 10


def _skip_because(reason: str) -> Decision:
    return Decision(DecisionKind.SKIP, reason)


def _on_hold(reason: str) -> Decision:
    return Decision(DecisionKind.WAIT, reason)


def _emergency_stop(facts: DecisionFacts, terms: EffectiveTerms, at: datetime) -> Decision | None:
    return _on_hold("stop_switch") if facts.stopped else None


def _end(facts: DecisionFacts, terms: EffectiveTerms, at: datetime) -> Decision | None:
    return _skip_because("too_late") if facts.ends_at is not None and at >= facts.ends_at else None


def _suppression(facts: DecisionFacts, terms: EffectiveTerms, at: datetime) -> Decision | None:
    return _skip_because(facts.objection) if facts.objection in SUPPRESSED else None


def _restriction(facts: DecisionFacts, terms: EffectiveTerms, at: datetime) -> Decision | None:
    return _skip_because(RESTRICTED) if facts.objection == RESTRICTED else None


def _consent(facts: DecisionFacts, terms: EffectiveTerms, at: datetime) -> Decision | None:
    """Exactly this topic, channel and sender, with what the law here wants a yes to be."""
    if facts.objection and facts.objection not in FREQUENCY_REASONS:
        return _skip_because(facts.objection)
    if not facts.place.jurisdictions:
        return _on_hold("nowhere_known")
    if not terms.rules:
        return _on_hold("no_rules")
    if not consent_requirements.accepts_basis(terms, facts.basis):
        return _skip_because("basis_not_accepted")
    return _skip_because("consent_too_weak") if _required_flags(facts, terms) - facts.flags else None


def _clock(facts: DecisionFacts, terms: EffectiveTerms, at: datetime) -> Decision | None:
    """The last day is the one before the clock ends: CASL s.10(9)-(10)."""
    ends = consent_requirements.basis_expires_on(terms, facts.basis, facts.basis_on)
    return _skip_because("implied_consent_over") if ends and max(_days(facts, at)) >= ends else None


def _repermission(facts: DecisionFacts, terms: EffectiveTerms, at: datetime) -> Decision | None:
    """A question whether they still want it is the one message that an old yes still carries."""
    if facts.is_repermission:
        return None
    ends = consent_requirements.renewal_due_on(terms, facts.consented_on)
    return _skip_because("permission_too_old") if ends and max(_days(facts, at)) >= ends else None


def _age(facts: DecisionFacts, terms: EffectiveTerms, at: datetime) -> Decision | None:
    """Who told no birthday is taken to be old enough, unless the topic itself has an age."""
    if facts.born_on is None:
        return _skip_because("age_unknown") if facts.minimum_age else None
    least = max(facts.minimum_age or 0, dict(terms.minimum_age or ()).get("years", 0))
    return _skip_because("too_young") if calendar_math.age_on(facts.born_on, min(_days(facts, at))) < least else None


def _caps(facts: DecisionFacts, terms: EffectiveTerms, at: datetime) -> Decision | None:
    """Later, as soon as enough of what counts has passed out of every span."""
    if not terms.caps or not (facts.sent or min(most for _span, most in terms.caps) == 0):
        return None
    until = max((_room_from(facts, name, most, at) for name, most in terms.caps), default=at)
    return Decision(DecisionKind.WAIT, "over_cap", until) if until > at else None


def _frequency_cap(facts: DecisionFacts, terms: EffectiveTerms, at: datetime) -> Decision | None:
    return _skip_because(facts.objection) if facts.objection in FREQUENCY_REASONS else None


def _window(facts: DecisionFacts, terms: EffectiveTerms, at: datetime) -> Decision | None:
    """Only at an hour that is fit where they are, in every place where they may be."""
    if terms.window is None:
        return None
    if not facts.place.zones:
        return _on_hold("no_time_zone")
    opens = _opens(terms.window, facts.place.zones, at, terms.holidays)
    if opens is None:
        return _on_hold("no_common_hour")
    return Decision(DecisionKind.WAIT, "quiet_hours", opens) if opens > at else None


def _content(facts: DecisionFacts, terms: EffectiveTerms, at: datetime) -> Decision | None:
    """Who asked for it beforehand need not be told that it is advertising: 15 USC 7704(a)(5)(B)."""
    lacks = facts.lacks - {ContentCode.AD_DISCLOSURE} if facts.basis == "express" else facts.lacks
    return _skip_because("content_missing") if terms.content & lacks or terms.labels - facts.labels else None


def _length(facts: DecisionFacts, terms: EffectiveTerms, at: datetime) -> Decision | None:
    most_segments = dict(terms.segments or ()).get("most", facts.segments)
    most_characters = dict(terms.characters or ()).get("most", facts.characters)
    return _skip_because("too_long") if facts.segments > most_segments or facts.characters > most_characters else None


CHECKS: dict[str, Check] = {
    "stop_switch": _emergency_stop,
    "end": _end,
    "suppression": _suppression,
    "restriction": _restriction,
    "consent": _consent,
    "clock": _clock,
    "repermission": _repermission,
    "age": _age,
    "caps": _caps,
    "wishes": _frequency_cap,
    "window": _window,
    "content": _content,
    "length": _length,
}


def evaluate(facts: DecisionFacts, terms: EffectiveTerms, at: datetime) -> Decision:
    """May this message go at this moment?"""
    for check in CHECKS.values():
        if decision := check(facts, terms, at):
            return decision
    return SEND


def evaluate_with_wait_end(facts: DecisionFacts, terms: EffectiveTerms, at: datetime) -> Decision:
    """The same, with a wait that ends where it may really go; skipped when that is after the campaign's own end."""
    decision = first = evaluate(facts, terms, at)
    for _step in range(MAX_WAIT_STEPS):
        if decision.kind != DecisionKind.WAIT or decision.until is None:
            break
        if facts.ends_at is not None and decision.until >= facts.ends_at:
            return _skip_because("too_late")
        first = Decision(DecisionKind.WAIT, first.reason, decision.until)
        decision = evaluate(facts, terms, decision.until)
    return first if first.kind == DecisionKind.WAIT else decision


def evaluate_each_check(facts: DecisionFacts, terms: EffectiveTerms, at: datetime) -> dict[str, Decision | None]:
    """Every check with what it says by itself; None where it has nothing against it."""
    return {name: check(facts, terms, at) for name, check in CHECKS.items()}


def _required_flags(facts: DecisionFacts, terms: EffectiveTerms) -> frozenset[str]:
    return consent_requirements.required_flags(
        terms,
        basis=facts.basis,
        reveals_health=facts.reveals_health,
        uses_health_records=facts.uses_health_records,
    )


def missing_flags(facts: DecisionFacts, terms: EffectiveTerms) -> frozenset[str]:
    """The demands on a yes that this one does not meet."""
    return _required_flags(facts, terms) - facts.flags


def _room_from(facts: DecisionFacts, span: str, most: int, at: datetime) -> datetime:
    """From when on another message fits under this cap."""
    if span == "day":
        return _next_day(facts, most, at)
    recent = [moment for moment in facts.sent if moment > at - SPANS[span]]
    if len(recent) < most:
        return at
    return recent[-most] + SPANS[span] if most else at + SPANS[span]


def _next_day(facts: DecisionFacts, most: int, at: datetime) -> datetime:
    """Midnight where they are, when today has had its share; by each of the clocks that may be theirs."""
    return max(_midnight(facts.sent, zone, most, at) for zone in _zones(facts))


def _midnight(sent: tuple[datetime, ...], zone: ZoneInfo, most: int, at: datetime) -> datetime:
    today = at.astimezone(zone).date()
    if sum(moment.astimezone(zone).date() == today for moment in sent) < most:
        return at
    midnight = datetime.combine(today + timedelta(days=1), datetime.min.time(), zone)
    return midnight.astimezone(UTC)


def _days(facts: DecisionFacts, at: datetime) -> list[date]:
    """What the calendar shows where they are, by each of the clocks that may be theirs."""
    return [at.astimezone(zone).date() for zone in _zones(facts)]


def _zones(facts: DecisionFacts) -> list[ZoneInfo]:
    return [_known_zone(name) for name in facts.place.zones or ("UTC",)]


# A window of messages is evaluated for one moment, and many people live by the same clock.
_opens = lru_cache(maxsize=10_000)(sending_hours.next_opening)


@lru_cache(maxsize=1024)
def _known_zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)
