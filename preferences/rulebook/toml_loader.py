"""Reads preferences/rulebook/*.toml: the rules Sayso is shipped with, one file per jurisdiction.

Whoever writes the law down makes mistakes. Every mistake is refused with the file, the line and what to do; nothing is
guessed or left out. What the figures may say is rule_fields.py; who loads them into Rule rows is rules.py.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import holidays
from django.utils.translation import gettext as _

from preferences.models.rules import CHANNELS, PURPOSES
from preferences.rulebook import rule_fields
from preferences.rulebook.source_positions import SourcePosition

SHIPPED_FOLDER = Path(__file__).with_name("law")
EVIDENCE = ("V", "S", "M")  # the text itself was read · a secondary page was · from memory, or a value of our own
KINDS = ("legal", "strict")
HEAD_KEYS = {"jurisdiction", "name", "reviewed_on", "reviewed_by", "rules"}
RULE_KEYS = {"id", "channel", "purpose", "effective_from", "effective_to", "inherits", "summary", "figures"}
FIELD_KEYS = {*KINDS, "reference", "evidence", "note"}
_JURISDICTION = re.compile(r"\*|[A-Z]{2}(-[A-Z0-9]{1,3})?")
_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_AT_LINE = re.compile(r" \(at (?:line (?P<line>\d+), column \d+|end of document)\)$")

Figures = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class ShippedRule:
    """One version of one rule as its file says it, with what it inherits."""

    name: str
    jurisdiction: str
    jurisdiction_name: str
    channel: str
    purpose: str
    effective_from: date
    effective_to: date | None
    summary: str
    figures: Figures
    reviewed_on: date
    reviewed_by: str


def load_rules(folder: Path = SHIPPED_FOLDER) -> list[ShippedRule]:
    """All rules of the folder in order of name and first day. Raises BadRulebook with file, line and sentence."""
    files: dict[str, str] = {}
    found: list[ShippedRule] = []
    for path in sorted(folder.glob("*.toml")):
        found += _rules_of_file(_read_file(path), files)
    return sorted(found, key=lambda rule: (rule.name, rule.effective_from))


def _read_file(path: Path) -> SourcePosition:
    try:
        return SourcePosition(path.name, tuple(path.read_text("utf-8").split("\n")))
    except UnicodeDecodeError as error:
        raise SourcePosition(path.name, ()).bad(_("This file is not UTF-8. Save it as UTF-8.")) from error


def _rules_of_file(spot: SourcePosition, files: dict[str, str]) -> list[ShippedRule]:
    """The rules of one file in its order; `files` remembers which file a jurisdiction or an id belongs to."""
    said = _toml(spot)
    head = _head(spot, said)
    _only_here(spot, "jurisdiction", head["jurisdiction"], files)
    latest: dict[str, ShippedRule] = {}
    found = []
    for number, row in enumerate(said["rules"]):
        here = spot.within(rule=number)
        rule = _rule(here, row, head)
        _only_here(here, "id", rule.name, files)
        latest[rule.name] = _after(here, latest.get(rule.name), rule, inherits=row.get("inherits", False))
        found.append(latest[rule.name])
    return found


def _toml(spot: SourcePosition) -> dict[str, Any]:
    try:
        return tomllib.loads("\n".join(spot.lines))
    except tomllib.TOMLDecodeError as error:
        where = _AT_LINE.search(str(error))
        line = int(where["line"]) if where and where["line"] else len(spot.lines)
        why = _AT_LINE.sub("", str(error))
        raise spot.bad(_("This is not TOML (%(why)s). Correct the line.") % {"why": why}, at=line) from error


def _head(spot: SourcePosition, said: dict[str, Any]) -> dict[str, Any]:
    _refuse_unknown_keys(spot, said, HEAD_KEYS)
    head = {
        "jurisdiction": _matching(spot, said, "jurisdiction", _JURISDICTION, _("a code like US, US-FL, EU or *"), 10),
        "jurisdiction_name": _text(spot, said, "name", 60),
        "reviewed_on": _day(spot, said, "reviewed_on"),
        "reviewed_by": _text(spot, said, "reviewed_by", 100),
    }
    rules = said.get("rules")
    if not isinstance(rules, list) or not rules or not all(isinstance(row, dict) for row in rules):
        raise spot.bad(_("There are no rules here. Write at least one, under [[rules]]."), "rules")
    return head


def _rule(spot: SourcePosition, row: dict[str, Any], head: dict[str, Any]) -> ShippedRule:
    _refuse_unknown_keys(spot, row, RULE_KEYS)
    rule = ShippedRule(
        **head,
        name=_matching(spot, row, "id", _NAME, _("lowercase letters, digits and hyphens"), 60),
        channel=_one_of(spot, row, "channel", [code for code, _label in CHANNELS]),
        purpose=_one_of(spot, row, "purpose", [code for code, _label in PURPOSES]),
        effective_from=_day(spot, row, "effective_from"),
        effective_to=_day(spot, row, "effective_to") if "effective_to" in row else None,
        summary=_text(spot, row, "summary", 300),
        figures=_fields(spot, row),
    )
    if type(row.get("inherits", False)) is not bool:
        raise spot.bad(_("“inherits” is true or false."), "inherits")
    if rule.effective_to and rule.effective_to < rule.effective_from:
        raise spot.bad(
            _("The end date is before the start date. Correct effective_from or effective_to."), "effective_to"
        )
    if rule.effective_to and rule.jurisdiction == "*":
        raise spot.bad(
            _("The default rule cannot have an end date: no rule would apply after it. Remove the line."),
            "effective_to",
        )
    return rule


def _fields(spot: SourcePosition, row: dict[str, Any]) -> Figures:
    said = row.get("figures")
    if not isinstance(said, dict) or not said:
        raise spot.bad(_("This rule has no values. Add at least one [rules.figures.…]."), "figures")
    for name, entry in said.items():
        _check_field(spot.within(figure=name), name, entry)
    return said


def _check_field(spot: SourcePosition, name: str, entry: Any) -> None:
    """Refuse a figure without source, without value, or with a value nobody could be evaluated by."""
    if name not in rule_fields.RULE_FIELDS:
        names = ", ".join(rule_fields.RULE_FIELDS)
        raise spot.bad(
            _("“%(name)s” is not a rule value. Use one of: %(names)s.") % {"name": name, "names": names}, name
        )
    if not isinstance(entry, dict):
        raise spot.bad(_("Write this rule value as a table with legal or strict, reference and evidence."), name)
    _refuse_unknown_keys(spot, entry, FIELD_KEYS)
    _text(spot, entry, "reference", 500)
    _one_of(spot, entry, "evidence", EVIDENCE)
    if "note" in entry:
        _text(spot, entry, "note", 2000)
    kinds = [kind for kind in KINDS if kind in entry]
    if not kinds:
        raise spot.bad(_("This rule value is empty. Write legal, strict or both."))
    values = [_value(spot, name, entry, kind) for kind in kinds]
    if name == "window" and not any(rule_fields.strictest_value(name, values)[:7]):
        raise spot.bad(
            _("These hours never allow sending: legal and strict have no hour in common. Correct one of them."),
            kinds[-1],
        )


def _value(spot: SourcePosition, name: str, entry: dict[str, Any], kind: str) -> Any:
    try:
        value = rule_fields.parse_field(name, entry[kind])
    except rule_fields.InvalidRuleField as error:
        raise spot.bad(str(error), kind) from error
    if name == "holidays":
        _check_calendars(spot, entry[kind], kind)
    return value


def _check_calendars(spot: SourcePosition, names: Iterable[str], kind: str) -> None:
    if unknown := [name for name in names if not _is_calendar(name)]:
        raise spot.bad(
            _("“%(name)s” is not a public holiday calendar. Write a country or a state, like FR or US-MS.")
            % {"name": unknown[0]},
            kind,
        )


@cache
def _is_calendar(name: str) -> bool:
    known = holidays.list_supported_countries()
    country, dash, part = name.partition("-")
    return country in known and (not dash or part in known[country])


def _after(spot: SourcePosition, before: ShippedRule | None, rule: ShippedRule, *, inherits: bool) -> ShippedRule:
    """This version with what it inherits from the one before. Versions stand in the order of their days."""
    if before:
        _follows(spot, before, rule)
    elif inherits:
        raise spot.bad(_("There is no earlier version that this one could inherit from."), "inherits")
    return replace(rule, figures={**before.figures, **rule.figures}) if before and inherits else rule


def _follows(spot: SourcePosition, before: ShippedRule, rule: ShippedRule) -> None:
    if (before.channel, before.purpose) != (rule.channel, rule.purpose):
        raise spot.bad(
            _("All versions of a rule must have the same channel and purpose. Give this one its own id."), "id"
        )
    if rule.effective_from <= max(before.effective_from, before.effective_to or before.effective_from):
        raise spot.bad(
            _("This version begins before the one above it ends. Correct the dates so that they do not overlap."),
            "effective_from",
        )


def _only_here(spot: SourcePosition, key: str, name: str, files: dict[str, str]) -> None:
    file = files.setdefault(f"{key} {name}", spot.file)
    if file != spot.file:
        raise spot.bad(_("“%(name)s” is already in %(file)s. Keep it in one file.") % {"name": name, "file": file}, key)


def _refuse_unknown_keys(spot: SourcePosition, table: dict[str, Any], allowed: Iterable[str]) -> None:
    if others := [key for key in table if key not in allowed]:
        names = ", ".join(sorted(allowed))
        raise spot.bad(
            _("“%(key)s” is unknown here. Use only: %(names)s.") % {"key": others[0], "names": names}, others[0]
        )


def _text(spot: SourcePosition, table: dict[str, Any], key: str, longest: int) -> str:
    text = table.get(key)
    if not isinstance(text, str) or not text.strip():
        raise spot.bad(_("“%(key)s” is missing. Write it as text in quotes.") % {"key": key}, key)
    if len(text) > longest:
        raise spot.bad(
            _("“%(key)s” is too long. Keep it under %(most)s characters.") % {"key": key, "most": longest}, key
        )
    return text


def _matching(spot: SourcePosition, table: dict[str, Any], key: str, shape: re.Pattern, like: str, longest: int) -> str:
    text = _text(spot, table, key, longest)
    if not shape.fullmatch(text):
        raise spot.bad(_("“%(key)s” must be %(like)s.") % {"key": key, "like": like}, key)
    return text


def _one_of(spot: SourcePosition, table: dict[str, Any], key: str, allowed: Iterable[str]) -> str:
    word = _text(spot, table, key, 100)
    if word not in allowed:
        names = ", ".join(allowed)
        raise spot.bad(
            _("“%(word)s” is unknown as %(key)s. Use one of: %(names)s.") % {"word": word, "key": key, "names": names},
            key,
        )
    return word


def _day(spot: SourcePosition, table: dict[str, Any], key: str) -> date:
    day = table.get(key)
    if type(day) is not date:
        raise spot.bad(_("“%(key)s” must be a date, like 2026-11-22 without quotes.") % {"key": key}, key)
    return day
