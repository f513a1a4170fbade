"""A change is put back, or kept."""

from typing import Any
from uuid import UUID

from crispy_forms.helper import FormHelper
from django import forms

from preferences.consent import undo
from preferences.consent.evidence import Proof
from preferences.models import ConsentEvent
from preferences.web.forms import layout
from preferences.web.link_holder import Visitor


class UndoForm(forms.Form):
    """Two buttons of equal weight. Opening the page is not an answer."""

    answer = forms.ChoiceField(choices=[("back", "back"), ("keep", "keep")])

    def __init__(self, *args: Any, visitor: Visitor, act: UUID, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.visitor, self.act = visitor, act

    @property
    def helper(self) -> FormHelper:
        return layout.helper(layout.Piece("preferences/_undo_buttons.html"), visitor=self.visitor)

    def save(self, proof: Proof) -> list[ConsentEvent]:
        """What was put back; nothing, if it is to stay as it is."""
        if self.cleaned_data["answer"] == "keep":
            return []
        return undo.put_back(self.visitor.address, self.act, proof=proof)
