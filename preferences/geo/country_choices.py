"""Countries and time zones as people choose them from a list."""

from functools import cache
from zoneinfo import available_timezones

from babel import Locale
from django.conf import settings
from django.utils.translation import get_language
from phonenumbers import SUPPORTED_REGIONS

# Zones that have a newer name, by region; somebody who has one of them keeps it.
RENAMED = {
    "Africa": "Asmera Timbuktu",
    "America": (
        "Argentina/ComodRivadavia Atka Buenos_Aires Catamarca Coral_Harbour Cordoba Ensenada Fort_Wayne Godthab "
        "Indianapolis Jujuy Knox_IN Louisville Mendoza Montreal Nipigon Pangnirtung Porto_Acre Rainy_River Rosario "
        "Santa_Isabel Shiprock Thunder_Bay Virgin Yellowknife"
    ),
    "Antarctica": "South_Pole",
    "Asia": (
        "Ashkhabad Calcutta Choibalsan Chongqing Chungking Dacca Harbin Istanbul Kashgar Katmandu Macao Rangoon "
        "Saigon Tel_Aviv Thimbu Ujung_Pandang Ulan_Bator"
    ),
    "Atlantic": "Faeroe Jan_Mayen",
    "Australia": "ACT Canberra Currie LHI NSW North Queensland South Tasmania Victoria West Yancowinna",
    "Europe": "Belfast Kiev Nicosia Tiraspol Uzhgorod Zaporozhye",
    "Pacific": "Enderbury Johnston Ponape Samoa Truk Yap",
}
REGIONS = ("Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")


@cache
def country_choices(language: str) -> list[tuple[str, str]]:
    """Code and name of every country (ISO 3166-1 alpha-2), by name in this language or else in the default one.

    The names are those of the Unicode CLDR, which Babel ships.
    """
    names = Locale.parse(language, sep="-").territories
    others = Locale.parse(settings.LANGUAGE_CODE, sep="-").territories
    named = [(code, names.get(code) or others.get(code) or code) for code in SUPPORTED_REGIONS]
    return sorted(named, key=lambda country: country[1].casefold())


def country_name(code: str) -> str:
    """The name of a country in the language of the reader; the code itself when it is no country."""
    return dict(country_choices(get_language() or settings.LANGUAGE_CODE)).get(code, code)


@cache
def time_zone_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """Every time zone by the name of today, by part of the world, and UTC."""
    old = {f"{region}/{place}" for region, places in RENAMED.items() for place in places.split()}
    zones = sorted(available_timezones() - old)
    of = {region: [zone for zone in zones if zone.startswith(f"{region}/")] for region in REGIONS}
    groups = [(region, [(zone, _name_of(zone)) for zone in found]) for region, found in of.items() if found]
    return [("UTC", [("UTC", "UTC")]), *groups]


def _name_of(zone: str) -> str:
    return zone.replace("_", " ")
