"""Parts of a figure in one line: what is asked for, of one day, of one basis. The words are those of the rulebook."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from preferences.models import Basis
from preferences.rulebook import rule_labels
from preferences.rulebook.rule_fields import WHOLE_DAY

SPANS = ("day", "hours24", "week", "month")
DAYS = (
    gettext_lazy("Monday"),
    gettext_lazy("Tuesday"),
    gettext_lazy("Wednesday"),
    gettext_lazy("Thursday"),
    gettext_lazy("Friday"),
    gettext_lazy("Saturday"),
    gettext_lazy("Sunday"),
    gettext_lazy("public holidays"),
)


def value_label(name: str, said: Any) -> str:
    """A parsed figure, or a part of it."""
    return "; ".join(rule_labels.value_lines(name, said))


def flags_label(names: Iterable[str]) -> str:
    """Demands on a consent."""
    return value_label("consent", frozenset(names))


def content_label(names: Iterable[str]) -> str:
    """What a text must say."""
    return value_label("content", frozenset(names))


def cap_label(span: str, most: int) -> str:
    return value_label("caps", [(span, most)])


def years_label(number: int) -> str:
    return value_label("minimum_age", [("years", number)])


def basis_label(name: str, lasts: int | None) -> str:
    """What a rule says of one thing that a consent may rest on: for how many months it counts; 0 is for ever."""
    words: dict[str, Any] = {"basis": dict(Basis.choices).get(name, name), "number": lasts}
    if lasts is None:
        return _("“%(basis)s” is not accepted") % words
    if lasts == 0:
        return _("“%(basis)s” is valid until withdrawn") % words
    text = ngettext("“%(basis)s” is valid for %(number)s month", "“%(basis)s” is valid for %(number)s months", lasts)
    return text % words


def hours_label(span: tuple[int, int] | None) -> str:
    """From when until when on one day."""
    return _("all day") if span == WHOLE_DAY else rule_labels.span_label(span)


def day_hours_label(day: int, span: tuple[int, int] | None) -> str:
    """What holds on one day: 0 is Monday, 7 public holidays."""
    return _("%(day)s: %(hours)s") % {"day": DAYS[day], "hours": hours_label(span)}
