"""Somebody leaves, or rather takes a break; and may say why afterwards."""

from typing import Any
from uuid import UUID, uuid4

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from django import forms
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from preferences.consent import frequency, opt_out_reasons
from preferences.consent import service as consent
from preferences.consent.evidence import Proof
from preferences.links import tokens
from preferences.models import OptOutReason, Source, Topic
from preferences.web import owner_notification, preference_sheet
from preferences.web.forms import layout
from preferences.web.forms.preference_center import frequency_fields
from preferences.web.link_holder import LinkHolder

PAUSE_CHOICES = {f"pause-{days}": days for days in frequency_fields.PAUSE_DAYS}
UNSUBSCRIBE_BUTTONS = ["topic", "everything"]


class UnsubscribeForm(forms.Form):
    """One obvious button for this topic, and one for everything; beside them a break, or fewer.

    An unsubscribe link may only reduce: a pause that ends sooner than the present one is neither offered nor accepted.
    """

    leave = forms.ChoiceField(choices=[(answer, answer) for answer in [*UNSUBSCRIBE_BUTTONS, *PAUSE_CHOICES, "fewer"]])

    def __init__(self, *args: Any, visitor: LinkHolder, topic: Topic, only_rest: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.visitor, self.topic, self.only_rest = visitor, topic, only_rest
        self.entry = preference_sheet.topic_row_for(visitor.address, topic)
        options = frequency_fields.cap_options(self.entry.most_per_month, may_raise=False)
        self.fields["most"] = frequency_fields.cap_field(options, initial=self.entry.most_per_month)

    @property
    def helper(self) -> FormHelper:
        buttons = layout.TemplatePart(
            "preferences/unsubscribe/_unsubscribe_buttons.html", topic=self.topic, only_rest=self.only_rest
        )
        rather = [self._break()] if self.entry.is_on and not self.only_rest else []
        return layout.form_helper(buttons, *rather, action=reverse("preferences:unsubscribe"), visitor=self.visitor)

    def clean(self) -> None:
        """Whoever leaves need not fill in anything else rightly."""
        if self.cleaned_data.get("leave") != "fewer":
            self.errors.pop("most", None)
            return
        if "most" in self.errors:
            return
        most = self.cleaned_data.get("most")
        if not self.entry.is_on or most is None or frequency_fields.is_higher_cap(most, than=self.entry.most_per_month):
            self.add_error("most", _("Choose the maximum number of messages per month."))

    @property
    def leaves(self) -> bool:
        return self.cleaned_data["leave"] in UNSUBSCRIBE_BUTTONS

    @transaction.atomic
    def save(self, proof: Proof) -> UUID:
        """Say it; in which act."""
        interaction_id, answer = uuid4(), self.cleaned_data["leave"]
        if answer in PAUSE_CHOICES:
            self._pause(PAUSE_CHOICES[answer], proof, interaction_id)
        elif answer == "fewer":
            most = self.cleaned_data["most"]
            frequency.set_frequency_cap(
                self.visitor.address,
                self.topic,
                most_per_month=most,
                source=Source.UNSUBSCRIBE_PAGE,
                proof=proof,
                interaction_id=interaction_id,
            )
        else:
            self._leave(answer, proof, interaction_id)
        owner_notification.notify_owner([self.visitor.address], interaction_id)
        return interaction_id

    def _leave(self, answer: str, proof: Proof, interaction_id: UUID) -> None:
        address, origin = self.visitor.address, tokens.message_reference(self.visitor.claims)
        said: dict[str, Any] = {
            "source": Source.UNSUBSCRIBE_PAGE,
            "origin": origin,
            "proof": proof,
            "interaction_id": interaction_id,
        }
        if answer == "topic":
            consent.withdraw(address, self.topic, **said)
        else:
            consent.withdraw_all(address, sender=self.topic.sender, **said)

    def _pause(self, days: int, proof: Proof, interaction_id: UUID) -> None:
        until = frequency_fields.pause_until(days, self.visitor.address.contact)
        if self.entry.is_pausable(until):
            frequency.pause_messages(
                self.visitor.address,
                self.topic,
                until=until,
                source=Source.UNSUBSCRIBE_PAGE,
                proof=proof,
                interaction_id=interaction_id,
            )

    def _break(self) -> layout.FieldGroup:
        contact = self.visitor.address.contact
        days = [
            days
            for days in frequency_fields.PAUSE_DAYS
            if self.entry.is_pausable(frequency_fields.pause_until(days, contact))
        ]
        most = [] if self.entry.most_per_month == 1 else ["most"]
        return layout.FieldGroup(
            "preferences/unsubscribe/_pause_instead.html", *most, entry=self.entry, contact=contact, days=days
        )


class OptOutReasonForm(forms.Form):
    """Asked after the leaving is done; nothing here is required."""

    reason = forms.ChoiceField(
        label=_("Why did you unsubscribe?"),
        choices=OptOutReason.Reason.choices,
        required=False,
        widget=forms.RadioSelect,
    )
    words = forms.CharField(
        label=_("Anything else you want to say"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, visitor: LinkHolder, topic: Topic, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.visitor, self.topic = visitor, topic

    @property
    def helper(self) -> FormHelper:
        send = Submit("send", _("Send"), css_class="btn-secondary")
        action = reverse("preferences:unsubscribe-done")
        return layout.form_helper("reason", "words", send, action=action, visitor=self.visitor)

    def save(self) -> OptOutReason | None:
        return opt_out_reasons.record_reason(
            self.visitor.address, self.topic, **self.cleaned_data, origin=tokens.message_reference(self.visitor.claims)
        )
