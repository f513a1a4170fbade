"""A person puts right what we know of them."""

import re
import unicodedata
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from preferences.contacts import service as contacts
from preferences.geo import country_choices
from preferences.models import Contact
from preferences.web.forms import layout
from preferences.web.forms.compact_select import CompactSelect
from preferences.web.link_holder import LinkHolder

MAX_NAME_LENGTH = 200
# Joiners are letters' business in several scripts; everything else that cannot be seen does not belong in a name.
JOINERS = {"\u200c", "\u200d"}
LIKE_A_LINK = re.compile(r"://|\bwww\.|@|\w\.\w{2,}", re.IGNORECASE)


class ContactDetailsForm(forms.Form):
    """Name, language, time zone, country. Addresses are changed elsewhere: a new one has to be confirmed."""

    name = forms.CharField(
        label=_("Your name"),
        required=False,
        max_length=MAX_NAME_LENGTH,
        strip=True,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"max_length": _("Write a name of at most 200 characters.")},
    )
    language = forms.ChoiceField(
        label=_("Language"),
        choices=settings.LANGUAGES,
        help_text=_("The language of our messages and of these pages."),
        error_messages={"invalid_choice": _("Choose one of the languages in the list.")},
    )
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        required=False,
        widget=CompactSelect,
        help_text=_("Used so that no message reaches you at night."),
        error_messages={"invalid_choice": _("Choose one of the time zones in the list.")},
    )
    country = forms.ChoiceField(
        label=_("Country"),
        required=False,
        widget=CompactSelect,
        help_text=_("Its rules decide what we may send you, and when."),
        error_messages={"invalid_choice": _("Choose one of the countries in the list.")},
    )

    def __init__(self, *args: Any, visitor: LinkHolder, **kwargs: Any) -> None:
        self.visitor, self.contact = visitor, visitor.address.contact
        kwargs["initial"] = {name: getattr(self.contact, name) for name in self.base_fields}
        super().__init__(*args, **kwargs)
        unknown = [("", _("Prefer not to say"))]
        _choose(self.fields["time_zone"], [*unknown, *country_choices.time_zone_choices()], self.contact.time_zone)
        _choose(
            self.fields["country"],
            [*unknown, *country_choices.country_choices(get_language() or settings.LANGUAGE_CODE)],
            self.contact.country,
        )

    @property
    def helper(self) -> FormHelper:
        save = layout.TemplatePart("preferences/preference_center/_save_button.html")
        return layout.form_helper(*self.base_fields, save, visitor=self.visitor)

    def clean_name(self) -> str:
        name = unicodedata.normalize("NFC", self.cleaned_data["name"])
        if not all(_is_seen(character) for character in name):
            raise forms.ValidationError(_("Use letters only: the name contains an invisible character."))
        if LIKE_A_LINK.search(name):
            raise forms.ValidationError(_("Write the name without links or addresses, and with a space after a dot."))
        return name

    def save(self) -> Contact:
        """Put right what was changed; a form left as it was says nothing."""
        said = {name: self.cleaned_data[name] for name in self.changed_data}
        if "country" in said:
            said["region"] = ""  # it was a part of the country we had
        return contacts.correct_details(self.contact, **said) if said else self.contact


def _choose(field: Any, choices: list, standing: str) -> None:
    """What we have on record can always be kept, also when the list does not know it."""
    known = {value for group, name in choices for value, _name in (name if isinstance(name, list) else [(group, "")])}
    field.choices = choices if standing in known else [*choices, (standing, standing)]


def _is_seen(character: str) -> bool:
    """No control or formatting characters, such as those that turn the direction of writing; no line breaks."""
    return character in JOINERS or unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
