"""What a phone number tells about where it belongs: countries, states and clocks, from its first digits alone.

phonenumbers says which country a number is of. Which clocks an area lives by is our own data: its list puts Orlando in
Chicago's zone, and the mobile numbers of all Indonesia in Jakarta's. Numbers move with people, so this is one source
among several; jurisdictions.py weighs them.
"""

import re
from dataclasses import dataclass
from functools import cache, lru_cache

import phonenumbers

from preferences.geo import territories

UNKNOWN_AREA = "001"  # phonenumbers' name for codes of the whole world, like +800
AREA = len("+1207")  # how many characters decide the place in North America
PREFIX = len("+44762450")  # and which of the countries that share a code elsewhere
CACHE_SIZE = 100_000
_CODES = {str(code): regions for code, regions in phonenumbers.COUNTRY_CODE_TO_REGION_CODE.items()}
_E164 = re.compile(r"\+[1-9]\d{5,14}\Z", re.ASCII)
_AREA_CODE = re.compile(r"\+1\d{3}\Z", re.ASCII)
_regions: dict[str, str] = {}


@dataclass(frozen=True, slots=True)
class PhoneArea:
    """Where numbers with one beginning belong. Several states: one of them, nobody knows which."""

    countries: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    zones: tuple[str, ...] = ()


def split_prefix(value: str) -> tuple[str, str]:
    """The country of a number and as much of it as its area depends on: few enough to be remembered."""
    if value.startswith("+1"):
        return "", value[:AREA]
    code = next((code for code in (value[1:4], value[1:3], value[1:2]) if code in _CODES), "")
    if not code or not _E164.match(value):
        return "", value[:4]
    country = _country(code, value)
    return country, value[: 1 + len(code) + (2 if country in territories.ELSEWHERE else 0)]


def _country(code: str, value: str) -> str:
    """The country among those that share a calling code; the main one where the number fits none."""
    regions = _CODES[code]
    if len(regions) == 1:
        return "" if regions[0] == UNKNOWN_AREA else regions[0]
    return _regions.get(value[:PREFIX]) or _lookup_area(int(code), value) or regions[0]


def _lookup_area(code: int, value: str) -> str | None:
    national = value[1 + len(str(code)) :]
    number = phonenumbers.PhoneNumber(
        country_code=code, national_number=int(national), italian_leading_zero=national.startswith("0") or None
    )
    region = phonenumbers.region_code_for_number(number)
    if region:  # a number that exists: its neighbours are in the same country
        if len(_regions) >= CACHE_SIZE:
            _regions.clear()
        _regions[value[:PREFIX]] = region
    return region


@lru_cache(maxsize=CACHE_SIZE)
def phone_area(country: str, prefix: str) -> PhoneArea:
    """Where numbers that begin like this belong; an empty area for numbers of the whole world and for no numbers."""
    if prefix.startswith("+1"):
        return _north_america(prefix[2:]) if _AREA_CODE.match(prefix) else PhoneArea()
    clocks = territories.ELSEWHERE.get(country, {}).get(prefix[-2:]) or territories.time_zones_of(country)
    return PhoneArea((country,), (), clocks) if country else PhoneArea()


def _north_america(code: str) -> PhoneArea:
    if served := territories.AREA_CODES.get(code):
        states = tuple(state for state, _zones in served)
        zones = territories.distinct_clocks(zone for _state, zones in served for zone in zones)
        return PhoneArea((states[0][:2],), states, zones)
    if code in territories.NO_AREA["both"].split():
        return PhoneArea((territories.US, territories.CA), (), territories.time_zones_of(territories.US))
    country = territories.CA if code in territories.NO_AREA[territories.CA].split() else _island(code) or territories.US
    return PhoneArea((country,), (), territories.time_zones_of(country))


@cache
def _islands() -> dict[str, str]:
    """Calling code 1 belongs to them too; each has area codes of its own."""
    metadata = {region: phonenumbers.PhoneMetadata.metadata_for_region(region) for region in _CODES["1"]}
    return {region: row.leading_digits for region, row in metadata.items() if row and row.leading_digits}


def _island(code: str) -> str:
    return next((region for region, digits in _islands().items() if re.match(digits, code)), "")
