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

__all__ = ["Place", "of", "place"]

DECLARED, POSTAL, COUNTRY, NUMBER, SENDER = "declared", "postal", "country", "number", "sender"
UNKNOWN, DISAGREEING = "unknown", "disagreeing"
LONGEST_SAID = 64


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody may be. Without jurisdictions nobody knows, and nothing is sent.

    `because` says which source told what, for people to read: ("number", "US-CA"), ("unknown_time_zone", "Mars/Base").
    """

    jurisdictions: frozenset[str] = frozenset()
    zones: tuple[str, ...] = ()
    zone_source: str = UNKNOWN
    because: tuple[tuple[str, str], ...] = ()
    countries: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Clue:
    """What one source tells: countries, states in them, clocks. `said` is what it told, or could not be read."""

    source: str
    countries: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    zones: tuple[str, ...] = ()
    said: tuple[tuple[str, str], ...] = ()


def place(
    *, channel: str, value: str, country: str, region: str, postal_code: str, time_zone: str, sender_country: str
) -> Place:
    """Where the person at this address may be, by everything we were told."""
    number = phone_areas.beginning(value) if channel == Channel.SMS else None
    return _place(number, country, region, territories.postal(postal_code), time_zone, sender_country)


def of(contact: Contact, *, number: str = "", sender_country: str = "") -> Place:
    """Where this person may be, asked of one of their numbers or of what they told us alone."""
    return place(
        channel=Channel.SMS if number else Channel.EMAIL,
        value=number,
        country=contact.country,
        region=contact.region,
        postal_code=contact.postal_code,
        time_zone=contact.time_zone,
        sender_country=sender_country,
    )


@lru_cache(maxsize=100_000)
def _place(
    number: tuple[str, str] | None,
    country: str,
    region: str,
    postal: tuple[str, ...],
    time_zone: str,
    sender_country: str,
) -> Place:
    dialled = _number(number) if number else Clue(NUMBER)
    home = territories.country(country)
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
        return _among(theirs, sender)
    if number or country.strip() or not sender.countries:
        return Place(because=_said(theirs))
    return _among(theirs if any(clue.zones for clue in theirs) else [*theirs, sender], sender)


def _among(clues: list[Clue], sender: Clue) -> Place:
    counted = [*clues, sender]
    countries = frozenset(chain.from_iterable(clue.countries for clue in counted))
    states = chain.from_iterable(clue.states for clue in counted)
    zones, source = _clocks([clue for clue in clues if clue.zones])
    because = tuple(dict.fromkeys(_said(counted)))
    return Place(countries.union(states, *map(territories.names, countries)), zones, source, because, countries)


def _said(clues: Iterable[Clue]) -> tuple[tuple[str, str], ...]:
    return tuple(chain.from_iterable(clue.said for clue in clues))


def _clocks(clues: list[Clue]) -> tuple[tuple[str, ...], str]:
    """The clocks that must all be open, and which source told. Clues come in the order in which we trust them."""
    groups: list[Clue] = []
    for clue in clues:
        narrower = [_narrowed(group, clue) for group in groups]
        groups = [found or group for found, group in zip(narrower, groups, strict=True)]
        groups += [] if any(narrower) else [clue]
    if any(not territories.common(one.zones, other.zones) for one, other in combinations(groups, 2)):
        return _must_be_open(groups), DISAGREEING
    zones = _must_be_open(groups)
    exact = (clue.source for clue in clues if _fewer(clue.zones) == zones)
    return zones, next(exact, clues[0].source) if clues else UNKNOWN


def _narrowed(one: Clue, other: Clue) -> Clue | None:
    """What both tell together, if they can be about one place and share a clock."""
    if not _compatible(one, other):
        return None
    fewer, more = sorted((one, other), key=lambda clue: len(clue.zones))
    zones = territories.common(fewer.zones, more.zones)
    place = one if one.states or not other.countries else other
    return replace(one, countries=place.countries, states=place.states, zones=zones) if zones else None


def _compatible(one: Clue, other: Clue) -> bool:
    """Can both be true of one place? New York is not inside Florida, though both have its clock."""
    if one.states and other.states:
        return not set(one.states).isdisjoint(other.states)
    return not (one.countries and other.countries) or not set(one.countries).isdisjoint(other.countries)


def _must_be_open(groups: list[Clue]) -> tuple[str, ...]:
    return territories.distinct(chain.from_iterable(_fewer(group.zones) for group in groups))


def _fewer(zones: tuple[str, ...]) -> tuple[str, ...]:
    everywhere = set(zones) == set(territories.zones(territories.US))
    return territories.ALL_OF_THE_STATES if everywhere else zones


def _clue(source: str, places: Iterable[str], said_by: str) -> Clue:
    places = tuple(places)
    return Clue(
        source,
        countries=tuple(dict.fromkeys(place[:2] for place in places)),
        states=tuple(place for place in places if "-" in place),
        zones=territories.distinct(chain.from_iterable(map(territories.zones, places))),
        said=tuple((said_by, place) for place in places),
    )


def _unread(source: str, what: str, text: str) -> Clue:
    return Clue(source, said=((f"unknown_{what}", text.strip()[:LONGEST_SAID]),) if text.strip() else ())


def _time_zone(text: str) -> Clue:
    zone = text.strip()
    if zone not in territories.known_zones():
        return _unread(DECLARED, "time_zone", text)
    return Clue(DECLARED, zones=(zone,), said=(("time_zone", zone),))


def _postal(places: tuple[str, ...], home: str, dialled: Clue) -> Clue:
    """Canadian codes are like no others; five digits are a ZIP code only where people may be in the USA."""
    abroad = home not in territories.TERRITORIES if home else territories.US not in dialled.countries
    if not places or (abroad and not places[0].startswith(f"{territories.CA}-")):
        return Clue(POSTAL)
    return (
        _clue(POSTAL, places, POSTAL)
        if places != (territories.US,)
        else Clue(POSTAL, places, said=((POSTAL, territories.US),))
    )


def _state(text: str, home: str, dialled: Clue) -> Clue:
    """The state that was declared, of the country that was declared or else of the number's."""
    spelled = territories.country(text.strip()[:2]) if text.strip()[2:3] == "-" else ""
    found = (territories.state(country, text) for country in [home or spelled, *([] if home else dialled.countries)])
    state = next(filter(None, found), "")
    return _clue(COUNTRY, [state], DECLARED) if state else _unread(COUNTRY, "region", text)


def _country(source: str, text: str) -> Clue:
    code = territories.country(text)
    said_by = SENDER if source == SENDER else DECLARED
    return _clue(source, [code], said_by) if code else _unread(source, "country", text)


def _number(number: tuple[str, str]) -> Clue:
    area = phone_areas.area(*number)
    if not area.countries:
        return _unread(NUMBER, "number", number[1])
    said = tuple((NUMBER, place) for place in area.states or area.countries)
    return Clue(NUMBER, area.countries, area.states, area.zones, said)
