"""What the buttons of the admin ask."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminFileFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from preferences.contacts import address_normalization
from preferences.contacts import service as contacts
from preferences.errors import Unreadable
from preferences.models import Address, Channel, Contact, Method, Sender


def guess_channel(value: str) -> Channel:
    """A phone number has no "@"."""
    return Channel.EMAIL if "@" in value else Channel.SMS


class ReasonForm(forms.Form):
    because = forms.CharField(
        label=_("Reason"),
        max_length=200,
        required=False,
        widget=UnfoldAdminTextInputWidget,
        help_text=_("What changed, and how we know. Stored with this record."),
    )


class OptOutForm(forms.Form):
    """What somebody told a colleague: nothing more, please."""

    address = forms.ModelChoiceField(
        queryset=Address.objects.none(), label=_("Address"), widget=UnfoldAdminSelectWidget
    )
    method = forms.ChoiceField(
        label=_("How they told us"),
        choices=[(Method.VERBAL.value, Method.VERBAL.label), (Method.WRITTEN.value, Method.WRITTEN.label)],
        widget=UnfoldAdminSelectWidget,
    )
    sender = forms.ModelChoiceField(
        queryset=Sender.objects.none(),
        label=_("Confirm on behalf of"),
        widget=UnfoldAdminSelectWidget,
        help_text=_("They get one message that confirms it."),
    )
    words = forms.CharField(
        label=_("In their words"),
        required=False,
        max_length=2000,
        widget=UnfoldAdminTextareaWidget({"rows": 3}),
        help_text=_("Kept as evidence."),
    )

    def __init__(self, *args: Any, contact: Contact, **options: Any) -> None:
        super().__init__(*args, **options)
        fields: dict[str, Any] = self.fields
        fields["address"].queryset = contact.addresses.live()
        fields["sender"].queryset = Sender.objects.all()
        fields["address"].initial = contact.addresses.live().first()
        heard_from = Sender.objects.filter(topics__subscriptions__address__contact=contact)
        fields["sender"].initial = heard_from.first() or Sender.objects.first()


class NoticeForm(forms.Form):
    """The words to publish; a draft of each comes from the topic."""

    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES, widget=UnfoldAdminSelectWidget)
    kind_of_messages = forms.CharField(
        label=_("What you will get"), required=False, widget=UnfoldAdminTextareaWidget({"rows": 3})
    )
    frequency = forms.CharField(label=_("How often"), required=False, max_length=100, widget=UnfoldAdminTextInputWidget)
    charges = forms.CharField(
        label=_("What it costs"), required=False, max_length=200, widget=UnfoldAdminTextInputWidget
    )
    sender_identity = forms.CharField(
        label=_("Who sends it"), required=False, max_length=300, widget=UnfoldAdminTextInputWidget
    )
    privacy_url = forms.URLField(
        label=_("Privacy policy"), required=False, assume_scheme="https", widget=UnfoldAdminTextInputWidget
    )
    terms_url = forms.URLField(
        label=_("Terms"), required=False, assume_scheme="https", widget=UnfoldAdminTextInputWidget
    )
    how_to_unsubscribe = forms.CharField(
        label=_("How to unsubscribe"), required=False, widget=UnfoldAdminTextareaWidget({"rows": 3})
    )
    discloses_texts = forms.BooleanField(
        label=_("Contains the disclosure required for marketing SMS"),
        required=False,
        widget=UnfoldBooleanSwitchWidget,
        help_text=_(
            "That automated marketing text messages will be sent, and that consent is not a condition of purchase."
        ),
    )


class UploadForm(forms.Form):
    file = forms.FileField(
        label=_("CSV file"),
        widget=UnfoldAdminFileFieldWidget,
        help_text=_(
            "UTF-8, with the columns address, name, language, country, topic, channel, consent_method, "
            "consent_time, consent_source and evidence."
        ),
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > settings.IMPORT_UPLOAD_BYTES:
            limit = settings.IMPORT_UPLOAD_BYTES // 1_000_000
            raise forms.ValidationError(
                _(
                    "The file is larger than %(limit)s MB. Split it, or ask your administrator to import it "
                    "with manage.py import_contacts."
                ),
                params={"limit": limit},
            )
        return file


class NewContactForm(forms.ModelForm):
    """A person comes with an address: without one there is nobody to write to."""

    address = forms.CharField(
        label=_("Email address or phone number"),
        max_length=320,
        widget=UnfoldAdminTextInputWidget,
        help_text=_("Include the country code in a phone number. Consent is recorded separately, with its proof."),
    )

    class Meta:
        model = Contact
        fields = ["name", "language", "time_zone", "country", "region", "postal_code"]

    def clean_address(self) -> str:
        value = self.cleaned_data["address"]
        channel = guess_channel(value)
        try:
            address_normalization.normalize_address(channel, value)
        except Unreadable as error:
            raise forms.ValidationError(str(error)) from error
        if contacts.find(channel, value):
            raise forms.ValidationError(_("This address already exists. Search for it in the list."))
        return value
