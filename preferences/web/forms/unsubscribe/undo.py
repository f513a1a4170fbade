"""A change is put back, or kept."""

from typing import Any
from uuid import UUID

from crispy_forms.helper import FormHelper
from django import forms

from preferences.consent import undo
from preferences.consent.evidence import Proof
from preferences.models import ConsentEvent
from preferences.web.forms import layout
from preferences.web.link_holder import LinkHolder


class UndoForm(forms.Form):
    """Two buttons of equal weight. Opening the page is not an answer."""

    answer = forms.ChoiceField(choices=[("back", "back"), ("keep", "keep")])

    def __init__(self, *args: Any, visitor: LinkHolder, interaction_id: UUID, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.visitor, self.interaction_id = visitor, interaction_id

    @property
    def helper(self) -> FormHelper:
        return layout.form_helper(
            layout.TemplatePart("preferences/unsubscribe/_undo_buttons.html"), visitor=self.visitor
        )

    def save(self, proof: Proof) -> list[ConsentEvent]:
        """What was put back; nothing, if it is to stay as it is."""
        if self.cleaned_data["answer"] == "keep":
            return []
        return undo.undo_act(self.visitor.address, self.interaction_id, proof=proof)
