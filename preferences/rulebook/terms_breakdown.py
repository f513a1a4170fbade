"""What holds at one place together, figure by figure, and which rules make it so."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from preferences.geo import territories
from preferences.models import Rule
from preferences.rulebook import effective_terms, rule_fields, rule_labels
from preferences.rulebook.book import Rulebook
from preferences.rulebook.effective_terms import EffectiveTerms


@dataclass(frozen=True)
class DecidingRule:
    """A rule that has a say in a figure, with its source."""

    rule: Rule
    reference: str
    said: list[str]


@dataclass(frozen=True)
class TermLine:
    """One figure as it holds, and the rules that set it: without them it would be looser or say nothing."""

    name: str
    label: str
    words: list[str]
    setters: list[DecidingRule]


def rulebook_jurisdictions(country: str, region: str = "") -> frozenset[str]:
    """Under which names rules may hold there."""
    state = territories.parse_state(country, region) if region.strip() else ""
    return territories.rulebook_names(country) | ({state} if state else frozenset())


def explain_terms(book: Rulebook, places: frozenset[str], channel: str, purpose: str, day: date) -> list[TermLine]:
    """The strictest of all rules in force there, each figure with whoever set it."""
    in_force = book.in_force(places, channel, purpose, day)
    terms = book.terms(places, channel, purpose, day)
    each = [(rule, book.said(rule)) for rule in in_force]
    return [
        TermLine(
            name,
            rule_labels.field_label(name),
            rule_labels.value_lines(name, getattr(terms, name)),
            _deciding_rules(name, terms, each),
        )
        for name in rule_fields.RULE_FIELDS
        if getattr(terms, name) not in (None, effective_terms.NO_TERMS)
    ]


def _deciding_rules(name: str, terms: EffectiveTerms, each: list[tuple[Rule, EffectiveTerms]]) -> list[DecidingRule]:
    """Whose word shows in what holds; where only all together come to it, everybody who said something."""
    speaking = [
        (rule, getattr(said, name))
        for rule, said in each
        if getattr(said, name) not in (None, effective_terms.NO_TERMS)
    ]
    found = [(rule, own) for rule, own in speaking if contributes_to(name, own, getattr(terms, name))]
    return [
        DecidingRule(rule, rule.figures[name].get("reference", ""), rule_labels.value_lines(name, own))
        for rule, own in found or speaking
    ]


def contributes_to(name: str, own: Any, merged: Any) -> bool:
    """Is something of what one rule says just what holds together?"""
    if name == "window":
        return any(map(_bounds, own, merged))
    return bool(set(own) & set(merged)) if isinstance(own, frozenset | tuple) else own == merged


def _bounds(own: tuple[int, int] | None, merged: tuple[int, int] | None) -> bool:
    """The day is closed, or begins or ends, as this rule says; a rule that allows the whole day says nothing."""
    if own is None or merged is None:
        return own is None
    return own != rule_fields.WHOLE_DAY and (own[0] == merged[0] or own[1] == merged[1])
