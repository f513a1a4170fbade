"""The owner of an address says whether what a colleague wrote down is right."""

from typing import Any

from crispy_forms.helper import FormHelper
from django import forms

from preferences.collection import offline_consent
from preferences.consent.evidence import Proof
from preferences.web.forms import layout
from preferences.web.link_holder import Visitor


class WrittenDownForm(forms.Form):
    """Two buttons of equal weight. Opening the page is not an answer."""

    answer = forms.ChoiceField(choices=[("yes", "yes"), ("no", "no")])

    def __init__(self, *args: Any, visitor: Visitor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.visitor = visitor

    @property
    def helper(self) -> FormHelper:
        return layout.helper(layout.Piece("preferences/_written_down_buttons.html"), visitor=self.visitor)

    def save(self, proof: Proof) -> None:
        verb = offline_consent.confirm if self.cleaned_data["answer"] == "yes" else offline_consent.deny
        verb(self.visitor.reply, proof=proof)
