"""Everything a person gets, with a box each; less of it, later, or nothing at all."""

from itertools import groupby
from typing import Any
from uuid import UUID, uuid4

from crispy_forms.helper import FormHelper
from django import forms
from django.conf import settings
from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from preferences.consent import frequency
from preferences.consent import service as consent
from preferences.consent.evidence import Proof
from preferences.models import Address, Channel, Method, Notice, Sender, ServiceMessage, Source
from preferences.outbox import service as outbox
from preferences.web import owner_notification, preference_sheet
from preferences.web.forms import layout
from preferences.web.forms.preference_center import frequency_fields
from preferences.web.forms.preference_center.frequency_fields import FrequencyChoice
from preferences.web.link_holder import LinkHolder
from preferences.web.preference_sheet import AddressChoice, TopicRow

EVERYTHING = "all"
WAYS = {Channel.EMAIL: _("By email to %(address)s"), Channel.SMS: _("By text message to %(address)s")}
NAMES = {
    Channel.EMAIL: _("%(topic)s by email to %(address)s"),
    Channel.SMS: _("%(topic)s by text message to %(address)s"),
}


class PreferencesForm(forms.Form):
    """A box for each thing that may be changed here. What is left as it was shown says nothing.

    What was shown travels with the form: a page opened before a newer "no" must not take that "no" back.
    """

    everything = forms.CharField(required=False)
    channel = forms.CharField(required=False)
    resume = forms.CharField(required=False)
    words = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, visitor: LinkHolder, may_raise: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.visitor, self.may_raise = visitor, may_raise
        self.sheet = preference_sheet.preference_sheet_for(
            visitor.address, language=get_language() or settings.LANGUAGE_CODE
        )
        self.open = {c.name: c for c in self.sheet.choices if c.is_on or (may_raise and c.can_be_added)}
        shown = [choice.notice for choice in self.open.values() if choice.notice and not choice.is_on]
        self.fields["words"].initial = layout.notices_fingerprint(shown)
        self.wishes = {wish.key: wish for wish in self._wishes()}
        for name, choice in self.open.items():
            self.fields[name] = _checkbox_name(choice)
        for wish in self.wishes.values():
            self.fields |= wish.fields(may_raise=may_raise)

    @property
    def senders(self) -> list[Sender]:
        return list(dict.fromkeys(entry.topic.sender for entry in self.sheet.entries))

    @property
    def wanted_more(self) -> bool:
        """Was something asked for that only a secure link opens?"""
        locked = [c.name for c in self.sheet.choices if c.can_be_added and c.name not in self.open]
        return not self.may_raise and (
            any(name in self.data for name in [*locked, "resume"])
            or any(self._limit_changed(wish) and self._is_raise(wish) for wish in self.wishes.values())
        )

    @property
    def helper(self) -> FormHelper:
        senders = [self._section(sender, list(its)) for sender, its in groupby(self.sheet.entries, _sender)]
        overall = [self._wish_box(wish) for wish in self.wishes.values() if wish.topic is None]
        buttons = layout.TemplatePart(
            "preferences/preference_center/_preferences_buttons.html", has_boxes=bool(self.open), **self._standing
        )
        return layout.form_helper("words", *senders, *overall, buttons, visitor=self.visitor)

    def clean(self) -> None:
        for wish in self.wishes.values():
            wish.check(self, may_raise=self.may_raise)
        if self.cleaned_data.get("everything") or self.cleaned_data.get("channel"):
            self._let_nothing_stand_in_the_way()
            return
        adds = any(self.cleaned_data.get(c.name) and not c.is_on for c in self.open.values())
        if adds and self.cleaned_data.get("words") != self.fields["words"].initial:
            raise forms.ValidationError(
                _("The wording changed while you were reading. Nothing was saved: read it again.")
            )

    def _let_nothing_stand_in_the_way(self) -> None:
        """Whoever turns something off need not fill in anything else rightly."""
        for name in list(self.errors):
            del self.errors[name]

    @transaction.atomic
    def save(self, proof: Proof) -> UUID:
        """Say what was changed, lowering first; which act it was."""
        frequency.lock_all_addresses(self.visitor.address)  # in the order in which senders lock them
        self.interaction_id, self.proof = uuid4(), proof
        if self.cleaned_data["everything"]:
            self._turn_off(self.sheet.addresses)
        else:
            self._turn_off([one for one in self.sheet.addresses if one.channel == self.cleaned_data["channel"]])
            self._say_what_changed()
        if not self.may_raise:  # who has just asked for a link is the owner
            owner_notification.notify_owner(self.sheet.addresses, self.interaction_id)
        return self.interaction_id

    def _wishes(self) -> list[FrequencyChoice]:
        """Of what they get they may want less, or later; and of everything together."""
        if not (self.sheet.is_on and self.sheet.can_set_frequency):
            return []
        contact = self.visitor.address.contact
        overall = FrequencyChoice(EVERYTHING, None, self.sheet.most_per_month, self.sheet.paused_until, contact)
        on = [entry for entry in self.sheet.entries if entry.is_on]
        return [
            *(FrequencyChoice(one.key, one.topic, one.most_per_month, one.paused_until, contact) for one in on),
            overall,
        ]

    def _section(self, sender: Sender, entries: list[TopicRow]) -> layout.FieldGroup:
        groups = [
            layout.FieldGroup(
                "preferences/preference_center/_group.html",
                *map(self._topic, its),
                words=preference_sheet.GROUPS[place][0],
            )
            for place, its in groupby(entries, lambda entry: entry.group)
        ]
        return layout.FieldGroup("preferences/preference_center/_sender.html", *groups, sender=sender)

    def _topic(self, entry: TopicRow) -> layout.FieldGroup:
        notices = [self._notice(choice) for choice in entry.choices]
        boxes = layout.FieldGroup("preferences/subscribe/_topic_checkboxes.html", *map(self._choice, entry.choices))
        less = [self._wish_box(self.wishes[entry.key])] if entry.key in self.wishes else []
        notice = next((notice for notice in notices if notice and not entry.is_on), None)
        return layout.FieldGroup(
            "preferences/subscribe/_topic.html", boxes, *less, entry=entry, form=self, notice=notice
        )

    def _choice(self, choice: AddressChoice) -> layout.FieldGroup:
        field = [choice.name] if choice.name in self.open else []
        notice = self._notice(choice)
        return layout.FieldGroup(
            "preferences/preference_center/_choice.html",
            *field,
            choice=choice,
            notice=notice,
            way=_channel_label(choice),
        )

    def _notice(self, choice: AddressChoice) -> Notice | None:
        """The words to agree to, beside a box that can be ticked."""
        return choice.notice if choice.name in self.open and not choice.is_on else None

    def _wish_box(self, wish: FrequencyChoice) -> layout.FieldGroup:
        template = (
            "preferences/preference_center/_less_of_topic.html"
            if wish.topic
            else "preferences/preference_center/_less_of_everything.html"
        )
        is_wrong = any(name in self.errors for name in wish.names)
        return layout.FieldGroup(template, *wish.names, wish=wish, form=self, is_wrong=is_wrong)

    def _say_what_changed(self) -> None:
        changed = sorted((self.open[name] for name in self.changed_data if name in self.open), key=_by_address)
        for choice in changed:
            self._withdraw(choice)
        for wish in reversed(self.wishes.values()):  # everything first: what is said of one topic goes further
            self._pause(wish)
            self._limit(wish)
        for choice in changed:
            self._grant(choice)
        self._resume()

    def _withdraw(self, choice: AddressChoice) -> None:
        if not self.cleaned_data[choice.name]:
            consent.withdraw(choice.address, choice.topic, method=Method.CHECKBOX, **self._said)

    def _grant(self, choice: AddressChoice) -> None:
        is_addable = self.may_raise and choice.can_be_added and not self.cleaned_data["channel"]
        if not self.cleaned_data[choice.name] or not is_addable:
            return
        consent.grant(choice.address, choice.topic, method=Method.CHECKBOX, notice=choice.notice, **self._said)
        outbox.enqueue(
            choice.address,
            ServiceMessage.Kind.SUBSCRIBED,
            sender=choice.topic.sender,
            interaction_id=self.interaction_id,
        )

    def _turn_off(self, addresses: list[Address]) -> None:
        for address in sorted(addresses, key=lambda address: address.pk):
            sender = outbox.latest_sender(address) or next(iter(self.senders), None) or Sender.objects.earliest("pk")
            consent.withdraw_all(address, sender=sender, **self._said)

    def _pause(self, wish: FrequencyChoice) -> None:
        """A pause said again is the same pause; one of everything shortens no longer one."""
        until = wish.new_pause(self)
        about = [entry for entry in self.sheet.entries if entry.is_on and wish.topic in (None, entry.topic)]
        if until is None or all(entry.is_paused_until(until) for entry in about):
            return
        frequency.pause_messages(self.visitor.address, wish.topic, until=until, **self._said)
        for entry in about if wish.topic is None else []:
            if entry.paused_until and entry.paused_until > until:
                frequency.pause_messages(self.visitor.address, entry.topic, until=entry.paused_until, **self._said)

    def _limit(self, wish: FrequencyChoice) -> None:
        if self._limit_changed(wish) and (self.may_raise or not self._is_raise(wish)):
            frequency.set_frequency_cap(
                self.visitor.address, wish.topic, most_per_month=wish.new_limit(self), **self._said
            )

    def _limit_changed(self, wish: FrequencyChoice) -> bool:
        name = f"limit-{wish.key}"
        return name in self.changed_data and name in self.cleaned_data

    def _is_raise(self, wish: FrequencyChoice) -> bool:
        return frequency_fields.is_higher_cap(wish.new_limit(self), than=wish.most_per_month)

    def _resume(self) -> None:
        wish = self.wishes.get(self.cleaned_data["resume"])
        if wish and self.may_raise:
            frequency.resume_messages(self.visitor.address, wish.topic, **self._said)

    @property
    def _standing(self) -> dict[str, Any]:
        return {"sheet": self.sheet, "never_again": self.visitor.address in self.sheet.never}

    @property
    def _said(self) -> dict[str, Any]:
        return {"source": Source.PREFERENCES, "proof": self.proof, "interaction_id": self.interaction_id}


def _checkbox_name(choice: AddressChoice) -> forms.BooleanField:
    words = {"topic": choice.topic.name, "address": choice.address.masked}
    channel = Channel(choice.address.channel)
    return forms.BooleanField(
        label=_channel_label(choice),
        required=False,
        initial=choice.is_on,
        show_hidden_initial=True,
        widget=forms.CheckboxInput(attrs={"aria-label": NAMES[channel] % words}),
    )


def _channel_label(choice: AddressChoice) -> str:
    return WAYS[Channel(choice.address.channel)] % {"address": choice.address.masked}


def _sender(entry: TopicRow) -> Sender:
    return entry.topic.sender


def _by_address(choice: AddressChoice) -> int:
    return choice.address.pk
