"""Less, or later: the fields with which a person says so, about one topic or about everything.

Lowering needs no more than a link from a message. Asking for more, or for sooner, needs a secure link.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from preferences.consent import frequency
from preferences.geo import local_time
from preferences.models import Contact, Topic

CAP_CHOICES = [1, 2, 4, 8, 15, 30]
PAUSE_DAYS = [30, 60, 90]
UNLIMITED = frequency.MAX_PER_MONTH + 1
WHICH_DAY = _("Choose a day between tomorrow and a year from now.")
ONE_OF_BOTH = _("Choose either a number of days or a day, not both.")
NOT_SOONER = _("It is already paused for longer. To resume sooner, get a secure link below.")


def is_higher_cap(most: int | None, than: int | None) -> bool:
    """Would that be more messages than now? No limit is the most there is."""
    return (most or UNLIMITED) > (than or UNLIMITED)


def pause_until(days: int, contact: Contact) -> datetime:
    """So many days from today, at the beginning of the day where the person lives."""
    return local_time.local_midnight(local_time.local_today(contact) + timedelta(days=days), contact)


def cap_options(standing: int | None, *, may_raise: bool) -> list[tuple[Any, Any]]:
    """What can be chosen; without the right to raise, nothing above what stands."""
    numbers = sorted({*CAP_CHOICES, *([standing] if standing else [])})
    allowed = [number for number in numbers if may_raise or not is_higher_cap(number, standing)]
    options: list[tuple[Any, Any]] = [("", _("No limit"))] if may_raise or standing is None else []
    return options + [(number, _a_month(number)) for number in allowed]


def _a_month(number: int) -> str:
    return ngettext("%(number)d a month", "%(number)d a month", number) % {"number": number}


@dataclass(frozen=True)
class FrequencyChoice:
    """How much of one topic, or of everything (no topic), and from when on."""

    key: str
    topic: Topic | None
    most_per_month: int | None
    paused_until: datetime | None
    contact: Contact

    @property
    def names(self) -> list[str]:
        return [f"{what}-{self.key}" for what in ("limit", "pause", "until")]

    def fields(self, *, may_raise: bool) -> dict[str, forms.Field]:
        """Left as shown, they say nothing."""
        options = cap_options(self.most_per_month, may_raise=may_raise)
        most = cap_field(options, initial=self.most_per_month)
        return dict(
            zip(self.names, [most, _pause_field(is_paused=bool(self.paused_until)), _until_field()], strict=True)
        )

    def new_limit(self, form: forms.Form) -> int | None:
        return form.cleaned_data.get(f"limit-{self.key}")

    def new_pause(self, form: forms.Form) -> datetime | None:
        """Until when, if a pause was asked for."""
        if until := form.cleaned_data.get(f"until-{self.key}"):
            return local_time.local_midnight(until, self.contact)
        days = form.cleaned_data.get(f"pause-{self.key}")
        return pause_until(int(days), self.contact) if days else None

    def check(self, form: forms.Form, *, may_raise: bool) -> None:
        """Leave sentences at the fields that cannot be meant."""
        until = form.cleaned_data.get(f"until-{self.key}")
        if until and not timedelta(days=1) <= until - local_time.local_today(self.contact) <= timedelta(days=365):
            form.add_error(f"until-{self.key}", WHICH_DAY)
        elif until and form.cleaned_data.get(f"pause-{self.key}"):
            form.add_error(f"until-{self.key}", ONE_OF_BOTH)
        elif self.topic and not may_raise and self._is_sooner(self.new_pause(form)):
            form.add_error(f"until-{self.key}" if until else f"pause-{self.key}", NOT_SOONER)

    def _is_sooner(self, until: datetime | None) -> bool:
        return bool(until and self.paused_until and until < self.paused_until)


def cap_field(options: list[tuple[Any, Any]], *, initial: int | None) -> forms.IntegerField:
    return forms.IntegerField(
        label=_("Maximum number of messages"),
        required=False,
        min_value=1,
        max_value=frequency.MAX_PER_MONTH,
        initial=initial,
        show_hidden_initial=True,
        widget=forms.Select(choices=options),
        error_messages={"invalid": _("Choose a number from 1 to 99.")},
    )


def _pause_field(*, is_paused: bool) -> forms.ChoiceField:
    days = [(str(number), _("%(days)d days") % {"days": number}) for number in PAUSE_DAYS]
    return forms.ChoiceField(
        label=_("Pause for"),
        required=False,
        choices=[("", _("Keep current pause") if is_paused else _("No pause")), *days],
        widget=forms.Select(attrs={"class": "form-control"}),
        error_messages={"invalid_choice": _("Choose 30, 60 or 90 days, or a date.")},
    )


def _until_field() -> forms.DateField:
    return forms.DateField(
        label=_("Or until a date you choose"),
        help_text=_("Messages resume automatically on that day."),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"invalid": _("Enter the date as year, month and day, like 2027-09-01.")},
    )
