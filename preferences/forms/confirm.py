"""The owner of an address says yes or no to what was asked."""

from collections.abc import Sequence
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.db import transaction

from preferences import consent
from preferences.evidence import Proof
from preferences.forms import pieces
from preferences.models import ConsentEvent, Notice, Source, Topic
from preferences.visits import Visitor


class ConfirmForm(forms.Form):
    """Two buttons of equal weight. Opening the page is not an answer."""

    answer = forms.ChoiceField(choices=[("yes", "yes"), ("no", "no")])

    def __init__(self, *args: Any, visitor: Visitor, questions: Sequence[ConsentEvent], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.visitor, self.questions = visitor, questions

    @property
    def helper(self) -> FormHelper:
        return pieces.helper(pieces.Piece("preferences/_confirm_buttons.html"), visitor=self.visitor)

    @transaction.atomic
    def save(self, proof: Proof) -> None:
        if self.cleaned_data["answer"] == "yes":
            consent.confirm(self.visitor.reply, proof=proof)
            return
        for question in self.questions:
            if question.topic:
                self._refuse(question.topic, question.notice, proof)

    def _refuse(self, topic: Topic, notice: Notice | None, proof: Proof) -> None:
        consent.refuse(self.visitor.address, topic, source=Source.CONFIRM, notice=notice, proof=proof)
