"""The answer to "why (not)?": checks in their order, what each looked at, and what would change it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from django.db.models import Model

from campaigns.decision.checks import Decision
from campaigns.explain.rule_attribution import RuleAttribution
from preferences.models import Address
from preferences.rulebook.effective_terms import EffectiveTerms


class StepState(StrEnum):
    PASSED = "pass"
    FAILED = "fail"
    NOT_REACHED = "not_reached"


@dataclass(frozen=True)
class Link:
    """A row that can be opened in the admin by those who may see it."""

    model: str
    pk: int
    label: str


@dataclass(frozen=True)
class Fact:
    """One thing a check looked at: in words for people, as a value for machines, with the rows it comes from."""

    name: str
    label: str
    said: str
    value: Any = None
    links: tuple[Link, ...] = ()


@dataclass(frozen=True)
class NextStep:
    """What would make the answer another one, and when, if that is known."""

    said: str
    at: datetime | date | None = None


@dataclass(frozen=True)
class CheckStep:
    """One check. `decision` is what it says by itself, also where it is not reached any more."""

    name: str
    title: str
    state: StepState
    said: str
    decision: Decision | None = None
    facts: tuple[Fact, ...] = ()
    shares: tuple[RuleAttribution, ...] = ()
    changes: tuple[NextStep, ...] = ()


@dataclass(frozen=True)
class Explanation:
    """The whole answer, decision first."""

    address: Address
    about: str
    topic: str
    campaign: str
    channel: str
    purpose: str
    at: datetime
    asked_at: datetime
    decision: Decision
    said: str
    place: tuple[Fact, ...]
    objections: tuple[tuple[str, str], ...]
    steps: tuple[CheckStep, ...]
    changes: tuple[NextStep, ...]
    terms: EffectiveTerms
    notes: tuple[str, ...] = ()
    message: Link | None = None


def admin_link(row: Model, label: str = "") -> Link:
    """The admin page of this row."""
    return Link(row._meta.label_lower, row.pk, label or str(row))


def without_repeats(changes: Iterable[NextStep]) -> tuple[NextStep, ...]:
    """Each change said once, in the order in which they come."""
    return tuple(dict.fromkeys(changes))
