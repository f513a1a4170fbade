"""A person wants to be written to elsewhere: where, and then what about."""

from collections.abc import Sequence
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from django import forms
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from preferences.consent.evidence import Proof
from preferences.contacts import address_change, address_normalization
from preferences.errors import Unreadable
from preferences.models import Address, Channel, Notice, Subscription
from preferences.web import rate_limit
from preferences.web.forms import layout
from preferences.web.forms.preference_center.secure_link import UNREADABLE
from preferences.web.link_holder import LinkHolder


class ChangeAddressForm(forms.Form):
    """The new address or number. What happens then is the same, whoever it belongs to, seen from outside."""

    address = forms.CharField(
        label=_("Your new email address or phone number"),
        help_text=_("A phone number with its country code, like +1 207 555 0123."),
        max_length=320,
        widget=forms.TextInput(attrs={"autocomplete": "email", "autocapitalize": "off", "spellcheck": "false"}),
        error_messages={"required": _("Enter your new email address or phone number.")},
    )

    def __init__(self, *args: Any, visitor: LinkHolder, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.visitor = visitor

    @property
    def helper(self) -> FormHelper:
        send = Submit("send", _("Send confirmation link"), css_class="btn-primary")
        return layout.form_helper("address", send, visitor=self.visitor)

    @property
    def channel(self) -> Channel:
        return Channel.EMAIL if "@" in self.cleaned_data["address"] else Channel.SMS

    def clean_address(self) -> str:
        value = self.cleaned_data["address"]
        try:
            address_normalization.normalize_address(self.channel, value)
        except Unreadable:
            raise forms.ValidationError(UNREADABLE) from None
        return value

    def save(self, *, network: str) -> Address | None:
        """Ask at the new address. Says who is owed a letter now, for the worker alone. Raises NotAllowed."""
        value = self.cleaned_data["address"]
        if not rate_limit.allows_address(self.channel, value, network):
            return None
        service_message = address_change.request(self.visitor.address, self.channel, value)
        return service_message.address if service_message else None


class ConfirmAddressChangeForm(forms.Form):
    """Both ends are there: what shall go to the new address? Nothing is ticked for anybody."""

    answer = forms.ChoiceField(choices=[("use", "use"), ("no", "no")])
    words = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, visitor: LinkHolder, rows: Sequence[Subscription], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.visitor = visitor
        notices = Notice.objects.current_by_topic([row.topic for row in rows], get_language() or settings.LANGUAGE_CODE)
        self.offers = {f"t{row.topic_id}": notices[row.topic_id] for row in rows if row.topic_id in notices}
        self.fields["words"].initial = layout.notices_fingerprint(self.offers.values())
        for row in rows:
            if row.topic_id in notices:
                self.fields[f"t{row.topic_id}"] = forms.BooleanField(label=row.topic.name, required=False)

    @property
    def helper(self) -> FormHelper:
        boxes = [
            layout.FieldGroup("preferences/address_change/_topic_choice.html", name, notice=notice)
            for name, notice in self.offers.items()
        ]
        return layout.form_helper(
            "words",
            *boxes,
            layout.TemplatePart("preferences/address_change/_confirm_buttons.html"),
            visitor=self.visitor,
        )

    def clean(self) -> None:
        if self.agreed() and self.cleaned_data.get("words") != self.fields["words"].initial:
            raise forms.ValidationError(
                _("The wording changed while you were reading. Nothing was saved: read it again.")
            )

    def agreed(self) -> list[Notice]:
        return [notice for name, notice in self.offers.items() if self.cleaned_data.get(name)]

    def save(self, proof: Proof) -> Address:
        """Move there. Raises NotAllowed when it is too late."""
        return address_change.confirm(self.visitor.service_message, notices=self.agreed(), proof=proof)


class RefuseAddressChangeForm(forms.Form):
    """One end alone can only say no."""

    def __init__(self, *args: Any, visitor: LinkHolder, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.visitor = visitor

    @property
    def helper(self) -> FormHelper:
        return layout.form_helper(layout.TemplatePart("preferences/address_change/_refuse.html"), visitor=self.visitor)
