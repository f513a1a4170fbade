"""What a rule says in rows for people to read, and what one version says otherwise than another. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from preferences.models.rules import RuleContent
from preferences.rulebook import rule_fields, rule_labels

Entry = Mapping[str, Any]


@dataclass(frozen=True)
class RuleFieldRow:
    """One figure of a rule in words."""

    name: str
    label: str
    legal: list[str]
    strict: list[str]
    reference: str
    evidence: str
    mark: str
    note: str


@dataclass(frozen=True)
class RuleDifference:
    """One thing that two versions say differently; an empty side says nothing of it.

    Of a list that stays in part, only what is gone and what is new is named.
    """

    what: str
    was: list[str]
    becomes: list[str]
    stays_in_part: bool = False


def field_rows(rule: RuleContent) -> list[RuleFieldRow]:
    """Every figure a rule names, in the order of the rulebook."""
    return [_row(name, rule.figures[name]) for name in rule_fields.RULE_FIELDS if name in rule.figures]


def _row(name: str, entry: Entry) -> RuleFieldRow:
    mark = entry.get("evidence", "")
    return RuleFieldRow(
        name=name,
        label=rule_labels.field_label(name),
        legal=value_lines(name, entry, "legal"),
        strict=value_lines(name, entry, "strict"),
        reference=entry.get("reference", ""),
        evidence=str(rule_labels.EVIDENCE_LABELS.get(mark, _("Not stated: verify"))),
        mark=mark,
        note=entry.get("note", "").strip(),
    )


def value_lines(name: str, entry: Entry, kind: str) -> list[str]:
    """The legal or the strict value of a figure."""
    return rule_labels.value_lines(name, rule_fields.parse_field(name, entry[kind])) if kind in entry else []


def rule_differences(before: RuleContent, after: RuleContent) -> list[RuleDifference]:
    """Which figures, dates and words changed, from what to what."""
    found = [*_frame_differences(before, after)]
    for name in rule_fields.RULE_FIELDS:
        found += _field_differences(name, before.figures.get(name, {}), after.figures.get(name, {}))
    return [one for one in found if one.was != one.becomes]


def _frame_differences(before: RuleContent, after: RuleContent) -> list[RuleDifference]:
    return [
        RuleDifference(_("In force from"), _day(before.effective_from), _day(after.effective_from)),
        RuleDifference(_("In force until"), _last(before.effective_to), _last(after.effective_to)),
        RuleDifference(_("Summary"), [before.summary], [after.summary]),
    ]


def _day(day: date) -> list[str]:
    return [date_format(day, "j F Y")]


def _last(day: date | None) -> list[str]:
    return _day(day) if day else [_("the next version")]


def _field_differences(name: str, before: Entry, after: Entry) -> list[RuleDifference]:
    label = rule_labels.field_label(name)
    values = [_value_differences(name, kind, before, after) for kind in rule_labels.VALUE_KIND_LABELS]
    return [
        *values,
        RuleDifference(
            _("%(figure)s: source") % {"figure": label}, _text(before, "reference"), _text(after, "reference")
        ),
        RuleDifference(
            _("%(figure)s: source check") % {"figure": label}, _confidence_mark(before), _confidence_mark(after)
        ),
        RuleDifference(_("%(figure)s: note") % {"figure": label}, _text(before, "note"), _text(after, "note")),
    ]


def _value_differences(name: str, kind: str, before: Entry, after: Entry) -> RuleDifference:
    """Only the lines that differ: of a long list what is gone and what is new."""
    was, becomes = value_lines(name, before, kind), value_lines(name, after, kind)
    what = {"figure": rule_labels.field_label(name), "kind": rule_labels.VALUE_KIND_LABELS[kind]}
    return RuleDifference(
        _("%(figure)s: %(kind)s") % what,
        [line for line in was if line not in becomes],
        [line for line in becomes if line not in was],
        stays_in_part=bool(set(was) & set(becomes)),
    )


def _text(entry: Entry, key: str) -> list[str]:
    text = str(entry.get(key, "")).strip()
    return [text] if text else []


def _confidence_mark(entry: Entry) -> list[str]:
    mark = entry.get("evidence")
    return [str(rule_labels.EVIDENCE_LABELS.get(mark, mark))] if mark else []
