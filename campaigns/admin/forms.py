"""What staff fill in about a campaign."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminTextInputWidget

from campaigns.content import merge_fields, rendering
from campaigns.models import Campaign
from preferences import audit
from preferences.errors import Unreadable
from preferences.models import Channel


class CampaignForm(forms.ModelForm):
    """The words of a campaign. What could not be sent is refused here, with what to write instead."""

    class Meta:
        model = Campaign
        fields = ["name", "topic", "channel", "subject", "body", "ends_at"]
        help_texts = {
            "body": gettext_lazy(
                "Markdown for email, plain text for SMS. Merge fields: {{ name }}, {{ first_name }}, {{ "
                'sender }}, {{ topic }}; with a default for people without one: {{ name|default:"there" '
                "}}. Sender details, the reason for the message and the unsubscribe option are added "
                "automatically."
            ),
            "subject": gettext_lazy("For email. Merge fields work here too."),
        }

    def clean(self) -> dict[str, Any]:
        content = super().clean() or self.cleaned_data
        for name in ("subject", "body"):
            self._check_fields(name)
        if content.get("channel") == Channel.EMAIL and not content.get("subject"):
            self.add_error("subject", _("Write a subject; recipients see it first."))
        if not self.errors:
            self._check_whole(content)
        return content

    def clean_ends_at(self) -> datetime | None:
        moment = self.cleaned_data["ends_at"]
        if moment and moment <= timezone.now():
            raise forms.ValidationError(_("Choose a time in the future, or clear the field."))
        return moment

    def _check_fields(self, name: str) -> None:
        try:
            merge_fields.parse_fields(self.cleaned_data.get(name, ""))
        except Unreadable as trouble:
            self.add_error(name, str(trouble))

    def _check_whole(self, content: dict[str, Any]) -> None:
        if not content["topic"].offers(content["channel"]):
            self.add_error("channel", _("The topic is not offered there. Choose another channel or topic."))
        try:
            rendering.check_sendable(Campaign(**content))
        except Unreadable as trouble:
            self.add_error("body", str(trouble))


class ApproveForm(forms.Form):
    """Carries which words were on the page, so that no others are approved by it."""

    read = forms.CharField(required=False, widget=forms.HiddenInput)


class RequestChangesForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("What should change?"),
        max_length=audit.MAX_REASON_LENGTH,
        widget=UnfoldAdminTextInputWidget,
        help_text=gettext_lazy("One line; it stays in the campaign's history."),
    )


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Why?"),
        max_length=audit.MAX_REASON_LENGTH,
        required=False,
        widget=UnfoldAdminTextInputWidget,
        help_text=gettext_lazy("One line; it stays in the campaign's history."),
    )


class ScheduleForm(forms.Form):
    at = forms.DateTimeField(
        label=gettext_lazy("Start at (UTC)"),
        widget=UnfoldAdminTextInputWidget(attrs={"type": "datetime-local"}),
        help_text=gettext_lazy("Sending begins within a minute of this time."),
    )


class SmsTestForm(forms.Form):
    number = forms.CharField(
        label=gettext_lazy("Your own number"),
        widget=UnfoldAdminTextInputWidget(attrs={"type": "tel", "autocomplete": "tel"}),
        help_text=gettext_lazy("In international form, like +14155550123."),
    )
