"""What rules ask for, in the words of a colleague who is no lawyer: flags, clocks, hours, numbers. Pure."""

from collections.abc import Callable, Iterable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from preferences.figures import WHOLE_DAY, Window
from preferences.models import Basis

FLAGS = {
    "affirmative_act": gettext_lazy("said by an act of their own, such as ticking a box"),
    "separate_from_terms": gettext_lazy("asked for apart from any terms"),
    "not_condition_of_purchase": gettext_lazy("told that it is no condition of buying"),
    "named_controller": gettext_lazy("told who would write"),
    "pewc_disclosure": gettext_lazy("told that automated marketing texts would come"),
    "e_signature": gettext_lazy("signed, which a ticked box or a keyword is, too"),
    "address_confirmed": gettext_lazy("confirmed from the address itself"),
    "explicit_special_category": gettext_lazy("said explicitly, because it reveals something about their health"),
    "hipaa_elements": gettext_lazy("authorised in writing on a form for health records"),
    "evidence_clock": gettext_lazy("the day on which it began is on record"),
    "guardian": gettext_lazy("said by a parent or guardian"),
}
CONTENT = {
    "sender_name": gettext_lazy("who sends it"),
    "postal_address": gettext_lazy("the sender’s postal address"),
    "contact": gettext_lazy("how to reach the sender"),
    "contact_channel": gettext_lazy("a phone number, an e-mail address or a page of the sender"),
    "way_out": gettext_lazy("a way out"),
    "stop_hint": gettext_lazy("that STOP stops it"),
    "brand_first": gettext_lazy("the brand at its beginning"),
    "one_click_headers": gettext_lazy("one-click unsubscribing"),
    "privacy_link": gettext_lazy("a link to the privacy policy"),
    "why_you_get_this": gettext_lazy("why they get it"),
    "objection_notice": gettext_lazy("that they may object"),
    "own_domain_links": gettext_lazy("links to the sender’s own domain only"),
    "frequency": gettext_lazy("how often it comes"),
    "rates": gettext_lazy("what it may cost"),
    "french_copy": gettext_lazy("the same in French"),
    "ad_disclosure": gettext_lazy("that it is advertising"),
    "no_health_words": gettext_lazy("no words that reveal something about their health"),
}
SPANS = {
    "day": gettext_lazy("in one day"),
    "hours24": gettext_lazy("in 24 hours"),
    "week": gettext_lazy("in 7 days"),
    "month": gettext_lazy("in 30 days"),
}
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
FIGURES = {
    "consent": gettext_lazy("What a consent must be"),
    "health_consent": gettext_lazy("What a consent must be where health is revealed"),
    "records_consent": gettext_lazy("What a consent must be where health records are used"),
    "bases": gettext_lazy("What a consent may rest on"),
    "repermission": gettext_lazy("When to ask again"),
    "minimum_age": gettext_lazy("Minimum age"),
    "window": gettext_lazy("Hours"),
    "holidays": gettext_lazy("Calendars of public holidays"),
    "caps": gettext_lazy("Most messages"),
    "content": gettext_lazy("What the text must say"),
    "labels": gettext_lazy("Labels the text must carry"),
    "segments": gettext_lazy("Longest text, in parts"),
    "characters": gettext_lazy("Longest text, in characters"),
}


def figure(name: str) -> str:
    """The name of a figure."""
    return str(FIGURES.get(name, name.replace("_", " ")))


def flags(names: Iterable[str]) -> str:
    """Demands on a consent, one after the other."""
    return "; ".join(str(FLAGS.get(name, name)) for name in sorted(names))


def content(names: Iterable[str]) -> str:
    return "; ".join(str(CONTENT.get(name, name)) for name in sorted(names))


def basis(name: str, lasts: int | None) -> str:
    """What a rule says of one thing that a consent may rest on: for how many months it counts; 0 is for ever."""
    words: dict[str, Any] = {"basis": dict(Basis.choices).get(name, name), "number": lasts}
    if lasts is None:
        return _("“%(basis)s” does not count") % words
    if lasts == 0:
        return _("“%(basis)s” counts until it is taken back") % words
    text = ngettext("“%(basis)s” counts for %(number)s month", "“%(basis)s” counts for %(number)s months", lasts)
    return text % words


def cap(span: str, most: int) -> str:
    return _("at most %(most)s %(span)s") % {"most": most, "span": SPANS.get(span, span)}


def months(number: int) -> str:
    return ngettext("after %(number)s month", "after %(number)s months", number) % {"number": number}


def years(number: int) -> str:
    return ngettext("%(number)s year", "%(number)s years", number) % {"number": number}


def hours(span: tuple[int, int] | None) -> str:
    """From when until when on one day."""
    if span is None:
        return _("closed")
    if span == WHOLE_DAY:
        return _("all day")
    return _("%(start)s–%(end)s") % {"start": clock(span[0]), "end": clock(span[1])}


def clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def on_day(day: int, span: tuple[int, int] | None) -> str:
    """What holds on one day: 0 is Monday, 7 public holidays."""
    return _("%(day)s: %(hours)s") % {"day": DAYS[day], "hours": hours(span)}


def window(hours_by_day: Window) -> str:
    """All days, those that follow each other and are alike said once."""
    groups: list[list[int]] = []
    for day, span in enumerate(hours_by_day):
        if groups and day != len(DAYS) - 1 and hours_by_day[groups[-1][0]] == span:
            groups[-1].append(day)
        else:
            groups.append([day])
    return "; ".join(_group(days, hours_by_day[days[0]]) for days in groups)


def _group(days: list[int], span: tuple[int, int] | None) -> str:
    if len(days) == 1:
        return on_day(days[0], span)
    words = {"first": DAYS[days[0]], "last": DAYS[days[-1]], "hours": hours(span)}
    return _("%(first)s to %(last)s: %(hours)s") % words


def value(name: str, said: Any) -> str:
    """A figure as a whole, parsed as preferences/figures.py does."""
    if name in _IN_WORDS:
        return _IN_WORDS[name](said)
    if isinstance(said, frozenset):
        return ", ".join(sorted(said))
    if isinstance(said, tuple):
        return "; ".join(f"{key.replace('_', ' ')}: {number}" for key, number in said)
    return str(said)


def _each(words: Callable[[str, int], str]) -> Callable[[Any], str]:
    return lambda said: "; ".join(words(key, number) for key, number in said)


_IN_WORDS: dict[str, Callable[[Any], str]] = {
    "consent": flags,
    "health_consent": flags,
    "records_consent": flags,
    "content": content,
    "window": window,
    "bases": _each(basis),
    "caps": _each(cap),
    "minimum_age": _each(lambda _years, number: years(number)),
    "repermission": _each(lambda _months, number: months(number)),
}
