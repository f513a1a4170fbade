"""Which of the rules in force decided a figure, and whether by the law or by Sayso's stricter value. Pure.

Of a union it is the rules that name what is in question; of a minimum or maximum those whose own number is the one
that holds; of hours those whose own opening or closing is the one that holds.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from campaigns.explain import field_labels
from preferences.models import Rule
from preferences.rulebook.effective_terms import LEGAL, EffectiveTerms
from preferences.rulebook.rule_fields import WHOLE_DAY

BASES, WINDOW = "bases", "window"
CLOSED, APART, OPENS, CLOSES = "closed", "apart", "opens", "closes"


class RuleOrigin(StrEnum):
    LAW = "law"
    PARTLY = "partly"
    SAYSO = "sayso"


@dataclass(frozen=True)
class RuleAttribution:
    """What one rule brought to what holds, and who says so: the law, or Sayso where it is stricter."""

    rule: Rule
    figure: str
    says: str
    by: RuleOrigin
    reference: str
    evidence: str


ORDER = list(RuleOrigin)


def deciding_rules(
    rules: Iterable[Rule], terms: EffectiveTerms, figure: str, about: Iterable[Any]
) -> list[RuleAttribution]:
    """The rules behind this figure as far as it is about these elements, keys or days; the law's own first."""
    about = list(about)
    brought = {
        rule: found
        for rule in rules
        if (found := _deciding_parts(figure, _own_value(rule, figure, terms), terms, about))
    }
    closed = {part[0] for parts in brought.values() for part in parts if figure == WINDOW and part[1] == CLOSED}
    found = [
        _attribution(rule, terms, figure, parts)
        for rule, parts in brought.items()
        if not closed or any(part[1] != APART or part[0] not in closed for part in parts)
    ]
    return sorted(found, key=lambda share: (ORDER.index(share.by), share.rule.jurisdiction, share.rule.name))


def _own_value(rule: Rule, figure: str, terms: EffectiveTerms, *, profile: str = "") -> Any:
    """What this rule alone says of the figure; None when it says nothing."""
    entry = {figure: rule.figures[figure]} if figure in rule.figures else {}
    return getattr(EffectiveTerms.of(rule.name, rule.version, entry, profile=profile or terms.profile), figure)


def _attribution(rule: Rule, terms: EffectiveTerms, figure: str, brought: list[Any]) -> RuleAttribution:
    about = [part[0] for part in brought] if figure == WINDOW else brought
    about = list(dict.fromkeys(about))
    legal = _deciding_parts(figure, _own_value(rule, figure, terms, profile=LEGAL), terms, about)
    lawful = [part for part in legal if part in brought]
    by = RuleOrigin.LAW if lawful == brought else RuleOrigin.PARTLY if lawful else RuleOrigin.SAYSO
    says = _says(figure, about, _own_value(rule, figure, terms))
    entry = rule.figures[figure]
    return RuleAttribution(rule, figure, says, by, entry.get("reference", ""), entry.get("evidence", ""))


def _deciding_parts(figure: str, own: Any, terms: EffectiveTerms, about: list[Any]) -> list[Any]:
    """The elements and keys in question, or the edges of days, for which this value is the one that decides."""
    merged = getattr(terms, figure)
    if own is None or merged is None:
        return []
    if figure == WINDOW:
        return [(day, edge) for day in about for edge in _deciding_edges(own[day], merged[day])]
    if figure == BASES:
        return [basis for basis in about if dict(own).get(basis) == dict(merged).get(basis)]
    if isinstance(merged, str):
        return [merged] if own == merged else []
    if isinstance(merged, frozenset):
        return [element for element in about if element in own]
    return [key for key in about if key in dict(own) and dict(own)[key] == dict(merged)[key]]


def _deciding_edges(own: tuple[int, int] | None, holds: tuple[int, int] | None) -> list[str]:
    """Which of what holds on a day comes from these hours. Closed days also come of hours that lie apart."""
    if own is None:
        return [CLOSED] if holds is None else []
    if own == WHOLE_DAY:
        return []
    if holds is None:
        return [APART]
    opens = own[0] == holds[0] != WHOLE_DAY[0]
    closes = own[1] == holds[1] != WHOLE_DAY[1]
    return [edge for edge, decides in ((OPENS, opens), (CLOSES, closes)) if decides]


def _says(figure: str, about: list[Any], own: Any) -> str:
    if figure == WINDOW:
        return "; ".join(field_labels.day_hours_label(day, own[day]) for day in about)
    if figure == BASES:
        return "; ".join(field_labels.basis_label(name, dict(own).get(name)) for name in about)
    if isinstance(own, frozenset):
        return field_labels.value_label(figure, frozenset(about))
    if isinstance(own, str):
        return own
    return field_labels.value_label(figure, tuple((key, number) for key, number in own if key in about))
