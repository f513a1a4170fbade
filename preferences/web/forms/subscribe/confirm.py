"""The owner of an address says yes or no to what was asked, or takes the sign-up back."""

from collections.abc import Sequence
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from django import forms
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from preferences.collection import pending_signups
from preferences.consent import service as consent
from preferences.consent.evidence import Proof
from preferences.models import ConsentEvent, Notice, Source, Topic
from preferences.web.forms import layout
from preferences.web.link_holder import LinkHolder


class ConfirmForm(forms.Form):
    """Two buttons of equal weight. Opening the page is not an answer.

    Whoever once asked never to be written to again is warned, and sets a tick to take that back.
    """

    answer = forms.ChoiceField(choices=[("yes", "yes"), ("no", "no")])
    override_permanent = forms.BooleanField(
        label=_("I have changed my mind: you may send me the messages above"), required=False
    )

    def __init__(self, *args: Any, visitor: LinkHolder, questions: Sequence[ConsentEvent], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.visitor, self.questions = visitor, questions
        self.is_warning = consent.has_permanent_opt_out(visitor.address)

    @property
    def helper(self) -> FormHelper:
        warning = (
            [layout.FieldGroup("preferences/unsubscribe/_do_not_contact_offer.html", "override_permanent")]
            if self.is_warning
            else []
        )
        return layout.form_helper(
            *warning, layout.TemplatePart("preferences/subscribe/_confirm_buttons.html"), visitor=self.visitor
        )

    @transaction.atomic
    def save(self, proof: Proof) -> None:
        """Raises NotAllowed for a yes that a "never again" stands against."""
        if self.cleaned_data["answer"] == "yes":
            anyway = self.cleaned_data["override_permanent"]
            consent.confirm(self.visitor.service_message, proof=proof, override_permanent=anyway)
            return
        for question in self.questions:
            if question.topic:
                self._refuse(question.topic, question.notice, proof)

    def _refuse(self, topic: Topic, notice: Notice | None, proof: Proof) -> None:
        consent.refuse(self.visitor.address, topic, source=Source.CONFIRM, notice=notice, proof=proof)


class CancelForm(forms.Form):
    """One button. What we know of the person apart from this sign-up decides what can be deleted, unseen."""

    def __init__(self, *args: Any, visitor: LinkHolder, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.visitor = visitor

    @property
    def helper(self) -> FormHelper:
        button = Submit("cancel", _("Delete my address"), css_class="btn-primary")
        return layout.form_helper(button, visitor=self.visitor)

    def save(self, proof: Proof) -> None:
        pending_signups.cancel(self.visitor.service_message, proof=proof)
