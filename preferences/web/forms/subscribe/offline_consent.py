"""The owner of an address says whether what a colleague wrote down is right."""

from typing import Any

from crispy_forms.helper import FormHelper
from django import forms

from preferences.collection import offline_consent
from preferences.consent.evidence import Proof
from preferences.web.forms import layout
from preferences.web.link_holder import LinkHolder


class OfflineConsentReviewForm(forms.Form):
    """Two buttons of equal weight. Opening the page is not an answer."""

    answer = forms.ChoiceField(choices=[("yes", "yes"), ("no", "no")])

    def __init__(self, *args: Any, visitor: LinkHolder, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.visitor = visitor

    @property
    def helper(self) -> FormHelper:
        return layout.form_helper(
            layout.TemplatePart("preferences/renewal/_offline_consent_buttons.html"), visitor=self.visitor
        )

    def save(self, proof: Proof) -> None:
        verb = offline_consent.confirm if self.cleaned_data["answer"] == "yes" else offline_consent.deny
        verb(self.visitor.service_message, proof=proof)
