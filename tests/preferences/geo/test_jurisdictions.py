"""Who is where: every source counts, and none is believed alone."""

import re

import phonenumbers
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from phonenumbers import geocoder

from preferences.geo import jurisdictions, phone_areas, territories

MAINE, FLORIDA, TOLL_FREE, BAVARIA = "+12075550100", "+13055550100", "+18005550100", "+4915112345678"
NEW_YORK, CHICAGO, LOS_ANGELES = "America/New_York", "America/Chicago", "America/Los_Angeles"
SIX = territories.ALL_OF_THE_STATES
NOTHING = {"country": "", "region": "", "postal_code": "", "time_zone": "", "sender_country": "US"}


def text(number, **told):
    return jurisdictions.locate(channel="sms", value=number, **(NOTHING | told))


def mail(**told):
    return jurisdictions.locate(channel="email", value="ana@example.org", **(NOTHING | told))


def zones(place):
    return set(place.zones), place.time_zone_source


# Which rules


@pytest.mark.parametrize(
    ("place", "names"),
    [
        (text(MAINE), {"US", "US-ME"}),
        (text(MAINE, country="US", region="FL"), {"US", "US-ME", "US-FL"}),
        (text(MAINE, country="US", region="US-FL", postal_code="90210"), {"US", "US-ME", "US-FL", "US-CA"}),
        (text(MAINE, country="DE"), {"US", "US-ME", "EU", "DE"}),
        (text(BAVARIA, sender_country="FR"), {"EU", "DE", "FR"}),
        (text("+3545550100", sender_country="IS"), {"EU", "IS"}),
        (text("+262639012345", sender_country="FR"), {"EU", "FR", "YT"}),
        (text("+5511912345678", region="SP", sender_country="BR"), {"BR", "BR-SP"}),
        (text("+14185550100", sender_country="CA"), {"CA", "CA-QC"}),
        (text("+18675550100", sender_country="CA"), {"CA", "CA-YT", "CA-NT", "CA-NU"}),
        (text("+19025550100", sender_country="CA"), {"CA", "CA-NS", "CA-PE"}),
        (text("+17875550100", sender_country="PR"), {"PR", "US"}),
        (text("+447781123456", sender_country="GB"), {"GB", "GG"}),
        (text("+447700900123", sender_country="GB"), {"GB"}),  # no number of a real person: the code's main country
        (text(TOLL_FREE), {"US", "CA"}),
        (text(TOLL_FREE, region="FL"), {"US", "CA", "US-FL"}),
        (text("+19995550100"), {"US"}),
        (mail(), {"US"}),
        (mail(country="UK"), {"US", "GB"}),
        (mail(country=" fr "), {"US", "FR", "EU"}),
        (mail(country="US", region="california"), {"US", "US-CA"}),
        (mail(region="US-TX"), {"US", "US-TX"}),
        (mail(postal_code="H2X 1Y4"), {"US", "CA", "CA-QC"}),
        (mail(postal_code="x0a1a1"), {"US", "CA", "CA-NT", "CA-NU"}),
        (mail(country="US", postal_code="06390"), {"US", "US-NY"}),  # an island of New York between ZIPs of Connecticut
        (mail(country="US", postal_code="33101-1234"), {"US", "US-FL"}),
        (mail(country="US", postal_code="00901"), {"US", "PR"}),
        (mail(country="US", postal_code="09012"), {"US"}),
        (mail(country="DE", postal_code="10115"), {"US", "DE", "EU"}),  # Berlin, not New York
        (mail(postal_code="10001"), {"US"}),  # five digits alone may be of anywhere
    ],
)
def test_rules_of_every_place_that_somebody_may_be_in_apply(place, names):
    assert place.jurisdictions == names


@pytest.mark.parametrize(
    ("place", "countries"),
    [
        (text(MAINE, country="US", region="FL", sender_country="DE"), {"US", "DE"}),
        (text("+262639012345", sender_country="GB"), {"YT", "GB"}),
        (text(TOLL_FREE, sender_country=""), {"US", "CA"}),
        (mail(country="US", postal_code="00901"), {"US", "PR"}),
        (mail(country="US", region="PR", sender_country="US"), {"US", "PR"}),
    ],
)
def test_the_countries_of_all_these_places_are_told(place, countries):
    assert place.countries == countries


@pytest.mark.parametrize(
    "place",
    [
        text("+80012345678"),
        text("+88112345678", time_zone="Europe/Paris"),
        text("+99912345678"),
        text(""),
        text("+1"),
        text("+1২০7৫৫৫0100"),
        text("2075550100"),
        text("+44\r\n"),
        text("+80012345678", country="XX"),
        mail(country="XX"),
        mail(country="🇫🇷"),
        mail(country="\u200bUS\u202e"),
        mail(sender_country=""),
        mail(sender_country="ZZ"),
    ],
)
def test_where_nothing_is_known_of_a_person_no_rules_are_guessed(place):
    assert (place.jurisdictions, place.zones, place.time_zone_source) == (frozenset(), (), "unknown")


def test_a_number_of_the_whole_world_is_where_its_owner_says():
    place = text("+80012345678", country="FR")

    assert place.jurisdictions == {"US", "FR", "EU"}
    assert zones(place) == ({"Europe/Paris"}, "country")


def test_the_sources_are_told_in_order_of_trust():
    place = text(MAINE, country="US", region="FL", postal_code="33101", time_zone=NEW_YORK, sender_country="DE")

    assert place.because == (
        ("time_zone", NEW_YORK),
        ("postal", "US-FL"),
        ("declared", "US-FL"),
        ("declared", "US"),
        ("number", "US-ME"),
        ("sender", "DE"),
    )


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"time_zone": "Mars/Olympus"}, ("unknown_time_zone", "Mars/Olympus")),
        ({"time_zone": "../etc/passwd"}, ("unknown_time_zone", "../etc/passwd")),
        ({"time_zone": "localtime"}, ("unknown_time_zone", "localtime")),
        ({"time_zone": "🕐" * 99}, ("unknown_time_zone", "🕐" * 64)),
        ({"country": "XX"}, ("unknown_country", "XX")),
        ({"region": "Bavaria"}, ("unknown_region", "Bavaria")),
        ({"country": "US", "region": "ZZ"}, ("unknown_region", "ZZ")),
    ],
)
def test_what_cannot_be_read_is_no_evidence_and_is_said(told, said):
    place = text(MAINE, **told)

    assert said in place.because
    assert (place.jurisdictions, place.zones) == ({"US", "US-ME"}, (NEW_YORK,))


def test_an_unreadable_time_zone_is_said_even_where_only_the_sender_is_known():
    assert mail(time_zone="Mars/Olympus").because == (("unknown_time_zone", "Mars/Olympus"), ("sender", "US"))


# Which clocks


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        (text(MAINE), ({NEW_YORK}, "number")),
        (text(MAINE, country="US"), ({NEW_YORK}, "number")),
        (text(MAINE, time_zone="US/Eastern"), ({"US/Eastern"}, "declared")),
        (text(FLORIDA, country="US", region="FL"), ({NEW_YORK}, "number")),
        (text("+18505550100", region="FL"), ({NEW_YORK, CHICAGO}, "country")),
        (text("+18505550100", region="FL", time_zone=CHICAGO), ({CHICAGO}, "declared")),
        (text(TOLL_FREE), (set(SIX), "number")),
        (text(TOLL_FREE, postal_code="90210"), ({LOS_ANGELES}, "postal")),
        (text(TOLL_FREE, country="US", region="TN"), ({NEW_YORK, CHICAGO}, "country")),
        (text("+16025550100"), ({"America/Phoenix"}, "number")),
        (text("+17875550100", country="US"), ({"America/Puerto_Rico"}, "number")),
        (text(BAVARIA), ({"Europe/Berlin"}, "number")),
        (text(BAVARIA, country="DE"), ({"Europe/Berlin"}, "country")),
        (text("+6281234567890"), ({"Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"}, "number")),
        (text("+5568912345678"), ({"America/Rio_Branco"}, "number")),
        (text("+5581912345678", country="BR"), ({"America/Sao_Paulo", "America/Noronha"}, "number")),
        (text("+38344123456"), ({"Europe/Belgrade"}, "number")),
        (mail(), (set(SIX), "sender")),
        (mail(sender_country="DE"), ({"Europe/Berlin"}, "sender")),
        (mail(time_zone="Asia/Kathmandu"), ({"Asia/Kathmandu"}, "declared")),
        (mail(country="US"), (set(SIX), "country")),
        (mail(country="US", postal_code="99501"), ({"America/Anchorage", "America/Adak"}, "postal")),
    ],
)
def test_the_most_precise_source_narrows_the_others(place, expected):
    assert zones(place) == expected


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        (text(MAINE, time_zone="Europe/Berlin"), {"Europe/Berlin", NEW_YORK}),
        (text("+12135550100", region="NY"), {NEW_YORK, LOS_ANGELES}),
        (text("+12135550100", country="US", region="NY", time_zone=NEW_YORK), {NEW_YORK, LOS_ANGELES}),
        (text(MAINE, country="FR", time_zone="Europe/Paris"), {"Europe/Paris", NEW_YORK}),
        (text(TOLL_FREE, country="GB"), {"Europe/London", *SIX}),
        (text(BAVARIA, country="US"), {"Europe/Berlin", *SIX}),
    ],
)
def test_sources_that_contradict_each_other_are_both_kept(place, expected):
    assert zones(place) == (expected, "disagreeing")


def test_a_number_of_another_state_does_not_say_in_which_half_of_florida_they_live():
    place = text(MAINE, country="US", region="FL")

    assert zones(place) == ({NEW_YORK, CHICAGO}, "country")


def test_the_senders_clock_is_none_of_the_person():
    assert text(BAVARIA, sender_country="US").zones == ("Europe/Berlin",)


# The data


def geographic_codes(region):
    """Area codes of a country that phonenumbers knows a place for."""
    numbers = [
        phonenumbers.PhoneNumber(country_code=1, national_number=code * 10**7 + 2345678) for code in range(200, 1000)
    ]
    apart = set(" ".join(territories.NO_AREA.values()).split())
    found = [
        str(number.national_number)[:3] for number in numbers if phonenumbers.region_code_for_number(number) == region
    ]
    return [code for code in found if code not in apart]


def described(code):
    """What the geocoder calls the area: Florida, or San Antonio, TX."""
    for line in ("2345678", "4567890", "6227234", "3442345"):
        number = phonenumbers.PhoneNumber(country_code=1, national_number=int(code + line))
        words = geocoder.description_for_number(number, "en", region="US")
        words = words.replace("Washington State", "Washington").replace("Washington D.C.", "District of Columbia")
        if words not in ("", "United States", "Canada"):
            return words.replace("British Colombia", "British Columbia")
    return ""


def names_of(code):
    """The same, from our data: by name, or by the letters at the end."""
    states = [state for state, _zones in territories.AREA_CODES[code]]
    return {territories.STATES[state]["name"] for state in states} | {state[3:] for state in states}


@pytest.mark.parametrize("code", geographic_codes("US") + geographic_codes("CA"))
def test_every_area_code_is_in_the_state_that_the_geocoder_names(code):
    words = described(code)

    told = {word for part in words.split("/") for word in (part, part.rpartition(", ")[2])}
    assert code in territories.AREA_CODES
    assert not words or told & names_of(code)


def test_nearly_every_area_code_was_really_compared():
    assert len([code for code in geographic_codes("US") if described(code)]) > 350
    assert len(geographic_codes("CA")) > 50


@pytest.mark.parametrize("state", territories.STATES)
def test_the_clocks_of_a_state_are_clocks_of_its_country(state):
    areas = [zones for served in territories.AREA_CODES.values() for name, zones in served if name == state]

    assert territories.time_zones_of(state)
    assert set(territories.time_zones_of(state)) == set(
        territories.shared_clocks(territories.time_zones_of(state), territories.time_zones_of(state[:2]))
    )
    assert areas
    assert all(set(zones) <= set(territories.STATES[state]["zones"]) for zones in areas)


def test_there_are_all_states_and_provinces():
    assert len([state for state in territories.STATES if state.startswith("US-")]) == 51
    assert len([state for state in territories.STATES if state.startswith("CA-")]) == 13


@pytest.mark.parametrize("country", sorted(territories.COUNTRIES - {"BV", "HM"}))
def test_every_inhabited_country_has_clocks(country):
    assert set(territories.time_zones_of(country)) <= territories.known_zones()
    assert territories.time_zones_of(country)


@pytest.mark.parametrize("country", sorted(phonenumbers.SUPPORTED_REGIONS))
def test_a_number_of_every_country_is_known_to_be_there(country):
    number = phonenumbers.example_number_for_type(country, phonenumbers.PhoneNumberType.MOBILE)
    assert number or phonenumbers.example_number(country)
    spelled = phonenumbers.format_number(number or phonenumbers.example_number(country), 0)

    place = text(spelled, sender_country="")

    assert place.countries == {phonenumbers.region_code_for_number(phonenumbers.parse(spelled))}
    assert place.zones


def test_no_area_code_has_two_clocks_of_one_state_twice():
    assert not [
        code for code, served in territories.AREA_CODES.items() if len({state for state, _ in served}) != len(served)
    ]


SHARED = [
    regions for regions in phonenumbers.COUNTRY_CODE_TO_REGION_CODE.values() if len(regions) > 1 and "US" not in regions
]


def patterns(region):
    """How mobile and fixed numbers of a country look."""
    metadata = phonenumbers.PhoneMetadata.metadata_for_region(region)
    kinds = [metadata.mobile, metadata.fixed_line]
    return [kind.national_number_pattern for kind in kinds if kind and kind.national_number_pattern]


@given(st.data())
def test_numbers_that_begin_alike_are_of_one_country(data):
    region = data.draw(st.sampled_from([region for regions in SHARED for region in regions]))
    code = phonenumbers.country_code_for_region(region)
    national = data.draw(
        st.from_regex(data.draw(st.sampled_from(patterns(region))), fullmatch=True, alphabet="0123456789")
    )
    number = f"+{code}{national}"
    kept, rest = number[: phone_areas.PREFIX], number[phone_areas.PREFIX :]
    neighbour = kept + data.draw(st.from_regex(rf"\d{{{len(rest)}}}", fullmatch=True, alphabet="0123456789"))
    expected = phonenumbers.region_code_for_number(phonenumbers.parse(neighbour))
    assume(expected)

    phone_areas.split_prefix(number)

    assert phone_areas.split_prefix(neighbour)[0] == expected


def test_a_number_that_cannot_exist_does_not_decide_for_its_neighbours():
    phone_areas.split_prefix("+44778112345678")

    assert phone_areas.split_prefix("+447781123456")[0] == "GG"


def test_every_zip_code_range_is_of_one_state():
    prefixes = [prefix for state, row in territories.STATES.items() if "zip" in row for prefix in row["zip"].split()]

    assert len(prefixes) == len(set(prefixes))
    assert all(re.fullmatch(r"\d{3}(-\d{3})?|\d{5}", prefix) for prefix in prefixes)
