"""How each figure is written in a form: boxes to tick, numbers, hours by weekday, lines of text.

A shape makes the fields of one side (the legal limit or the strict value), fills them, and reads them back as the
rulebook writes them. An empty side says nothing.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from preferences.models import Basis
from preferences.rulebook import rule_fields, rule_labels

MAX_NUMBER = 100_000
DAYS = dict(zip(rule_fields.DAYS, [*WEEKDAYS.values(), _("Public holidays")], strict=True))
NUMBER_LABELS = {
    "months": _("Months"),
    "years": _("Years"),
    "day": _("Maximum per calendar day"),
    "hours24": _("Maximum in any 24 hours"),
    "week": _("Maximum in any 7 days"),
    "month": _("Maximum in any 30 days"),
    "most": _("Maximum"),
    "seconds": _("Time limit (seconds)"),
    "within_seconds": _("Time limit (seconds)"),
    "business_days": _("Time limit (business days)"),
    "calendar_days": _("Time limit (calendar days)"),
    "days": _("Days"),
    "evidence_months": _("Proof of consent (months)"),
    "optout_months": _("Opt-outs (months)"),
    "message_months": _("Messages sent (months)"),
    "acknowledge_days": _("Acknowledge within (days)"),
    "acknowledge_business_days": _("Acknowledge within (business days)"),
    "complete_days": _("Respond within (days)"),
    "extend_days": _("Possible extension (days)"),
    "optout_business_days": _("Process opt-outs within (business days)"),
}
_LOOSE_HOURS = re.compile(r"(\d{1,2}):?(\d\d)\s*[-–—]\s*(\d{1,2}):?(\d\d)\Z")

Fields = dict[str, forms.Field]


class FieldInput(Protocol):
    def fields(self, side: str) -> Fields: ...

    def initial(self, side: str, written: Any) -> dict[str, Any]: ...

    def read(self, side: str, answers: Mapping[str, Any]) -> Any: ...


@dataclass(frozen=True)
class CheckboxesInput:
    """Any of these."""

    choices: Mapping[str, Any]

    def fields(self, side: str) -> Fields:
        widget = UnfoldAdminCheckboxSelectMultipleWidget
        choices = [(code, _capital(label)) for code, label in self.choices.items()]
        return {side: forms.MultipleChoiceField(label="", required=False, widget=widget, choices=choices)}

    def initial(self, side: str, written: Any) -> dict[str, Any]:
        return {side: written}

    def read(self, side: str, answers: Mapping[str, Any]) -> Any:
        return list(answers.get(side) or []) or None


@dataclass(frozen=True)
class NumbersInput:
    """A number for each of these; an empty one says nothing."""

    labels: Mapping[str, Any]
    help_text: Any = ""

    def fields(self, side: str) -> Fields:
        return {f"{side}_{key}": self._field(label) for key, label in self.labels.items()}

    def _field(self, label: Any) -> forms.Field:
        widget = UnfoldAdminIntegerFieldWidget
        return forms.IntegerField(
            label=label, required=False, min_value=0, max_value=MAX_NUMBER, widget=widget, help_text=self.help_text
        )

    def initial(self, side: str, written: Any) -> dict[str, Any]:
        return {f"{side}_{key}": number for key, number in written.items()}

    def read(self, side: str, answers: Mapping[str, Any]) -> Any:
        numbers = {key: answers.get(f"{side}_{key}") for key in self.labels}
        return {key: number for key, number in numbers.items() if number is not None} or None


class HoursField(forms.CharField):
    """The hours of one day. What cannot be read is said at that very day."""

    def clean(self, value: Any) -> Any:
        text = _tidy(super().clean(value))
        if text not in ("", rule_fields.CLOSED):
            try:
                rule_fields.parse_window({"mon-sun": text})
            except rule_fields.InvalidRuleField as error:
                raise forms.ValidationError(str(error)) from error
        return text


class HoursInput:
    """From when until when, for each weekday and for public holidays."""

    def fields(self, side: str) -> Fields:
        return {f"{side}_{day}": self._field(day, label) for day, label in DAYS.items()}

    def _field(self, day: str, label: Any) -> forms.Field:
        said = _("If empty, same as on that weekday.") if day == "holiday" else ""
        widget = UnfoldAdminTextInputWidget({"placeholder": "09:00-20:00"})
        return HoursField(label=label, required=False, max_length=20, widget=widget, help_text=said)

    def initial(self, side: str, written: Any) -> dict[str, Any]:
        hours = dict(zip(rule_fields.DAYS, rule_fields.parse_window(written), strict=True))
        if hours["holiday"] == rule_fields.WHOLE_DAY:
            del hours["holiday"]
        return {f"{side}_{day}": _hours_text(span) for day, span in hours.items()}

    def read(self, side: str, answers: Mapping[str, Any]) -> Any:
        typed = {day: answers.get(f"{side}_{day}") for day in rule_fields.DAYS}
        return {day: text for day, text in typed.items() if text} or None


@dataclass(frozen=True)
class LinesInput:
    """Words of one's own, one a line."""

    help_text: Any

    def fields(self, side: str) -> Fields:
        widget = UnfoldAdminTextareaWidget({"rows": 3})
        return {
            side: forms.CharField(label="", required=False, max_length=500, widget=widget, help_text=self.help_text)
        }

    def initial(self, side: str, written: Any) -> dict[str, Any]:
        return {side: "\n".join(written)}

    def read(self, side: str, answers: Mapping[str, Any]) -> Any:
        return [line.strip() for line in (answers.get(side) or "").splitlines() if line.strip()] or None


@dataclass(frozen=True)
class ChoiceOrTextInput:
    """One value under one key: chosen from a list, or a sentence."""

    key: str
    choices: Mapping[str, Any] | None = None

    def fields(self, side: str) -> Fields:
        if self.choices is None:
            widget = UnfoldAdminTextareaWidget({"rows": 3})
            return {side: forms.CharField(label="", required=False, max_length=500, widget=widget)}
        choices = [("", _("Not set")), *((code, _capital(label)) for code, label in self.choices.items())]
        return {side: forms.ChoiceField(label="", required=False, widget=UnfoldAdminSelectWidget, choices=choices)}

    def initial(self, side: str, written: Any) -> dict[str, Any]:
        return {side: written[self.key]}

    def read(self, side: str, answers: Mapping[str, Any]) -> Any:
        return {self.key: answers[side]} if answers.get(side) else None


def _capital(label: Any) -> str:
    return str(label)[:1].upper() + str(label)[1:]


def _hours_text(span: tuple[int, int] | None) -> str:
    return f"{rule_labels.clock_label(span[0])}-{rule_labels.clock_label(span[1])}" if span else rule_fields.CLOSED


def _tidy(text: str) -> str:
    """9:00 – 20:00 is 09:00-20:00; what else is written is refused by the figure itself."""
    found = _LOOSE_HOURS.match(text.strip())
    if not found:
        return text.strip().casefold()
    start, starts, end, ends = found.groups()
    return f"{start:0>2}:{starts}-{end:0>2}:{ends}"


def _of_numbers(name: str) -> NumbersInput:
    return NumbersInput({key: NUMBER_LABELS[key] for figure, key in rule_labels.NUMBER_LABELS if figure == name})


FIELD_INPUTS: dict[str, FieldInput] = {
    **{name: _of_numbers(name) for name, _key in rule_labels.NUMBER_LABELS},
    **{name: CheckboxesInput(rule_labels.FLAG_LABELS) for name in ("consent", "health_consent", "records_consent")},
    "bases": NumbersInput(
        dict(Basis.choices),
        _("Valid for this many months; 0 means until consent is withdrawn. If empty, this basis is not accepted."),
    ),
    "window": HoursInput(),
    "holidays": LinesInput(_("One country or state code per line, such as FR or US-MS.")),
    "content": CheckboxesInput(rule_labels.CONTENT_LABELS),
    "labels": LinesInput(_("Exactly as they must appear in the message, one per line.")),
    "revocation": ChoiceOrTextInput("scope", rule_labels.SCOPE_LABELS),
    "scrub": CheckboxesInput(rule_labels.LIST_LABELS),
    "penalty": ChoiceOrTextInput("said"),
}
