"""The answer to "why (not)?": checks in their order, what each looked at, and what would change it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from django.db.models import Model

from campaigns.decision.checks import Verdict
from campaigns.explain.rule_attribution import Share
from preferences.models import Address
from preferences.rulebook.effective_terms import Terms


class State(StrEnum):
    PASSED = "pass"
    FAILED = "fail"
    NOT_REACHED = "not_reached"


@dataclass(frozen=True)
class Link:
    """A row that can be opened in the back office by those who may see it."""

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
class Change:
    """What would make the answer another one, and when, if that is known."""

    said: str
    at: datetime | date | None = None


@dataclass(frozen=True)
class Step:
    """One check. `verdict` is what it says by itself, also where it is not reached any more."""

    name: str
    title: str
    state: State
    said: str
    verdict: Verdict | None = None
    facts: tuple[Fact, ...] = ()
    shares: tuple[Share, ...] = ()
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True)
class Answer:
    """The whole answer, verdict first."""

    address: Address
    about: str
    topic: str
    campaign: str
    channel: str
    purpose: str
    at: datetime
    asked_at: datetime
    verdict: Verdict
    said: str
    place: tuple[Fact, ...]
    objections: tuple[tuple[str, str], ...]
    steps: tuple[Step, ...]
    changes: tuple[Change, ...]
    terms: Terms
    notes: tuple[str, ...] = ()
    message: Link | None = None


def link(row: Model, label: str = "") -> Link:
    """The admin page of this row."""
    return Link(row._meta.label_lower, row.pk, label or str(row))


def once(changes: Iterable[Change]) -> tuple[Change, ...]:
    """Each change said once, in the order in which they come."""
    return tuple(dict.fromkeys(changes))
