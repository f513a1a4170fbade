"""Somebody leaves, and may say why afterwards."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from preferences import consent, links, reasons
from preferences.evidence import Proof
from preferences.forms import pieces
from preferences.models import LeaveReason, Source, Topic
from preferences.visits import Visitor


class LeaveForm(forms.Form):
    """One obvious button for this topic, and one for everything."""

    leave = forms.ChoiceField(choices=[("topic", "topic"), ("everything", "everything")])

    def __init__(self, *args: Any, visitor: Visitor, topic: Topic, only_rest: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.visitor, self.topic, self.only_rest = visitor, topic, only_rest

    @property
    def helper(self) -> FormHelper:
        buttons = pieces.Piece("preferences/_leave_buttons.html", topic=self.topic, only_rest=self.only_rest)
        return pieces.helper(buttons, action=reverse("preferences:leave"), visitor=self.visitor)

    def save(self, proof: Proof) -> None:
        address, origin = self.visitor.address, links.origin(self.visitor.claims)
        if self.cleaned_data["leave"] == "topic":
            consent.withdraw(address, self.topic, source=Source.LEAVE, origin=origin, proof=proof)
        else:
            consent.withdraw_all(address, sender=self.topic.sender, source=Source.LEAVE, origin=origin, proof=proof)


class ReasonForm(forms.Form):
    """Asked after the leaving is done; nothing here is required."""

    reason = forms.ChoiceField(
        label=_("Why did you leave?"), choices=LeaveReason.Reason.choices, required=False, widget=forms.RadioSelect
    )
    words = forms.CharField(
        label=_("Anything else you want to say"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, visitor: Visitor, topic: Topic, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.visitor, self.topic = visitor, topic

    @property
    def helper(self) -> FormHelper:
        send = Submit("send", _("Send"), css_class="btn-secondary")
        action = reverse("preferences:leave-done")
        return pieces.helper("reason", "words", send, action=action, visitor=self.visitor)

    def save(self) -> LeaveReason | None:
        return reasons.give(
            self.visitor.address, self.topic, **self.cleaned_data, origin=links.origin(self.visitor.claims)
        )
