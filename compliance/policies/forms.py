"""What staff fill in upstairs."""

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminRadioSelectWidget, UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from compliance.models import PolicyReview, PolicyVersion


class VersionForm(forms.Form):
    """The next text of a policy, and what is different."""

    text = forms.CharField(
        label=_("Whole text"),
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 16}),
        help_text=_("As it will be in force."),
    )
    summary = forms.CharField(
        label=_("What changed"),
        max_length=PolicyVersion._meta.get_field("summary").max_length,
        widget=UnfoldAdminTextInputWidget(),
        required=False,
    )


class SignForm(forms.Form):
    """What the reading found, and what follows from it."""

    findings = forms.CharField(
        label=_("Findings"),
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 8}),
        required=False,
        help_text=_("What you read, whom you asked, what no longer holds."),
    )
    decision = forms.ChoiceField(
        label=_("Decision"), choices=PolicyReview.Decision.choices, widget=UnfoldAdminRadioSelectWidget()
    )
