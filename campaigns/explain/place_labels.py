"""Where somebody may be, who told us, and what time it is there, in words. Reads nothing."""

from django.conf import settings
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from campaigns.explain import clock_labels
from campaigns.explain.check_answers import Fact
from campaigns.explain.explanation_case import ExplanationCase
from preferences.geo import country_choices
from preferences.rulebook import book as rulebook

SOURCE_LABELS = {
    "declared": gettext_lazy("provided by the person"),
    "country": gettext_lazy("their country"),
    "postal": gettext_lazy("their postal code"),
    "number": gettext_lazy("their phone number"),
    "sender": gettext_lazy("the sender is based there"),
    "time_zone": gettext_lazy("the time zone they provided"),
    "unknown": gettext_lazy("unknown"),
    "disagreeing": gettext_lazy("conflicting sources; sending must be allowed in all of them"),
    "unknown_time_zone": gettext_lazy("a time zone that cannot be read"),
    "unknown_region": gettext_lazy("a region that cannot be read"),
    "unknown_country": gettext_lazy("a country that cannot be read"),
    "unknown_number": gettext_lazy("a phone number without a country"),
}


def source_label(name: str) -> str:
    """By which way we know."""
    return str(SOURCE_LABELS.get(name, name))


def place_label(code: str) -> str:
    """A place as the rulebook calls it, or else its country, with the state behind it: “United States · ME”."""
    known = {rule.jurisdiction: rule.jurisdiction_name for rule in rulebook.current_rulebook().rules}
    if code in known:
        return known[code]
    country, _dash, state = code.partition("-")
    name = known.get(country) or dict(country_choices.country_choices(get_language() or settings.LANGUAGE_CODE)).get(
        country, country
    )
    return f"{name} · {state}" if state else name


def place_facts(case: ExplanationCase) -> tuple[Fact, ...]:
    """Where they may be, who told us, and what time it is there."""
    where = case.facts.place
    codes = sorted(where.jurisdictions)
    ruled = list(dict.fromkeys(rule.jurisdiction for rule in case.rules))
    because = [
        _("%(place)s: %(source)s") % {"place": _place(case, said), "source": source_label(told_by)}
        for told_by, said in where.because
    ]
    nowhere, no_zone = _("Location unknown."), _("Unknown.")
    return (
        Fact(
            "jurisdictions", _("Possible locations"), ", ".join(_place(case, code) for code in codes) or nowhere, codes
        ),
        Fact("because", _("Location based on"), "; ".join(because) or nowhere, [list(pair) for pair in where.because]),
        Fact("rules_of", _("Jurisdictions"), ", ".join(_place(case, code) for code in ruled) or "–", ruled),
        Fact("zones", _("Local time"), clock_labels.local_labels(case.at, where.zones) or no_zone, list(where.zones)),
        Fact("time_zone_source", _("Time zone based on"), source_label(where.time_zone_source), where.time_zone_source),
    )


def _place(case: ExplanationCase, code: str) -> str:
    """The name of a jurisdiction as the rulebook calls it, or else of the country."""
    return case.where.get(code) or dict(country_choices.country_choices(get_language() or settings.LANGUAGE_CODE)).get(
        code, code
    )
