"""What holds when several rules apply at once: of each figure the strictest. Pure.

Flags and content add up, windows intersect, caps and deadlines take the smaller number, the life of a way out the
larger. The order of the rules, their grouping and their repetition make no difference.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, Self

from preferences.rulebook import rule_fields
from preferences.rulebook.rule_fields import Pairs, Window

STRICT, LEGAL = "strict", "legal"
NO_TERMS: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class EffectiveTerms:
    """The figures that one message is evaluated by, and the rules they come from. None: nobody says anything.

    Windows are minutes of the local day, caps messages, `repermission` months, `mechanism` days.
    """

    rules: frozenset[tuple[str, int]] = NO_TERMS  # type: ignore[assignment]
    profile: str = STRICT
    consent: frozenset[str] = NO_TERMS
    health_consent: frozenset[str] = NO_TERMS
    records_consent: frozenset[str] = NO_TERMS
    bases: Pairs | None = None
    repermission: Pairs | None = None
    minimum_age: Pairs | None = None
    window: Window | None = None
    holidays: frozenset[str] = NO_TERMS
    caps: Pairs | None = None
    content: frozenset[str] = NO_TERMS
    labels: frozenset[str] = NO_TERMS
    segments: Pairs | None = None
    characters: Pairs | None = None
    honour: Pairs | None = None
    mechanism: Pairs | None = None
    confirmation: Pairs | None = None
    retention: Pairs | None = None
    revocation: str | None = None
    scrub: frozenset[str] = NO_TERMS
    requests: Pairs | None = None
    penalty: frozenset[str] = field(default=NO_TERMS)

    @classmethod
    def of(cls, name: str, version: int, written: Mapping[str, Mapping[str, Any]], *, profile: str = STRICT) -> Self:
        """What one rule says: its legal limits, and under the strict profile its strict values on top of them.

        `written` is {figure: {"legal": …, "strict": …, …}}. Raises figures.BadFigure.
        """
        asked = (LEGAL, STRICT) if profile == STRICT else (LEGAL,)
        said = {}
        for figure, entry in written.items():
            values = [rule_fields.parse_field(figure, entry[kind]) for kind in asked if kind in entry]
            if values:
                said[figure] = rule_fields.strictest_value(figure, values)
        return cls(rules=frozenset([(name, version)]), profile=profile, **said)

    def as_dict(self) -> dict[str, Any]:
        """Every figure that says something, fit for JSON, in a fixed order."""
        return {
            name: _plain(getattr(self, name))
            for name in rule_fields.RULE_FIELDS
            if getattr(self, name) not in (None, NO_TERMS)
        }


def strictest_terms(several: Iterable[EffectiveTerms]) -> EffectiveTerms:
    """What holds under all of these together. Of nothing at all: nothing is asked."""
    found: EffectiveTerms | None = None
    for terms in several:
        found = terms if found is None else _combine(found, terms)
    return found or EffectiveTerms()


def _combine(one: EffectiveTerms, other: EffectiveTerms) -> EffectiveTerms:
    merged = {
        name: rule_fields.strictest_value(name, [getattr(one, name), getattr(other, name)])
        for name in (entry.name for entry in fields(EffectiveTerms))
        if name in rule_fields.RULE_FIELDS
    }
    # The stricter profile names itself: what was evaluated under both was evaluated strictly.
    profile = max(one.profile, other.profile)
    return replace(one, rules=one.rules | other.rules, profile=profile, **merged)


def _plain(value: Any) -> Any:
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, tuple) and value and isinstance(value[0], tuple) and isinstance(value[0][0], str):
        return dict(value)
    return list(map(list, value)) if isinstance(value, tuple) and all(value) else _listed(value)


def _listed(value: Any) -> Any:
    return [list(span) if span else None for span in value] if isinstance(value, tuple) else value
