"""The pages on which the rulebook is asked and a change of it is proposed."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import ModelAdmin
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminSingleDateWidget, UnfoldAdminTextInputWidget

from preferences.admin.base import StaffAdmin, staff_user
from preferences.admin.rulebook.rule_form import ProposalForm
from preferences.errors import SaysoError
from preferences.geo import territories
from preferences.models import Channel, Rule
from preferences.models.rules import PURPOSES
from preferences.rulebook import service as rules


class ExtraContextAdmin(ModelAdmin):
    """A page that shows more than the fields of its row. Mix in before ReadOnly."""

    def told(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        raise NotImplementedError

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        row = self.get_object(request, object_id)
        context = self.told(request, row) if row and self.has_view_permission(request, row) else {}
        return super().change_view(request, object_id, form_url, {**context, **(extra_context or {})})


class EffectiveTermsForm(forms.Form):
    """Where, on which channel, for what, on which day?"""

    country = forms.ChoiceField(label=gettext_lazy("Country"), widget=UnfoldAdminSelectWidget)
    state = forms.CharField(
        label=gettext_lazy("State or province"),
        required=False,
        max_length=40,
        widget=UnfoldAdminTextInputWidget,
        help_text=gettext_lazy("Name or code, such as Florida or FL. If empty: the country only."),
    )
    channel = forms.ChoiceField(
        label=gettext_lazy("Channel"), choices=Channel.choices, initial=Channel.SMS, widget=UnfoldAdminSelectWidget
    )
    purpose = forms.ChoiceField(label=gettext_lazy("Purpose"), choices=PURPOSES, widget=UnfoldAdminSelectWidget)
    day = forms.DateField(label=gettext_lazy("Date"), initial=timezone.localdate, widget=UnfoldAdminSingleDateWidget)

    def __init__(self, *args: Any, countries: list[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        fields: dict[str, Any] = self.fields
        fields["country"].choices = countries
        fields["country"].initial = "US"

    def clean_state(self) -> str:
        state, country = self.cleaned_data["state"].strip(), self.cleaned_data.get("country", "")
        if state and not territories.parse_state(country, state):
            raise forms.ValidationError(
                _("This country has no state with this name or code. Correct it, or clear the field.")
            )
        return state


def proposal_view(page: StaffAdmin, request: HttpRequest, *, rule: Rule | None) -> HttpResponse:
    """A GET shows the form, filled with this version; a POST proposes what was written."""
    by = staff_user(request)
    form = ProposalForm(request.POST if request.method == "POST" else None, rule=rule, by=by)
    if request.method == "POST" and form.is_valid():
        try:
            proposal = rules.propose(form.words(), based_on=rule, by=by)
        except SaysoError as error:
            form.frame.add_error(None, str(error))
        else:
            sentence = _("Proposed. A second person decides; until then the rule stays as it is.")
            page.message_user(request, sentence, messages.SUCCESS)
            return redirect(reverse("admin:preferences_ruleproposal_change", args=[proposal.pk]))
    title = _("Propose a change") if rule else _("Propose a new rule")
    back = page.change_url(rule) if rule else reverse("admin:preferences_rule_changelist")
    context = {"title": title, "form": form, "rule": rule, "back": back, "media": page.media + form.frame.media}
    return page.page(request, "admin/preferences/rule/propose.html", context)
