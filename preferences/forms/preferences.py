"""Everything a person gets, with a box each, and one button for nothing at all."""

from typing import Any
from uuid import uuid4

from crispy_forms.helper import FormHelper
from django import forms
from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from preferences import choices, consent, fence, replies
from preferences.choices import Choice
from preferences.evidence import Proof
from preferences.forms import pieces
from preferences.models import Address, Method, Reply, Sender, Source
from preferences.visits import Visitor


class PreferencesForm(forms.Form):
    """A box for each thing that may be changed here. A box left as it was shown says nothing.

    What was shown travels with the form: a page opened before a newer "no" must not take that "no" back.
    """

    everything = forms.CharField(required=False)
    words = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, visitor: Visitor, may_raise: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.visitor, self.may_raise = visitor, may_raise
        self.choices = choices.of(visitor.address, language=get_language() or "en")
        self.open = {c.name: c for row in self.choices.values() for c in row if c.is_on or self._is_addable(c)}
        shown = [choice.notice for choice in self.open.values() if choice.notice and not choice.is_on]
        self.fields["words"].initial = pieces.fingerprint(shown)
        for name, choice in self.open.items():
            self.fields[name] = _box(choice)

    @property
    def senders(self) -> list[Sender]:
        return list(dict.fromkeys(choice.topic.sender for row in self.choices.values() for choice in row))

    @property
    def wanted_more(self) -> bool:
        """Was a box ticked that only a fresh link opens?"""
        locked = (c.name for row in self.choices.values() for c in row if c.can_be_added and c.name not in self.open)
        return any(name in self.data for name in locked)

    @property
    def helper(self) -> FormHelper:
        sections = [self._section(address, row) for address, row in self.choices.items()]
        buttons = pieces.Piece("preferences/_preferences_buttons.html", has_boxes=bool(self.open))
        return pieces.helper("words", *sections, buttons, visitor=self.visitor)

    def clean(self) -> None:
        adds = any(self.cleaned_data.get(c.name) and not c.is_on for c in self.open.values())
        if adds and self.cleaned_data.get("words") != self.fields["words"].initial:
            raise forms.ValidationError(_("The wording changed while you were reading. Nothing was saved: look again."))

    @transaction.atomic
    def save(self, proof: Proof) -> list[Address]:
        """Say what was changed; whose addresses it was about."""
        if self.cleaned_data["everything"]:
            return self._turn_everything_off(proof)
        changed = sorted(
            (self.open[name] for name in self.changed_data if name in self.open), key=lambda c: c.address.pk
        )
        fence.lock([choice.address.pk for choice in changed])  # in the order in which senders lock them
        act = uuid4()
        for choice in changed:
            self._withdraw(choice, proof, act)
        for choice in changed:
            self._grant(choice, proof, act)
        return list(dict.fromkeys(choice.address for choice in changed))

    def _is_addable(self, choice: Choice) -> bool:
        return self.may_raise and choice.can_be_added

    def _section(self, address: Address, row: list[Choice]) -> pieces.Box:
        boxes = [
            pieces.Box(
                "preferences/_choice.html",
                *([choice.name] if choice.name in self.open else []),
                choice=choice,
                notice=choice.notice if choice.name in self.open and not choice.is_on else None,
            )
            for choice in row
        ]
        return pieces.Box("preferences/_address.html", *boxes, address=address, is_visiting=self._visits(address))

    def _visits(self, address: Address) -> bool:
        return address == self.visitor.address

    def _withdraw(self, choice: Choice, proof: Proof, act) -> None:
        if not self.cleaned_data[choice.name]:
            consent.withdraw(
                choice.address, choice.topic, source=Source.PREFERENCES, method=Method.CHECKBOX, proof=proof, act=act
            )

    def _grant(self, choice: Choice, proof: Proof, act) -> None:
        if not self.cleaned_data[choice.name] or not self._is_addable(choice):
            return
        consent.grant(
            choice.address,
            choice.topic,
            source=Source.PREFERENCES,
            method=Method.CHECKBOX,
            notice=choice.notice,
            proof=proof,
            act=act,
        )
        replies.owe(choice.address, Reply.Kind.SIGNED_UP, sender=choice.topic.sender, act=act)

    def _turn_everything_off(self, proof: Proof) -> list[Address]:
        addresses = sorted(self.choices, key=lambda address: address.pk)
        for address in addresses:
            sender = replies.sender_of(address) or next(iter(self.senders), None) or Sender.objects.earliest("pk")
            consent.withdraw_all(address, sender=sender, source=Source.PREFERENCES, proof=proof)
        return addresses


def _box(choice: Choice) -> forms.BooleanField:
    return forms.BooleanField(label=choice.topic.name, required=False, initial=choice.is_on, show_hidden_initial=True)
