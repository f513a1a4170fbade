"""Countries and time zones as people choose them from a list."""

from functools import cache
from zoneinfo import available_timezones

from phonenumbers import SUPPORTED_REGIONS
from phonenumbers.geodata.locale import LOCALE_DATA

REGIONS = ("Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")


@cache
def countries(language: str) -> list[tuple[str, str]]:
    """Code and name of every country, by name in this language or else in English."""
    named = [(code, _name(code, language)) for code in SUPPORTED_REGIONS]
    return sorted(named, key=lambda country: country[1].casefold())


def _name(code: str, language: str) -> str:
    names = LOCALE_DATA.get(code, {})
    name = names.get(language) or names.get("en") or code
    return names.get(name[1:], code) if name.startswith("*") else name


@cache
def time_zones() -> list[tuple[str, list[tuple[str, str]]]]:
    """Every time zone that is named after a place, by part of the world, and UTC."""
    zones = sorted(available_timezones())
    of = {region: [zone for zone in zones if zone.startswith(f"{region}/")] for region in REGIONS}
    groups = [(region, [(zone, _place(zone)) for zone in found]) for region, found in of.items() if found]
    return [("UTC", [("UTC", "UTC")]), *groups]


def _place(zone: str) -> str:
    return zone.partition("/")[2].replace("_", " ").replace("/", ", ")
