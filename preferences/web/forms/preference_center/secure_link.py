"""Somebody wants a link to their preferences."""

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from preferences.contacts import address_normalization
from preferences.contacts import service as contacts
from preferences.errors import Unreadable
from preferences.models import Address, Channel
from preferences.outbox import service as outbox
from preferences.web import rate_limit
from preferences.web.forms import layout

UNREADABLE = _(
    "Enter an email address like name@example.org, or a phone number with its country code like +1 207 555 0123."
)


class SecureLinkForm(forms.Form):
    """One email address or phone number. What happens then is the same for everybody, seen from outside."""

    address = forms.CharField(
        label=_("Your email address or phone number"),
        help_text=_("A phone number with its country code, like +1 207 555 0123."),
        max_length=320,
        widget=forms.TextInput(attrs={"autocomplete": "email", "autocapitalize": "off", "spellcheck": "false"}),
        error_messages={"required": _("Enter your email address or phone number.")},
    )

    @property
    def helper(self) -> FormHelper:
        send = Submit("send", _("Send me a secure link"), css_class="btn-primary")
        return layout.form_helper("address", send, action=reverse("preferences:secure-link-request"))

    def clean_address(self) -> str:
        value = self.cleaned_data["address"]
        try:
            address_normalization.normalize_address(_channel(value), value)
        except Unreadable:
            raise forms.ValidationError(UNREADABLE) from None
        return value

    def save(self, *, network: str) -> Address | None:
        """Owe the link, if there is somebody to owe it to. Says to whom, for the worker alone."""
        value = self.cleaned_data["address"]
        allowed = rate_limit.allows_address(_channel(value), value, network)
        address = contacts.find(_channel(value), value)
        if not allowed or address is None:
            return None
        outbox.enqueue_secure_link(address)
        return address


def _channel(value: str) -> str:
    return Channel.EMAIL if "@" in value else Channel.SMS
