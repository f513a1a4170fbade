"""Somebody is asked whether a permission is to go on."""

from typing import Any
from uuid import UUID, uuid4

from crispy_forms.helper import FormHelper
from django import forms
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from preferences.consent import renewal
from preferences.consent import service as consent
from preferences.consent.evidence import Proof
from preferences.links import tokens
from preferences.models import Method, Notice, Source, Topic
from preferences.web import owner_notification
from preferences.web.forms import layout
from preferences.web.link_holder import LinkHolder


class RenewalForm(forms.Form):
    """Two buttons of equal weight. Opening the page is not an answer."""

    answer = forms.ChoiceField(choices=[("keep", "keep"), ("leave", "leave")])
    words = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, visitor: LinkHolder, topic: Topic, notice: Notice | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.visitor, self.topic, self.notice = visitor, topic, notice
        self.fields["words"].initial = layout.notices_fingerprint([notice] if notice else [])

    @property
    def helper(self) -> FormHelper:
        buttons = layout.TemplatePart("preferences/renewal/_renewal_buttons.html", topic=self.topic)
        return layout.form_helper("words", buttons, visitor=self.visitor)

    def clean(self) -> None:
        """Whoever leaves need not have read the newest words."""
        if self.errors.pop("answer", None):
            self.add_error(None, _("Press one of the two buttons."))
        keeps = self.cleaned_data.get("answer") == "keep"
        if keeps and self.cleaned_data.get("words") != self.fields["words"].initial:
            self.add_error(None, _("The wording changed while you were reading. Read it again, then press the button."))

    @transaction.atomic
    def save(self, proof: Proof) -> UUID:
        """Say it; in which act. Raises NotAllowed where there is nothing left to keep."""
        interaction_id, address = uuid4(), self.visitor.address
        said: dict[str, Any] = {
            "origin": tokens.message_reference(self.visitor.claims),
            "proof": proof,
            "interaction_id": interaction_id,
        }
        if self.cleaned_data["answer"] == "leave":
            consent.withdraw(address, self.topic, source=Source.UNSUBSCRIBE_PAGE, **said)
            owner_notification.notify_owner([address], interaction_id)
        else:
            said |= {"source": Source.CONFIRM, "method": Method.DOUBLE_OPT_IN, "notice": self.notice}
            renewal.renew(address, self.topic, **said)
        return interaction_id
