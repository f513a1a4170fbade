"""A stranger asks for topics, by email and by text, each with its own tick."""

import re
import time
import unicodedata
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from django import forms
from django.conf import settings
from django.core import signing
from django.db import transaction
from django.http import QueryDict
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from preferences.collection import consent_forms
from preferences.consent import service as consent
from preferences.consent.evidence import Proof
from preferences.contacts import address_normalization
from preferences.contacts import service as contacts
from preferences.errors import Unreadable
from preferences.models import Address, Channel, ConsentFormVersion, Notice, Sender, Source, Topic
from preferences.web import rate_limit
from preferences.web.forms import layout as forms_layout

SALT = "sayso.sign-up"
MIN_FILL_SECONDS = 2
CHECKBOX_PREFIX = re.compile(r"topic-\d{1,18}-(email|sms)\Z")
PREFILLED_FIELDS = {"email": 320, "phone": 40, "name": 200, "website": 100}  # and how much of each
CHECKED_VALUE = {Channel.EMAIL: _("Yes, by email"), Channel.SMS: _("Yes, by text message")}


class SignUpForm(forms.Form):
    """Where to write, and an unticked box for each topic on each channel it comes by.

    On a page that staff composed, it offers what its version offers; else all that the sender has to offer.
    """

    email = forms.CharField(
        label=_("Email address"),
        required=False,
        max_length=320,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "autocapitalize": "off"}),
    )
    phone = forms.CharField(
        label=_("Mobile number"),
        help_text=_("With its country code, like +1 207 555 0123."),
        required=False,
        max_length=40,
        widget=forms.TelInput(attrs={"autocomplete": "tel"}),
    )
    name = forms.CharField(
        label=_("Your name (optional)"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    website = forms.CharField(
        label=_("Do not fill in this field"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
    )
    words = forms.CharField(required=False, widget=forms.HiddenInput)
    sure = forms.CharField(required=False, max_length=320, widget=forms.HiddenInput)
    started = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        sender: Sender,
        version: ConsentFormVersion | None = None,
        action: str = "",
        is_preview: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.is_preview = is_preview
        self.sender, self.version, self.action = sender, version, action
        offered = consent_forms.offered_topics(version) if version else _offered_topics(sender)
        self.offers = [(topic, notice) for topic, notice in offered if _channels(topic, sender)]
        self.boxes = {
            _box_name(topic, channel): (topic, notice, channel)
            for topic, notice in self.offers
            for channel in _channels(topic, sender)
        }
        shown = forms_layout.notices_fingerprint(notice for _topic, notice in self.offers)
        self.fields["words"].initial = f"{shown}-{version.pk}" if version else shown
        self.fields["started"].initial = _signed_start_time(time.time())
        for name, (_topic, _notice, channel) in self.boxes.items():
            self.fields[name] = forms.BooleanField(label=CHECKED_VALUE[channel], required=False)

    @property
    def looks_automatic(self) -> bool:
        """A field no person sees was filled in, or the form faster than anybody types."""
        try:
            started = signing.loads(self.data.get("started", ""), salt=SALT)
        except signing.BadSignature:
            return True
        return bool(self.data.get("website")) or time.time() - started < MIN_FILL_SECONDS

    @classmethod
    def brought(cls, given: QueryDict) -> dict[str, str]:
        """What somebody filled in on another website, to be shown here: known fields alone, cut to size.

        The time for filling in was spent there: one press is enough here.
        """
        typed = {name: _visible_line(given.get(name, ""))[:most] for name, most in PREFILLED_FIELDS.items()}
        ticked = {name: "on" for name, value in given.items() if CHECKBOX_PREFIX.match(name) and value == "on"}
        return typed | ticked | {"started": _signed_start_time(time.time() - MIN_FILL_SECONDS)}

    @property
    def helper(self) -> FormHelper:
        topics = [self._topic_box(topic, notice) for topic, notice in self.offers]
        where = forms_layout.FieldGroup("preferences/layout/_contact_line.html", *self._where(), "name")
        trap = forms_layout.FieldGroup("preferences/subscribe/_honeypot.html", "website")
        send = Submit("send", _("Sign up"), css_class="btn-primary")
        layout = forms_layout.form_helper("words", "sure", "started", *topics, where, trap, send, action=self.action)
        layout.form_tag, layout.disable_csrf = not self.is_preview, self.is_preview
        return layout

    def clean_email(self) -> str:
        return _readable(Channel.EMAIL, self.cleaned_data["email"])

    def clean_phone(self) -> str:
        return _readable(Channel.SMS, self.cleaned_data["phone"])

    def clean_name(self) -> str:
        return _visible_line(self.cleaned_data["name"])

    def clean(self) -> None:
        if not self._ticked(Channel.EMAIL) and not self._ticked(Channel.SMS):
            self.add_error(None, _("Tick at least one box: what would you like to hear about, and how?"))
        if self.cleaned_data.get("words") != self.fields["words"].initial:
            self.add_error(None, _("The wording changed while you were reading. Read it again, then send the form."))
        self._ask_for("email", Channel.EMAIL, _("Enter your email address: you ticked topics by email."))
        self._ask_for("phone", Channel.SMS, _("Enter your phone number: you ticked topics by text message."))
        self._doubt_the_spelling()

    @transaction.atomic
    def save(self, *, proof: Proof, network: str) -> list[Address]:
        """Ask for everything that was ticked. The addresses are for the worker alone; the page says nothing."""
        return [
            address
            for channel, field in ((Channel.EMAIL, "email"), (Channel.SMS, "phone"))
            if (address := self._ask(channel, self.cleaned_data[field], proof, network))
        ]

    def _ask(self, channel: Channel, value: str, proof: Proof, network: str) -> Address | None:
        notices = self._ticked(channel)
        if not notices or not rate_limit.allows_address(channel, value, network):
            return None
        person = {"name": self.cleaned_data["name"], "language": get_language() or ""}
        address = contacts.add_address(channel, value, **person)
        consent.ask(address, notices, source=Source.SIGN_UP, form=self.version, proof=proof)
        return address

    def _ticked(self, channel: Channel) -> list[Notice]:
        return [
            notice
            for name, (_topic, notice, offered) in self.boxes.items()
            if offered == channel and self.cleaned_data.get(name)
        ]

    def _ask_for(self, field: str, channel: Channel, sentence: Any) -> None:
        if self._ticked(channel) and not self.cleaned_data.get(field) and field not in self.errors:
            self.add_error(field, sentence)

    def _doubt_the_spelling(self) -> None:
        """Ask once about a likely slip of the finger; the same address again means it is right."""
        value = self.cleaned_data.get("email", "")
        meant = address_normalization.suggest_correction(value) if value else ""
        if meant and self.cleaned_data.get("sure") != value:
            self.data = {**dict(self.data.items()), "sure": value}
            sentence = _("Did you mean %(meant)s? Correct it, or send the form again if it is right as it is.")
            self.add_error("email", sentence % {"meant": meant})

    def _where(self) -> list[str]:
        channels = {channel for _topic, _notice, channel in self.boxes.values()}
        fields = {Channel.EMAIL: "email", Channel.SMS: "phone"}
        return [fields[channel] for channel in Channel if channel in channels]

    def _topic_box(self, topic: Topic, notice: Notice) -> forms_layout.FieldGroup:
        names = [_box_name(topic, channel) for channel in _channels(topic, self.sender)]
        return forms_layout.FieldGroup("preferences/preference_center/_offer.html", *names, topic=topic, notice=notice)


def _offered_topics(sender: Sender) -> list[tuple[Topic, Notice]]:
    """The public topics of this sender that somebody can be asked about today."""
    topics = list(sender.topics.offered().order_by("name"))
    notices = Notice.objects.current_by_topic(topics, get_language() or settings.LANGUAGE_CODE)
    return [(topic, notices[topic.pk]) for topic in topics if topic.pk in notices]


def _channels(topic: Topic, sender: Sender) -> list[Channel]:
    return [channel for channel in topic.channels if channel == Channel.EMAIL or sender.text_number]


def _box_name(topic: Topic, channel: str) -> str:
    return f"topic-{topic.pk}-{channel}"


def _signed_start_time(moment: float) -> str:
    """When somebody began to fill in the form, so that they cannot say otherwise."""
    return signing.dumps(moment, salt=SALT)


def _visible_line(words: str) -> str:
    """One line of what can be seen: nothing that ends it, hides in it or turns it around."""
    kinds = [(letter, unicodedata.category(letter)) for letter in words]
    shown = (" " if kind in ("Cc", "Zl", "Zp") else letter for letter, kind in kinds if kind not in ("Cf", "Cs"))
    return " ".join("".join(shown).split())


def _readable(channel: str, value: str) -> str:
    if not value:
        return ""
    try:
        address_normalization.normalize_address(channel, value)
    except Unreadable as error:
        raise forms.ValidationError(str(error)) from None
    return value
