"""What staff fill in to ask for a forecast."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminSingleDateWidget, UnfoldAdminTextInputWidget

from compliance.forecasts import service as forecasts
from preferences.models import Topic

AHEAD = timedelta(days=182)
AS_IT_IS, YES, NO = "", "yes", "no"


def _in_half_a_year() -> date:
    return timezone.localdate() + AHEAD


class UntilForm(forms.Form):
    """How far to look ahead."""

    until = forms.DateField(
        label=gettext_lazy("Forecast until"),
        initial=_in_half_a_year,
        widget=UnfoldAdminSingleDateWidget,
        help_text=gettext_lazy("Up to one year ahead."),
    )


class ProposalForm(UntilForm):
    on = forms.DateField(
        label=gettext_lazy("Takes effect on"),
        required=False,
        widget=UnfoldAdminSingleDateWidget,
        help_text=gettext_lazy("If empty, the proposed date is used."),
    )
    field_order = ["on", "until"]


class TimeForm(UntilForm):
    topic = forms.ModelChoiceField(
        Topic.objects.filter(retired_at=None),
        label=gettext_lazy("Topic"),
        required=False,
        empty_label=gettext_lazy("All topics"),
        widget=UnfoldAdminSelectWidget,
    )
    field_order = ["topic", "until"]


class SettingForm(UntilForm):
    """What would be set otherwise; what is left as it is changes nothing."""

    topic = forms.ModelChoiceField(
        Topic.objects.filter(retired_at=None), label=gettext_lazy("Topic"), widget=UnfoldAdminSelectWidget
    )
    on = forms.DateField(
        label=gettext_lazy("Takes effect on"), initial=timezone.localdate, widget=UnfoldAdminSingleDateWidget
    )
    minimum_age = forms.IntegerField(
        label=gettext_lazy("Minimum age"),
        required=False,
        min_value=1,
        max_value=120,
        widget=UnfoldAdminTextInputWidget(attrs={"inputmode": "numeric"}),
        help_text=gettext_lazy("If empty, nothing changes."),
    )
    field_order = ["topic", "on", "until", "minimum_age"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("reveals_health", "uses_health_records", "by_email", "by_sms"):
            label = forecasts.setting_label(name)
            self.fields[name] = forms.ChoiceField(
                label=str(label)[:1].upper() + str(label)[1:],
                required=False,
                choices=[(AS_IT_IS, _("Keep current setting")), (YES, _("Yes")), (NO, _("No"))],
                widget=UnfoldAdminSelectWidget,
            )

    def changes(self) -> dict[str, object]:
        """The settings that somebody chose."""
        said = {name: self.cleaned_data[name] for name in forecasts.FORECAST_SETTINGS}
        age = said.pop("minimum_age")
        chosen: dict[str, object] = {name: value == YES for name, value in said.items() if value}
        return chosen | ({"minimum_age": age} if age else {})
