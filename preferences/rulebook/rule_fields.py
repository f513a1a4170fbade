"""What a rule can say: each figure's shape, and which of two is the stricter. Pure.

A figure is written in TOML or a form, parsed once into a form that can be compared and merged: frozensets, sorted
tuples of pairs, numbers, or a Window.
"""

import re
from collections.abc import Callable, Iterable, Set
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from preferences.errors import SaysoError
from preferences.rulebook.content_codes import ContentCode

# Monday to Sunday, then holidays: minutes from local midnight, from and up to; None is closed all day.
Window = tuple[tuple[int, int] | None, ...]
Pairs = tuple[tuple[str, int], ...]

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun", "holiday")
WHOLE_DAY = (0, 1440)
CLOSED = "closed"
SCOPES = ("topic", "programme", "brand", "everything")
FLAGS = frozenset(
    {
        "affirmative_act",
        "separate_from_terms",
        "not_condition_of_purchase",
        "named_controller",
        "pewc_disclosure",
        "e_signature",
        "address_confirmed",
        "explicit_special_category",
        "hipaa_elements",
        "evidence_clock",
        "guardian",
    }
)
BASES = frozenset(["express", "soft_opt_in", "purchase", "inquiry", "membership", "published"])
LISTS = frozenset(
    {
        "suppression",
        "us_dnc",
        "us_internal_dnc",
        "state_lists",
        "reassigned_numbers",
        "deactivations",
        "sg_dnc",
        "in_dlt",
        "robinson",
    }
)
REQUESTS = (
    "acknowledge_days",
    "acknowledge_business_days",
    "complete_days",
    "extend_days",
    "optout_business_days",
)
_HOURS = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)\Z")


class InvalidRuleField(SaysoError):
    """A figure that says nothing we understand, in a sentence."""


@dataclass(frozen=True)
class RuleField:
    """One thing a rule can say: how it is read, and how two of them become the stricter one."""

    parse: Callable[[Any], Any]
    stricter: Callable[[Any, Any], Any]


def _words(allowed: Set[str] | None = None) -> Callable[[Any], frozenset[str]]:
    def parse(value: Any) -> frozenset[str]:
        if not isinstance(value, list) or not all(isinstance(word, str) and word for word in value):
            raise InvalidRuleField(_("Write a list of words, like [“one”, “two”]."))
        if allowed is not None and (unknown := sorted(set(value) - allowed)):
            names = ", ".join(sorted(allowed))
            raise InvalidRuleField(
                _("“%(word)s” is unknown here. Use one of: %(names)s.") % {"word": unknown[0], "names": names}
            )
        return frozenset(value)

    return parse


def _numbers(*names: str) -> Callable[[Any], Pairs]:
    def parse(value: Any) -> Pairs:
        if not isinstance(value, dict) or not value or set(value) - set(names):
            raise InvalidRuleField(_("Write a table with any of: %(names)s.") % {"names": ", ".join(names)})
        if not all(type(number) is int and number >= 0 for number in value.values()):
            raise InvalidRuleField(_("Every number here must be a whole number, zero or more."))
        return tuple(sorted(value.items()))

    return parse


def _scope(value: Any) -> str:
    if not isinstance(value, dict) or set(value) != {"scope"} or value["scope"] not in SCOPES:
        raise InvalidRuleField(_("Write a scope, one of: %(names)s.") % {"names": ", ".join(SCOPES)})
    return value["scope"]


def _bases(value: Any) -> Pairs:
    bases = _numbers(*sorted(BASES))(value)
    if "express" not in dict(bases):
        raise InvalidRuleField(_("Express consent is always accepted. Add express = 0."))
    return bases


def _said(value: Any) -> frozenset[str]:
    if not isinstance(value, dict) or set(value) != {"said"} or not isinstance(value["said"], str):
        raise InvalidRuleField(_("Write one sentence as “said”."))
    return frozenset([value["said"]])


def parse_window(value: Any) -> Window:
    """Hours by weekday, from a table like {"mon-sat": "09:00-20:00", "sun": "closed"}. Raises BadFigure."""
    if not isinstance(value, dict):
        raise InvalidRuleField(_("Write the hours as a table of days."))
    hours: dict[str, tuple[int, int] | None] = {"holiday": WHOLE_DAY}
    for days, text in value.items():
        hours |= dict.fromkeys(_days(days), _hours(text))
    if missing := [day for day in DAYS if day not in hours]:
        raise InvalidRuleField(_("Enter the hours for %(day)s, or write “closed”.") % {"day": missing[0]})
    if not any(hours[day] for day in DAYS[:7]):
        raise InvalidRuleField(_("These hours never allow sending. Allow at least one day."))
    return tuple(hours[day] for day in DAYS)


def _days(text: str) -> tuple[str, ...]:
    first, _dash, last = text.partition("-")
    if first not in DAYS or (last and last not in DAYS[:7]) or (last and DAYS.index(last) < DAYS.index(first)):
        raise InvalidRuleField(
            _("“%(text)s” is not a day. Write mon to sun, a range like mon-fri, or holiday.") % {"text": text}
        )
    return DAYS[DAYS.index(first) : DAYS.index(last or first) + 1]


def _hours(text: Any) -> tuple[int, int] | None:
    if text == CLOSED:
        return None
    found = _HOURS.match(text) if isinstance(text, str) else None
    start, end = (_minutes(found, 1), _minutes(found, 3)) if found else (0, 0)
    if not found or start >= end or end > WHOLE_DAY[1]:
        raise InvalidRuleField(
            _("“%(text)s” is not a valid time range. Write it like 09:00-20:00, or “closed”.") % {"text": text}
        )
    return start, end


def _minutes(found: re.Match[str], group: int) -> int:
    return int(found[group]) * 60 + int(found[group + 1])


def _union(one: frozenset[str], other: frozenset[str]) -> frozenset[str]:
    return one | other


def _smaller(one: Pairs, other: Pairs) -> Pairs:
    return _merged(one, other, min)


def _larger(one: Pairs, other: Pairs) -> Pairs:
    return _merged(one, other, max)


def _merged(one: Pairs, other: Pairs, choose: Callable[[int, int], int]) -> Pairs:
    found = dict(one)
    for name, number in other:
        found[name] = choose(found[name], number) if name in found else number
    return tuple(sorted(found.items()))


def _common_bases(one: Pairs, other: Pairs) -> Pairs:
    """Bases that both accept, each with the shorter clock; 0 is endless."""
    first, second = dict(one), dict(other)
    return tuple((name, _shorter_term(first[name], second[name])) for name in sorted(first.keys() & second.keys()))


def _shorter_term(one: int, other: int) -> int:
    return min(one, other) if one and other else one or other


def _union_of_hours(one: str, other: str) -> str:
    return max(one, other, key=SCOPES.index)


def common_hours(one: Window, other: Window) -> Window:
    """The hours that are open in both."""
    return tuple(overlap_of(first, second) for first, second in zip(one, other, strict=True))


def overlap_of(one: tuple[int, int] | None, other: tuple[int, int] | None) -> tuple[int, int] | None:
    """What two spans of one day have in common."""
    if one is None or other is None:
        return None
    start, end = max(one[0], other[0]), min(one[1], other[1])
    return (start, end) if start < end else None


RULE_FIELDS: dict[str, RuleField] = {
    "consent": RuleField(_words(FLAGS), _union),
    "health_consent": RuleField(_words(FLAGS), _union),
    "records_consent": RuleField(_words(FLAGS), _union),
    "bases": RuleField(_bases, _common_bases),
    "repermission": RuleField(_numbers("months"), _smaller),
    "minimum_age": RuleField(_numbers("years"), _larger),
    "window": RuleField(parse_window, common_hours),
    "holidays": RuleField(_words(), _union),
    "caps": RuleField(_numbers("day", "hours24", "week", "month"), _smaller),
    "content": RuleField(_words(ContentCode.requirements()), _union),
    "labels": RuleField(_words(), _union),
    "segments": RuleField(_numbers("most"), _smaller),
    "characters": RuleField(_numbers("most"), _smaller),
    "honour": RuleField(_numbers("seconds", "business_days", "calendar_days"), _smaller),
    "mechanism": RuleField(_numbers("days"), _larger),
    "confirmation": RuleField(_numbers("most", "within_seconds"), _smaller),
    "retention": RuleField(_numbers("evidence_months", "optout_months", "message_months"), _larger),
    "revocation": RuleField(_scope, _union_of_hours),
    "scrub": RuleField(_words(LISTS), _union),
    "requests": RuleField(_numbers(*REQUESTS), _smaller),
    "penalty": RuleField(_said, _union),
}


def parse_field(name: str, value: Any) -> Any:
    """What this figure says. Raises BadFigure for an unknown name or a value of the wrong shape."""
    if name not in RULE_FIELDS:
        raise InvalidRuleField(
            _("“%(name)s” is not a rule value. Use one of: %(names)s.")
            % {"name": name, "names": ", ".join(RULE_FIELDS)}
        )
    return RULE_FIELDS[name].parse(value)


def strictest_value(name: str, values: Iterable[Any]) -> Any:
    """The strictest of several parsed values; None where nobody said anything."""
    found = None
    for value in values:
        found = value if found is None else RULE_FIELDS[name].stricter(found, value) if value is not None else found
    return found
