"""Countries, their states and the clocks people live by there. Pure; reads whereabouts_data/ and IANA's tables.

A state is written like US-FL or CA-QC. Two zones are one clock when they show the same hour all through three years:
which of their names we use makes no difference to anybody.
"""

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from importlib import resources
from pathlib import Path
from types import MappingProxyType
from zoneinfo import ZoneInfo, available_timezones

DATA = Path(__file__).with_name("data")
IANA = resources.files("tzdata") / "zoneinfo"
US, CA = "US", "CA"
UNDER_THE_FLAG = frozenset({"US", "PR", "VI", "AS", "GU", "MP"})  # countries in ISO, under federal law all the same
SPELLED = {"UK": "GB", "EL": "GR"}  # as people and the EU write them
OVERSEAS = {"AX": "FI", "GF": "FR", "GP": "FR", "MF": "FR", "MQ": "FR", "RE": "FR", "YT": "FR"}  # countries in ISO only
IN_THE_EU = frozenset(
    "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK IS LI NO".split()  # noqa: SIM905
)  # IS, LI and NO have its rules by the EEA agreement
MISSING_IN_IANA = {"XK": ("Europe/Belgrade",), "AC": ("Atlantic/St_Helena",), "TA": ("Atlantic/St_Helena",)}
ALL_OF_THE_STATES = (  # who is open in these is open in every zone between them
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Los_Angeles",
    "America/Anchorage",
    "Pacific/Honolulu",
)
NO_PLACES = frozenset({"Factory", "localtime"})
WEEKS = [datetime(2026, 1, 1, 12, tzinfo=UTC) + timedelta(weeks=number) for number in range(157)]
_STATE = re.compile(r"[A-Z0-9]{1,3}\Z")
_ZIP = re.compile(r"(\d{5})(-?\d{4})?\Z")
_CANADIAN = re.compile(r"[A-CEGHJ-NPR-TVXY]\d[A-Z]\d[A-Z]\d\Z")


def _iana_rows(name: str) -> Iterable[list[str]]:
    lines = (IANA / name).read_text("utf-8").splitlines()
    return (line.split("\t") for line in lines if not line.startswith("#"))


def _zone_table() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = defaultdict(tuple)
    for code, _where, zone, *_rest in _iana_rows("zone.tab"):
        found[code] += (zone,)
    return dict(found) | MISSING_IN_IANA


def _load_territories(name: str) -> dict:
    return tomllib.loads((DATA / name).read_text("utf-8"))


def _expand_prefixes(text: str) -> Iterable[str]:
    """The prefixes of a list like “005 100-149 06390”."""
    for part in text.split():
        first, _dash, last = part.partition("-")
        yield from (str(number).zfill(len(first)) for number in range(int(first), int(last or first) + 1))


_US, _CA = _load_territories("united_states.toml"), _load_territories("canada.toml")
NO_AREA: Mapping[str, str] = MappingProxyType(_US.pop("no_area"))
TERRITORIES = _US.pop("territories")
ELSEWHERE: Mapping[str, dict[str, tuple[str, ...]]] = MappingProxyType(
    {
        country: {code: tuple(zones.split()) for zones, codes in row.items() for code in _expand_prefixes(codes)}
        for country, row in _load_territories("elsewhere.toml").items()
    }
)
STATES: Mapping[str, dict] = MappingProxyType(_US | _CA)
COUNTRIES = frozenset(code for code, _name in _iana_rows("iso3166.tab")) | MISSING_IN_IANA.keys()
_ZONES = _zone_table()
_CODES = {f"{state[:2]} {row['name'].casefold()}": state for state, row in STATES.items()}
_BY_ZIP = {prefix: state for state, row in _US.items() for prefix in _expand_prefixes(row["zip"])} | {
    prefix: code for code, prefixes in TERRITORIES.items() for prefix in _expand_prefixes(prefixes)
}


def parse_country(text: str) -> str:
    """The ISO code of a country as it was written; empty for none we know."""
    code = text.strip().upper()
    code = SPELLED.get(code, code)
    return code if code in COUNTRIES else ""


def parse_state(country: str, text: str) -> str:
    """The full code of a state from FL, US-FL or Florida; a territory of the USA is its country. Empty if unknown."""
    short = text.strip().upper().removeprefix(f"{country}-")
    code = f"{country}-{short}"
    if country not in (US, CA):
        return code if _STATE.match(short) and country else ""
    if country == US and short in TERRITORIES and short != US:
        return short
    return code if code in STATES else _CODES.get(f"{country} {short.casefold()}", "")


@lru_cache(maxsize=100_000)
def states_of_postal_code(text: str) -> tuple[str, ...]:
    """The states that a US or Canadian postal code lies in, or a territory, or just US; empty for any other."""
    code = text.strip().upper().replace(" ", "")
    if _CANADIAN.match(code):
        return tuple(name for name, row in _CA.items() if code[0] in row["postal"])
    found = _ZIP.match(code)
    name = found and (_BY_ZIP.get(found[1]) or _BY_ZIP.get(found[1][:3]))
    return (name,) if name else ()


def _area_codes() -> dict[str, tuple[tuple[str, tuple[str, ...]], ...]]:
    found: dict[str, tuple] = defaultdict(tuple)
    for name, row in STATES.items():
        for zones, codes in row["area_codes"].items():
            for code in codes.split():
                found[code] += ((name, tuple(zones.split())),)
    return dict(found)


# area code → the states it serves, each with its clocks there
AREA_CODES: Mapping[str, tuple[tuple[str, tuple[str, ...]], ...]] = MappingProxyType(_area_codes())


@cache
def time_zones_of(place: str) -> tuple[str, ...]:
    """The clocks of a country or state, each once."""
    row = STATES.get(place)
    found = row["zones"] if row else _ZONES.get(place[:2], ())
    return distinct_clocks(sorted(found, key=lambda zone: zone.startswith("Antarctica/")))


@cache
def rulebook_names(country: str) -> frozenset[str]:
    """Under which names the rules of a country may stand: FR has rows of its own and those of the EU.

    Federal law holds in the territories of the United States too (47 USC 153(58)).
    """
    home = US if country in UNDER_THE_FLAG else OVERSEAS.get(country, country)
    if home == US:
        return frozenset({country, US})
    return frozenset({country, home, "EU"} if home in IN_THE_EU else {country})


@cache
def known_zones() -> frozenset[str]:
    """Every name a time zone can have."""
    return frozenset(available_timezones()) - NO_PLACES


@cache
def clock_pattern(zone: str) -> tuple[timedelta | None, ...]:
    """What a clock there shows, week after week: the same for zones that are one."""
    there = ZoneInfo(zone)
    return tuple(there.utcoffset(week) for week in WEEKS)


def distinct_clocks(zones: Iterable[str]) -> tuple[str, ...]:
    """These zones without those that show the hour of another one before them."""
    return tuple({clock_pattern(zone): zone for zone in reversed(tuple(zones))}.values())[::-1]


def shared_clocks(zones: Iterable[str], others: Iterable[str]) -> tuple[str, ...]:
    """Those of the zones whose hour some of the others show too."""
    clocks = {clock_pattern(zone) for zone in others}
    return tuple(zone for zone in zones if clock_pattern(zone) in clocks)
