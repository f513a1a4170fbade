"""What a line of an import says about the person beside their consent. Checked; what is wrong is left out, and said."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from preferences.errors import Unreadable
from preferences.geo import territories

OLDEST_AGE = 120
POSTAL = re.compile(r"[A-Z0-9]([A-Z0-9 -]{0,10}[A-Z0-9])?\Z")


def parse_details(said: dict[str, str], country: str) -> tuple[dict[str, Any], list[str]]:
    """The details that can be kept, and a sentence for each that cannot."""
    kept: dict[str, Any] = {}
    sentences = []
    for name, check in DETAIL_PARSERS.items():
        if text := said.get(name, ""):
            try:
                kept[name] = check(text, country)
            except Unreadable as error:
                sentences.append(str(error))
    return kept, sentences


def _region(text: str, country: str) -> str:
    within = country or territories.parse_country(text[:2] if text[2:3] == "-" else "")
    if found := territories.parse_state(within, text):
        return found.removeprefix(f"{within}-")
    raise Unreadable(_("The region is not known in this country, and was left out. Write it like FL or US-FL."))


def _postal_code(text: str, country: str) -> str:
    code = " ".join(text.upper().split())
    found = [name.startswith(f"{territories.CA}-") for name in territories.states_of_postal_code(code)]
    wanted = {territories.CA: [True], territories.US: [False]}.get(country)
    if not POSTAL.match(code) or (wanted and found[:1] != wanted):
        raise Unreadable(_("The postal code is not one of this country, and was left out."))
    return code


def _time_zone(text: str, country: str) -> str:
    if text in territories.known_zones():
        return text
    raise Unreadable(_("The time zone is not known, and was left out. Write it like Europe/Paris."))


def _born_on(text: str, country: str) -> date:
    today = timezone.localdate()
    try:
        born = date.fromisoformat(text)
    except ValueError:
        raise Unreadable(_("The birthday is unclear, and was left out. Write it like 1980-12-31.")) from None
    if not today.year - OLDEST_AGE <= born.year or born > today:
        raise Unreadable(_("The birthday cannot be right, and was left out."))
    return born


DETAIL_PARSERS: dict[str, Callable[[str, str], str | date]] = {
    "region": _region,
    "postal_code": _postal_code,
    "time_zone": _time_zone,
    "born_on": _born_on,
}
