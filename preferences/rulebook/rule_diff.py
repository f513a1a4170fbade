"""What a rule says in rows for people to read, and what one version says otherwise than another. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from preferences.models.rules import RuleWords
from preferences.rulebook import rule_fields, rule_labels

Entry = Mapping[str, Any]


@dataclass(frozen=True)
class Row:
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
class Difference:
    """One thing that two versions say differently; an empty side says nothing of it.

    Of a list that stays in part, only what is gone and what is new is named.
    """

    what: str
    was: list[str]
    becomes: list[str]
    stays_in_part: bool = False


def rows(rule: RuleWords) -> list[Row]:
    """Every figure a rule names, in the order of the rulebook."""
    return [_row(name, rule.figures[name]) for name in rule_fields.FIGURES if name in rule.figures]


def _row(name: str, entry: Entry) -> Row:
    mark = entry.get("evidence", "")
    return Row(
        name=name,
        label=rule_labels.figure(name),
        legal=in_words(name, entry, "legal"),
        strict=in_words(name, entry, "strict"),
        reference=entry.get("reference", ""),
        evidence=str(rule_labels.EVIDENCE.get(mark, _("Not stated: verify"))),
        mark=mark,
        note=entry.get("note", "").strip(),
    )


def in_words(name: str, entry: Entry, kind: str) -> list[str]:
    """The legal or the strict value of a figure."""
    return rule_labels.lines(name, rule_fields.parse(name, entry[kind])) if kind in entry else []


def differences(before: RuleWords, after: RuleWords) -> list[Difference]:
    """Which figures, dates and words changed, from what to what."""
    found = [*_frame(before, after)]
    for name in rule_fields.FIGURES:
        found += _of_figure(name, before.figures.get(name, {}), after.figures.get(name, {}))
    return [one for one in found if one.was != one.becomes]


def _frame(before: RuleWords, after: RuleWords) -> list[Difference]:
    return [
        Difference(_("In force from"), _day(before.effective_from), _day(after.effective_from)),
        Difference(_("In force until"), _last(before.effective_to), _last(after.effective_to)),
        Difference(_("Summary"), [before.summary], [after.summary]),
    ]


def _day(day: date) -> list[str]:
    return [date_format(day, "j F Y")]


def _last(day: date | None) -> list[str]:
    return _day(day) if day else [_("the next version")]


def _of_figure(name: str, before: Entry, after: Entry) -> list[Difference]:
    label = rule_labels.figure(name)
    values = [_of_value(name, kind, before, after) for kind in rule_labels.KINDS]
    return [
        *values,
        Difference(_("%(figure)s: source") % {"figure": label}, _text(before, "reference"), _text(after, "reference")),
        Difference(_("%(figure)s: source check") % {"figure": label}, _mark(before), _mark(after)),
        Difference(_("%(figure)s: note") % {"figure": label}, _text(before, "note"), _text(after, "note")),
    ]


def _of_value(name: str, kind: str, before: Entry, after: Entry) -> Difference:
    """Only the lines that differ: of a long list what is gone and what is new."""
    was, becomes = in_words(name, before, kind), in_words(name, after, kind)
    what = {"figure": rule_labels.figure(name), "kind": rule_labels.KINDS[kind]}
    return Difference(
        _("%(figure)s: %(kind)s") % what,
        [line for line in was if line not in becomes],
        [line for line in becomes if line not in was],
        stays_in_part=bool(set(was) & set(becomes)),
    )


def _text(entry: Entry, key: str) -> list[str]:
    text = str(entry.get(key, "")).strip()
    return [text] if text else []


def _mark(entry: Entry) -> list[str]:
    mark = entry.get("evidence")
    return [str(rule_labels.EVIDENCE.get(mark, mark))] if mark else []
