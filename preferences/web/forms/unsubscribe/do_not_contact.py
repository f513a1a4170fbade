"""Never again: said on a page of its own, after it has told what that means."""

from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.db import transaction

from preferences.consent import frequency
from preferences.consent import service as consent
from preferences.consent.evidence import Proof
from preferences.models import Address, Sender, Source
from preferences.outbox import service as outbox
from preferences.web import preference_sheet
from preferences.web.forms import layout
from preferences.web.link_holder import LinkHolder


class PermanentUnsubscribeForm(forms.Form):
    """One button that means it; the way back is as large."""

    sure = forms.ChoiceField(choices=[("yes", "yes")])

    def __init__(self, *args: Any, visitor: LinkHolder, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.visitor, self.addresses = visitor, preference_sheet.visible_addresses(visitor.address)

    @property
    def helper(self) -> FormHelper:
        return layout.form_helper(
            layout.TemplatePart("preferences/unsubscribe/_do_not_contact_buttons.html"), visitor=self.visitor
        )

    @transaction.atomic
    def save(self, proof: Proof) -> list[Address]:
        """All addresses of the person, each with one confirmation."""
        frequency.lock_all_addresses(self.visitor.address)
        for address in self.addresses:
            sender = outbox.latest_sender(address) or Sender.objects.earliest("pk")
            consent.withdraw_permanently(address, sender=sender, source=Source.PREFERENCES, proof=proof)
        return self.addresses
