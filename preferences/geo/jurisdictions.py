"""Who is where: which rules a person may be under, and which clocks they may live by. Pure, and cached.

Nobody knows for certain, so every source counts: what they declared, their postal code, their number, and the sender's
country. Rules of all of them apply. Of the clocks, a source that is more precise narrows one that holds it; sources
that contradict each other are both kept, and the hours must fit every clock.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import chain, combinations

from preferences.geo import phone_areas, territories
from preferences.models import Channel, Contact

DECLARED, POSTAL, COUNTRY, NUMBER, SENDER = "declared", "postal", "country", "number", "sender"
UNKNOWN, DISAGREEING = "unknown", "disagreeing"
MAX_SHOWN_LENGTH = 64


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody may be. Without jurisdictions nobody knows, and nothing is sent.

    `because` says which source told what, for people to read: ("number", "US-CA"), ("unknown_time_zone", "Mars/Base").
    """

    jurisdictions: frozenset[str] = frozenset()
    zones: tuple[str, ...] = ()
    time_zone_source: str = UNKNOWN
    because: tuple[tuple[str, str], ...] = ()
    countries: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class LocationSignal:
    """What one source tells: countries, states in them, clocks. `said` is what it told, or could not be read."""

    source: str
    countries: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    zones: tuple[str, ...] = ()
    said: tuple[tuple[str, str], ...] = ()


def locate(
    *, channel: str, value: str, country: str, region: str, postal_code: str, time_zone: str, sender_country: str
) -> Place:
    """Where the person at this address may be, by everything we were told."""
    number = phone_areas.split_prefix(value) if channel == Channel.SMS else None
    return _locate_cached(
        number, country, region, territories.states_of_postal_code(postal_code), time_zone, sender_country
    )


def locate_contact(contact: Contact, *, number: str = "", sender_country: str = "") -> Place:
    """Where this person may be, asked of one of their numbers or of what they told us alone."""
    return locate(
        channel=Channel.SMS if number else Channel.EMAIL,
        value=number,
        country=contact.country,
        region=contact.region,
        postal_code=contact.postal_code,
        time_zone=contact.time_zone,
        sender_country=sender_country,
    )


@lru_cache(maxsize=100_000)
def _locate_cached(
    number: tuple[str, str] | None,
    country: str,
    region: str,
    postal: tuple[str, ...],
    time_zone: str,
    sender_country: str,
) -> Place:
    dialled = _number(number) if number else LocationSignal(NUMBER)
    home = territories.parse_country(country)
    theirs = [
        _time_zone(time_zone),
        _postal(postal, home, dialled),
        _state(region, home, dialled),
        _country(COUNTRY, country),
        dialled,
    ]
    if home == territories.US and any(territories.TERRITORIES.keys() - {home} & set(clue.countries) for clue in theirs):
        theirs[3] = replace(theirs[3], zones=())  # people on Puerto Rico live in the USA, and not in its six zones
    sender = _country(SENDER, sender_country)
    if any(clue.countries for clue in theirs):
        return _possible_countries(theirs, sender)
    if number or country.strip() or not sender.countries:
        return Place(because=_signals_text(theirs))
    return _possible_countries(theirs if any(clue.zones for clue in theirs) else [*theirs, sender], sender)


def _possible_countries(clues: list[LocationSignal], sender: LocationSignal) -> Place:
    counted = [*clues, sender]
    countries = frozenset(chain.from_iterable(clue.countries for clue in counted))
    states = chain.from_iterable(clue.states for clue in counted)
    zones, source = _clocks_to_respect([clue for clue in clues if clue.zones])
    because = tuple(dict.fromkeys(_signals_text(counted)))
    return Place(
        countries.union(states, *map(territories.rulebook_names, countries)), zones, source, because, countries
    )


def _signals_text(clues: Iterable[LocationSignal]) -> tuple[tuple[str, str], ...]:
    return tuple(chain.from_iterable(clue.said for clue in clues))


def _clocks_to_respect(clues: list[LocationSignal]) -> tuple[tuple[str, ...], str]:
    """The clocks that must all be open, and which source told. Clues come in the order in which we trust them."""
    groups: list[LocationSignal] = []
    for clue in clues:
        narrower = [_narrowed(group, clue) for group in groups]
        groups = [found or group for found, group in zip(narrower, groups, strict=True)]
        groups += [] if any(narrower) else [clue]
    if any(not territories.shared_clocks(one.zones, other.zones) for one, other in combinations(groups, 2)):
        return _must_be_open(groups), DISAGREEING
    zones = _must_be_open(groups)
    exact = (clue.source for clue in clues if _fewer(clue.zones) == zones)
    return zones, next(exact, clues[0].source) if clues else UNKNOWN


def _narrowed(one: LocationSignal, other: LocationSignal) -> LocationSignal | None:
    """What both tell together, if they can be about one place and share a clock."""
    if not _compatible(one, other):
        return None
    fewer, more = sorted((one, other), key=lambda clue: len(clue.zones))
    zones = territories.shared_clocks(fewer.zones, more.zones)
    place = one if one.states or not other.countries else other
    return replace(one, countries=place.countries, states=place.states, zones=zones) if zones else None


def _compatible(one: LocationSignal, other: LocationSignal) -> bool:
    """Can both be true of one place? New York is not inside Florida, though both have its clock."""
    if one.states and other.states:
        return not set(one.states).isdisjoint(other.states)
    return not (one.countries and other.countries) or not set(one.countries).isdisjoint(other.countries)


def _must_be_open(groups: list[LocationSignal]) -> tuple[str, ...]:
    return territories.distinct_clocks(chain.from_iterable(_fewer(group.zones) for group in groups))


def _fewer(zones: tuple[str, ...]) -> tuple[str, ...]:
    everywhere = set(zones) == set(territories.time_zones_of(territories.US))
    return territories.ALL_OF_THE_STATES if everywhere else zones


def _signal(source: str, places: Iterable[str], said_by: str) -> LocationSignal:
    places = tuple(places)
    return LocationSignal(
        source,
        countries=tuple(dict.fromkeys(place[:2] for place in places)),
        states=tuple(place for place in places if "-" in place),
        zones=territories.distinct_clocks(chain.from_iterable(map(territories.time_zones_of, places))),
        said=tuple((said_by, place) for place in places),
    )


def _unreadable_signal(source: str, what: str, text: str) -> LocationSignal:
    return LocationSignal(source, said=((f"unknown_{what}", text.strip()[:MAX_SHOWN_LENGTH]),) if text.strip() else ())


def _time_zone(text: str) -> LocationSignal:
    zone = text.strip()
    if zone not in territories.known_zones():
        return _unreadable_signal(DECLARED, "time_zone", text)
    return LocationSignal(DECLARED, zones=(zone,), said=(("time_zone", zone),))


def _postal(places: tuple[str, ...], home: str, dialled: LocationSignal) -> LocationSignal:
    """Canadian codes are like no others; five digits are a ZIP code only where people may be in the USA."""
    abroad = home not in territories.TERRITORIES if home else territories.US not in dialled.countries
    if not places or (abroad and not places[0].startswith(f"{territories.CA}-")):
        return LocationSignal(POSTAL)
    return (
        _signal(POSTAL, places, POSTAL)
        if places != (territories.US,)
        else LocationSignal(POSTAL, places, said=((POSTAL, territories.US),))
    )


def _state(text: str, home: str, dialled: LocationSignal) -> LocationSignal:
    """The state that was declared, of the country that was declared or else of the number's."""
    spelled = territories.parse_country(text.strip()[:2]) if text.strip()[2:3] == "-" else ""
    found = (
        territories.parse_state(country, text) for country in [home or spelled, *([] if home else dialled.countries)]
    )
    state = next(filter(None, found), "")
    return _signal(COUNTRY, [state], DECLARED) if state else _unreadable_signal(COUNTRY, "region", text)


def _country(source: str, text: str) -> LocationSignal:
    code = territories.parse_country(text)
    said_by = SENDER if source == SENDER else DECLARED
    return _signal(source, [code], said_by) if code else _unreadable_signal(source, "country", text)


def _number(number: tuple[str, str]) -> LocationSignal:
    area = phone_areas.phone_area(*number)
    if not area.countries:
        return _unreadable_signal(NUMBER, "number", number[1])
    said = tuple((NUMBER, place) for place in area.states or area.countries)
    return LocationSignal(NUMBER, area.countries, area.states, area.zones, said)
