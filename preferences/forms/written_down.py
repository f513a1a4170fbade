"""The owner of an address says whether what a colleague wrote down is right."""

from typing import Any

from crispy_forms.helper import FormHelper
from django import forms

from preferences import spoken
from preferences.evidence import Proof
from preferences.forms import pieces
from preferences.visits import Visitor


class WrittenDownForm(forms.Form):
    """Two buttons of equal weight. Opening the page is not an answer."""

    answer = forms.ChoiceField(choices=[("yes", "yes"), ("no", "no")])

    def __init__(self, *args: Any, visitor: Visitor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.visitor = visitor

    @property
    def helper(self) -> FormHelper:
        return pieces.helper(pieces.Piece("preferences/_written_down_buttons.html"), visitor=self.visitor)

    def save(self, proof: Proof) -> None:
        verb = spoken.confirm if self.cleaned_data["answer"] == "yes" else spoken.deny
        verb(self.visitor.reply, proof=proof)
