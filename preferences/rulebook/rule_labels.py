"""Every figure of a rule in words that people read: hours, consent, numbers, and how well its source is known. Pure."""

from collections.abc import Callable, Iterable
from typing import Any

from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from preferences.models import Basis
from preferences.rulebook.content_codes import ContentCode
from preferences.rulebook.rule_fields import WHOLE_DAY, Window

FIELD_LABELS = {
    "consent": gettext_lazy("Consent requirements"),
    "health_consent": gettext_lazy("Consent requirements where health is revealed"),
    "records_consent": gettext_lazy("Consent requirements where health records are used"),
    "bases": gettext_lazy("Accepted bases for consent"),
    "repermission": gettext_lazy("When to renew consent"),
    "minimum_age": gettext_lazy("Minimum age"),
    "window": gettext_lazy("Sending hours"),
    "holidays": gettext_lazy("Public holiday calendars"),
    "caps": gettext_lazy("Frequency caps"),
    "content": gettext_lazy("What the text must say"),
    "labels": gettext_lazy("Labels required in the message"),
    "segments": gettext_lazy("Maximum SMS length (segments)"),
    "characters": gettext_lazy("Maximum SMS length (characters)"),
    "honour": gettext_lazy("Time limit for processing opt-outs"),
    "mechanism": gettext_lazy("How long the unsubscribe option must work"),
    "confirmation": gettext_lazy("Opt-out confirmation message"),
    "retention": gettext_lazy("How long records are kept"),
    "revocation": gettext_lazy("Scope of an opt-out"),
    "scrub": gettext_lazy("Lists to check before sending"),
    "requests": gettext_lazy("Responses to data subject requests"),
    "penalty": gettext_lazy("Penalties for violations"),
}
VALUE_KIND_LABELS = {"legal": gettext_lazy("Legal limit"), "strict": gettext_lazy("Strict value")}
EVIDENCE_LABELS = {
    "V": gettext_lazy("Primary source checked"),
    "S": gettext_lazy("Secondary source checked, not the primary text"),
    "M": gettext_lazy("No source checked, or a value of our own: verify"),
}
FLAG_LABELS = {
    "affirmative_act": gettext_lazy("given by a clear affirmative action, such as ticking a box"),
    "separate_from_terms": gettext_lazy("requested separately from any terms and conditions"),
    "not_condition_of_purchase": gettext_lazy("with notice that it is not a condition of purchase"),
    "named_controller": gettext_lazy("with notice of who will send the messages"),
    "pewc_disclosure": gettext_lazy("with notice that automated marketing text messages will be sent"),
    "e_signature": gettext_lazy("signed; a ticked box or a keyword counts as a signature"),
    "address_confirmed": gettext_lazy("confirmed from the address itself"),
    "explicit_special_category": gettext_lazy(
        "given explicitly, because it reveals something about the person’s health"
    ),
    "hipaa_elements": gettext_lazy("authorised in writing on a form for health records"),
    "evidence_clock": gettext_lazy("with a recorded start date"),
    "guardian": gettext_lazy("given by a parent or guardian"),
}
CONTENT_LABELS: dict[str, Any] = {
    code: code.traits.requirement for code in ContentCode if code in ContentCode.requirements()
}
LIST_LABELS = {
    "suppression": gettext_lazy("our own suppression list"),
    "us_dnc": gettext_lazy("the national do-not-call list (USA)"),
    "us_internal_dnc": gettext_lazy("the sender’s own do-not-call list (USA)"),
    "state_lists": gettext_lazy("state do-not-call lists (USA)"),
    "reassigned_numbers": gettext_lazy("reassigned numbers (USA)"),
    "deactivations": gettext_lazy("numbers deactivated by carriers"),
    "sg_dnc": gettext_lazy("the do-not-call register (Singapore)"),
    "in_dlt": gettext_lazy("the preference register of the carriers (India)"),
    "robinson": gettext_lazy("the objection list (Robinson list)"),
}
SCOPE_LABELS = {
    "topic": gettext_lazy("at least the topic of the message replied to"),
    "programme": gettext_lazy("at least all messages of that kind from the sender"),
    "brand": gettext_lazy("all messages from the sender on this channel"),
    "everything": gettext_lazy("all messages from all senders, on every channel"),
}
NUMBER_LABELS = {
    ("repermission", "months"): ngettext_lazy("after %(n)d month", "after %(n)d months", "n"),
    ("minimum_age", "years"): ngettext_lazy("%(n)d year", "%(n)d years", "n"),
    ("caps", "day"): ngettext_lazy("at most %(n)d per calendar day", "at most %(n)d per calendar day", "n"),
    ("caps", "hours24"): ngettext_lazy("at most %(n)d in any 24 hours", "at most %(n)d in any 24 hours", "n"),
    ("caps", "week"): ngettext_lazy("at most %(n)d in any 7 days", "at most %(n)d in any 7 days", "n"),
    ("caps", "month"): ngettext_lazy("at most %(n)d in any 30 days", "at most %(n)d in any 30 days", "n"),
    ("segments", "most"): ngettext_lazy("at most %(n)d segment", "at most %(n)d segments", "n"),
    ("characters", "most"): ngettext_lazy("at most %(n)d character", "at most %(n)d characters", "n"),
    ("honour", "seconds"): ngettext_lazy("within %(n)d second", "within %(n)d seconds", "n"),
    ("honour", "business_days"): ngettext_lazy("within %(n)d business day", "within %(n)d business days", "n"),
    ("honour", "calendar_days"): ngettext_lazy("within %(n)d calendar day", "within %(n)d calendar days", "n"),
    ("mechanism", "days"): ngettext_lazy("for at least %(n)d day", "for at least %(n)d days", "n"),
    ("confirmation", "most"): ngettext_lazy("at most %(n)d message", "at most %(n)d messages", "n"),
    ("confirmation", "within_seconds"): ngettext_lazy("within %(n)d second", "within %(n)d seconds", "n"),
    ("retention", "evidence_months"): ngettext_lazy(
        "proof of consent for %(n)d month", "proof of consent for %(n)d months", "n"
    ),
    ("retention", "optout_months"): ngettext_lazy("opt-outs for %(n)d month", "opt-outs for %(n)d months", "n"),
    ("retention", "message_months"): ngettext_lazy(
        "sent messages for %(n)d month", "sent messages for %(n)d months", "n"
    ),
    ("requests", "acknowledge_days"): ngettext_lazy(
        "acknowledged within %(n)d day", "acknowledged within %(n)d days", "n"
    ),
    ("requests", "acknowledge_business_days"): ngettext_lazy(
        "acknowledged within %(n)d business day", "acknowledged within %(n)d business days", "n"
    ),
    ("requests", "complete_days"): ngettext_lazy("answered within %(n)d day", "answered within %(n)d days", "n"),
    ("requests", "extend_days"): ngettext_lazy(
        "may take %(n)d day longer, if the person is informed",
        "may take %(n)d days longer, if the person is informed",
        "n",
    ),
    ("requests", "optout_business_days"): ngettext_lazy(
        "opt-outs are processed within %(n)d business day",
        "opt-outs are processed within %(n)d business days",
        "n",
    ),
}
LASTING = ngettext_lazy("“%(basis)s”, for %(n)d month", "“%(basis)s”, for %(n)d months", "n")


def field_label(name: str) -> str:
    """The name of a figure."""
    return str(FIELD_LABELS.get(name, name))


def value_lines(name: str, said: Any) -> list[str]:
    """What a parsed figure says, one thing a line."""
    return FORMATTERS[name](said) if said is not None else []


def recorded_value_lines(name: str, said: Any) -> list[str]:
    """The same for a merged figure as a TermsRecord keeps it, in JSON."""
    if name == "window":
        return [window_lines(tuple(tuple(hours) if hours else None for hours in said))]
    return value_lines(name, said.items() if isinstance(said, dict) else said)


def _named(names: dict[str, Any]) -> Callable[[Iterable[str]], list[str]]:
    """One line for each word, in the order of the table."""

    def words(said: Iterable[str]) -> list[str]:
        return [str(label) for code, label in names.items() if code in set(said)]

    return words


def _numbered(name: str) -> Callable[[Iterable[tuple[str, int]]], list[str]]:
    keys = [key for figure_name, key in NUMBER_LABELS if figure_name == name]

    def words(said: Iterable[tuple[str, int]]) -> list[str]:
        numbers = dict(said)
        return [_counted(name, key, numbers[key]) for key in keys if key in numbers]

    return words


def _counted(name: str, key: str, number: int) -> str:
    if key == "extend_days" and not number:
        return _("no extension allowed")
    return str(NUMBER_LABELS[name, key] % {"n": number})


def basis_lines(said: Iterable[tuple[str, int]]) -> list[str]:
    """What a consent may rest on, and for how long that counts; 0 months are for ever."""
    months = dict(said)
    return [_basis(str(label), months[code]) for code, label in Basis.choices if code in months]


def _basis(label: str, months: int) -> str:
    if not months:
        return _("“%(basis)s”, until withdrawn") % {"basis": label}
    return str(LASTING % {"basis": label, "n": months})


def window_lines(hours: Window) -> str:
    """Hours by weekday; days in a row that are alike are said once."""
    said = [_on(days, hours[days[0]]) for days in _alike(hours)]
    if hours[7] is None:
        said.append(_("closed on public holidays"))
    elif hours[7] != WHOLE_DAY:
        said.append(_("public holidays %(hours)s") % {"hours": span_label(hours[7])})
    return ", ".join(said)


def _alike(hours: Window) -> list[list[int]]:
    groups: list[list[int]] = []
    for day in range(7):
        if groups and hours[groups[-1][0]] == hours[day]:
            groups[-1].append(day)
        else:
            groups.append([day])
    return groups


def _on(days: list[int], hours: tuple[int, int] | None) -> str:
    words = {"first": WEEKDAYS_ABBR[days[0]], "last": WEEKDAYS_ABBR[days[-1]], "hours": span_label(hours)}
    if len(days) == 7:
        return _("every day %(hours)s") % words
    return (_("%(first)s–%(last)s %(hours)s") if len(days) > 1 else _("%(first)s %(hours)s")) % words


def span_label(hours: tuple[int, int] | None) -> str:
    """From when until when on one day."""
    if hours is None:
        return _("closed")
    return f"{clock_label(hours[0])}–{clock_label(hours[1])}"


def clock_label(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


FORMATTERS: dict[str, Callable[[Any], list[str]]] = {
    **{name: _numbered(name) for name, _key in NUMBER_LABELS},
    **{name: _named(FLAG_LABELS) for name in ("consent", "health_consent", "records_consent")},
    "bases": basis_lines,
    "window": lambda said: [window_lines(said)],
    "holidays": sorted,
    "content": _named(CONTENT_LABELS),
    "labels": sorted,
    "revocation": lambda said: [str(SCOPE_LABELS[said])],
    "scrub": _named(LIST_LABELS),
    "penalty": sorted,
}
