"""What staff fill in in a higher app."""

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminRadioSelectWidget, UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from compliance.models import PolicyReview, PolicyVersion


class PolicyVersionForm(forms.Form):
    """The next text of a policy, and what is different."""

    text = forms.CharField(
        label=_("Full text"),
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 16}),
        help_text=_("The text exactly as it will apply."),
    )
    summary = forms.CharField(
        label=_("What changed"),
        max_length=PolicyVersion._meta.get_field("summary").max_length,
        widget=UnfoldAdminTextInputWidget(),
        required=False,
    )


class CompleteReviewForm(forms.Form):
    """What the reading found, and what follows from it."""

    findings = forms.CharField(
        label=_("Findings"),
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 8}),
        required=False,
        help_text=_("What you read, who you asked and what is no longer correct."),
    )
    decision = forms.ChoiceField(
        label=_("Decision"), choices=PolicyReview.Decision.choices, widget=UnfoldAdminRadioSelectWidget()
    )
