"""Somebody is asked whether a permission is to go on."""

from typing import Any
from uuid import UUID, uuid4

from crispy_forms.helper import FormHelper
from django import forms
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from preferences import consent, links
from preferences.evidence import Proof
from preferences.forms import owners, pieces
from preferences.models import Method, Notice, Source, Topic
from preferences.visits import Visitor


class KeepForm(forms.Form):
    """Two buttons of equal weight. Opening the page is not an answer."""

    answer = forms.ChoiceField(choices=[("keep", "keep"), ("leave", "leave")])
    words = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, visitor: Visitor, topic: Topic, notice: Notice | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.visitor, self.topic, self.notice = visitor, topic, notice
        self.fields["words"].initial = pieces.fingerprint([notice] if notice else [])

    @property
    def helper(self) -> FormHelper:
        buttons = pieces.Piece("preferences/_keep_buttons.html", topic=self.topic)
        return pieces.helper("words", buttons, visitor=self.visitor)

    def clean(self) -> None:
        """Whoever leaves need not have read the newest words."""
        if self.errors.pop("answer", None):
            self.add_error(None, _("Press one of the two buttons."))
        keeps = self.cleaned_data.get("answer") == "keep"
        if keeps and self.cleaned_data.get("words") != self.fields["words"].initial:
            self.add_error(None, _("The wording changed while you were reading. Look again, then press the button."))

    @transaction.atomic
    def save(self, proof: Proof) -> UUID:
        """Say it; in which act. Raises NotAllowed where there is nothing left to keep."""
        act, address = uuid4(), self.visitor.address
        said: dict[str, Any] = {"origin": links.origin(self.visitor.claims), "proof": proof, "act": act}
        if self.cleaned_data["answer"] == "leave":
            consent.withdraw(address, self.topic, source=Source.LEAVE, **said)
            owners.tell([address], act)
        else:
            said |= {"source": Source.CONFIRM, "method": Method.DOUBLE_OPT_IN, "notice": self.notice}
            consent.keep(address, self.topic, **said)
        return act
