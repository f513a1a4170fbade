"""The form in which a colleague proposes a change of the rulebook: a frame, and one part for each figure."""

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import (
    UnfoldAdminSelectWidget,
    UnfoldAdminSingleDateWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from preferences.admin.rulebook.rule_field_inputs import FIELD_INPUTS
from preferences.models import Rule
from preferences.models.rules import ANY, CHANNELS, PURPOSES
from preferences.rulebook import rule_diff, rule_fields, rule_labels

SIDES = tuple(rule_labels.VALUE_KIND_LABELS)
KEPT = ["reference", "evidence", "note"]
_JURISDICTION = re.compile(r"\*|[A-Z]{2}(-[A-Z0-9]{1,3})?")


def _day(label: Any, *, required: bool = True, help_text: Any = "") -> forms.DateField:
    return forms.DateField(label=label, required=required, widget=UnfoldAdminSingleDateWidget, help_text=help_text)


class FrameForm(forms.Form):
    """What a proposal says besides its figures."""

    summary = forms.CharField(
        label=gettext_lazy("Summary"), max_length=300, widget=UnfoldAdminTextInputWidget({"class": "w-full"})
    )
    effective_from = _day(
        gettext_lazy("In force from"),
        help_text=gettext_lazy("Today or later. The rule takes effect on that day automatically."),
    )
    effective_to = _day(
        gettext_lazy("In force until"),
        required=False,
        help_text=gettext_lazy("The last day. If empty, the rule applies until the next version."),
    )
    reviewed_on = _day(gettext_lazy("Reviewed on"), help_text=gettext_lazy("When the sources were last checked."))
    reviewed_by = forms.CharField(
        label=gettext_lazy("Reviewed by"),
        max_length=100,
        widget=UnfoldAdminTextInputWidget,
        help_text=gettext_lazy("Name of the reviewer."),
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason for the change"),
        max_length=2000,
        widget=UnfoldAdminTextareaWidget({"rows": 3}),
        help_text=gettext_lazy("For the second reviewer and for later audits. Kept permanently."),
        error_messages={"required": gettext_lazy("Enter the reason for the change.")},
    )

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or {}
        begins, ends = answers.get("effective_from"), answers.get("effective_to")
        if begins and begins < timezone.localdate():
            self.add_error("effective_from", _("A rule cannot take effect in the past. Choose today or a later date."))
        if begins and ends and ends < begins:
            self.add_error("effective_to", _("The end date is before the start date. Correct one of them."))
        return answers


class PlaceForm(FrameForm):
    """A rule for a place that has none yet."""

    jurisdiction = forms.CharField(
        label=gettext_lazy("Jurisdiction code"),
        max_length=10,
        widget=UnfoldAdminTextInputWidget,
        help_text=gettext_lazy("A country like FR, a state like US-FL, EU, or * for everywhere else."),
    )
    jurisdiction_name = forms.CharField(
        label=gettext_lazy("Jurisdiction name"), max_length=60, widget=UnfoldAdminTextInputWidget
    )
    channel = forms.ChoiceField(label=gettext_lazy("Channel"), choices=CHANNELS, widget=UnfoldAdminSelectWidget)
    purpose = forms.ChoiceField(label=gettext_lazy("Purpose"), choices=PURPOSES, widget=UnfoldAdminSelectWidget)
    field_order = ["jurisdiction", "jurisdiction_name", "channel", "purpose"]

    def clean_jurisdiction(self) -> str:
        code = self.cleaned_data["jurisdiction"].strip().upper()
        if not _JURISDICTION.fullmatch(code):
            raise forms.ValidationError(_("Write a country like FR, a state like US-FL, EU, or * for everywhere else."))
        return code

    def clean(self) -> dict[str, Any]:
        answers = super().clean()
        if answers.keys() >= {"jurisdiction", "channel", "purpose"}:
            answers["name"] = _name(answers["jurisdiction"], answers["channel"], answers["purpose"])
            if Rule.objects.filter(name=answers["name"]).exists():
                self.add_error(None, _("A rule for this already exists. Open it and propose a change there."))
        return answers


def _name(jurisdiction: str, channel: str, purpose: str) -> str:
    place = "elsewhere" if jurisdiction == "*" else jurisdiction.lower()
    return f"{place}-{purpose}" if channel == ANY else f"{place}-{channel}-{purpose}"


class FigureForm(forms.Form):
    """One figure: the legal limit, the strict value on top of it, and where it is from."""

    reference = forms.CharField(
        label=gettext_lazy("Source"), required=False, max_length=500, widget=UnfoldAdminTextInputWidget
    )
    evidence = forms.ChoiceField(
        label=gettext_lazy("Source check"),
        required=False,
        choices=rule_labels.EVIDENCE_LABELS.items,
        widget=UnfoldAdminSelectWidget,
    )
    note = forms.CharField(
        label=gettext_lazy("Note"), required=False, max_length=2000, widget=UnfoldAdminTextareaWidget({"rows": 2})
    )

    def __init__(self, data: Mapping[str, Any] | None, *, name: str, before: Mapping[str, Any]) -> None:
        self.name, self.before, self.shape = name, before, FIELD_INPUTS[name]
        super().__init__(data, prefix=name, initial=self._filled())
        for side, kind in rule_labels.VALUE_KIND_LABELS.items():
            self.fields.update(self.shape.fields(side))
            if side in self.fields and not isinstance(self.fields[side], forms.MultipleChoiceField):
                self.fields[side].widget.attrs["aria-label"] = f"{self.label}: {kind}"

    def _filled(self) -> dict[str, Any]:
        filled = {key: self.before.get(key, "").strip() for key in KEPT} if self.before else {"evidence": "M"}
        for side in SIDES:
            filled |= self.shape.initial(side, self.before[side]) if side in self.before else {}
        return filled

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or {}
        values = {side: self._value(side, answers) for side in SIDES}
        answers["entry"] = {side: value for side, value in values.items() if value is not None}
        if answers["entry"]:
            answers["entry"] |= self._source(answers)
        return answers

    def _value(self, side: str, answers: Mapping[str, Any]) -> Any:
        """What was written, as the rulebook writes it; what means the same as before stays written as before."""
        if self.errors.keys() & self.shape.fields(side).keys():
            return None
        value = self.shape.read(side, answers)
        if value is None:
            return None
        try:
            said = rule_fields.parse_field(self.name, value)
        except rule_fields.InvalidRuleField as error:
            self.add_error(next(iter(self.shape.fields(side))), str(error))
            return None
        same = side in self.before and rule_fields.parse_field(self.name, self.before[side]) == said
        return self.before[side] if same else value

    def _source(self, answers: Mapping[str, Any]) -> dict[str, str]:
        if not (answers.get("reference") or "").strip():
            self.add_error("reference", _("Give the source: the article or paragraph it comes from."))
        said = {key: (answers.get(key) or "").replace("\r\n", "\n").strip() for key in KEPT}
        before = {key: self.before.get(key, "") for key in KEPT}
        return {key: before[key] if before[key].strip() == text else text for key, text in said.items() if text}

    @property
    def label(self) -> str:
        return rule_labels.field_label(self.name)

    @property
    def is_open(self) -> bool:
        return bool(self.before or self.errors)

    @property
    def shown(self) -> list[str]:
        """What the figure says now, for its heading."""
        kinds = [kind for kind in SIDES if kind in self.before]
        return [line for kind in kinds[:1] for line in rule_diff.value_lines(self.name, self.before, kind)]

    @property
    def sides(self) -> list[tuple[Any, list[forms.BoundField]]]:
        return [
            (rule_labels.VALUE_KIND_LABELS[side], [self[name] for name in self.shape.fields(side)]) for side in SIDES
        ]

    @property
    def source(self) -> list[forms.BoundField]:
        return [self[key] for key in KEPT]


class ProposalForm:
    """A frame and its figures, filled with the version the proposal is based on, read together."""

    def __init__(self, data: Mapping[str, Any] | None, *, rule: Rule | None, by: User) -> None:
        self.rule = rule
        reader = by.get_full_name() or by.get_username()
        self.frame = (FrameForm if rule else PlaceForm)(data, initial=_frame(rule) | {"reviewed_by": reader})
        before = rule.figures if rule else {}
        self.figures = [FigureForm(data, name=name, before=before.get(name, {})) for name in rule_fields.RULE_FIELDS]

    def is_valid(self) -> bool:
        return all([self.frame.is_valid(), *(part.is_valid() for part in self.figures)])

    @property
    def wrong(self) -> list[FigureForm]:
        return [part for part in self.figures if part.errors]

    def words(self) -> dict[str, Any]:
        """The fields of the rule as proposed."""
        rule = self.rule
        kept = {name: getattr(rule, name) for name in ("name", "jurisdiction", "jurisdiction_name")} if rule else {}
        about = {name: getattr(rule, name) for name in ("channel", "purpose")} if rule else {}
        said = {part.name: part.cleaned_data["entry"] for part in self.figures if part.cleaned_data["entry"]}
        return {**kept, **about, **self.frame.cleaned_data, "figures": said}


def _frame(rule: Rule | None) -> dict[str, Any]:
    today = timezone.localdate()
    begins = today + timedelta(days=1)
    if rule is None:
        return {"effective_from": begins, "reviewed_on": today}
    later = {"effective_from": max(begins, rule.effective_from)}
    ends = rule.effective_to if rule.effective_to and rule.effective_to >= begins else None
    return {**later, "effective_to": ends, "summary": rule.summary, "reviewed_on": today}
