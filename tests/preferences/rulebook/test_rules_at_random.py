"""Whoever they are and whenever it is: what the strict rulebook lets go, the law lets go as well."""

import os
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaigns.decision import checks, facts
from campaigns.decision.checks import DecisionFacts, DecisionKind
from preferences.consent import eligibility
from preferences.geo import jurisdictions
from preferences.models import Address
from preferences.rulebook import consent_requirements, effective_terms
from preferences.rulebook.content_codes import ContentCode
from preferences.rulebook.effective_terms import LEGAL, STRICT
from tests.campaigns.audience.large_audience import crowd
from tests.preferences.rulebook.shipped_rulebooks import BOOKS

EXAMPLES = 2_000 if os.environ.get("THOROUGH") else 60
LABELS = ["<ADV>", "(광고)"]
PLACES = sorted({rule.jurisdiction for rule in BOOKS[STRICT].rules} | {"NP", "JM", "US-NY"})
ZONES = [
    "America/New_York",
    "Pacific/Honolulu",
    "Europe/Paris",
    "Asia/Kathmandu",
    "Pacific/Chatham",
    "Australia/Sydney",
]
BEGINS = datetime(2026, 2, 1, tzinfo=UTC)
MOMENTS = st.integers(0, 2 * 365 * 24 * 60).map(lambda minutes: BEGINS + timedelta(minutes=minutes))
DATES = st.dates(date(2000, 1, 1), date(2028, 3, 1))
METHODS = ["double_opt_in"] * 4 + ["keyword", "checkbox", "written", "verbal", "none"]
BASES = ["express"] * 4 + ["soft_opt_in", "purchase", "inquiry", "membership", "published"]
OBJECTIONS = [""] * 8 + ["stopped", "restricted", "left", "paused"]
MOSTLY = st.sampled_from([True, True, True, False])
YES = st.fixed_dictionaries(
    {
        "method": st.sampled_from(METHODS),
        "source": st.sampled_from(["sign_up", "import"]),
        "has_notice": MOSTLY,
        "discloses_texts": MOSTLY,
        "has_form": st.booleans(),
        "verified": MOSTLY,
        "basis": st.sampled_from(BASES),
        "basis_on": st.none() | DATES,
    }
)


@st.composite
def anybody(draw, at):
    """Facts about somebody, somewhere; most of them may be written to now and then."""
    yes = draw(YES)
    names = frozenset(draw(st.lists(st.sampled_from(PLACES), min_size=1, max_size=2)))
    zones = tuple(draw(st.lists(st.sampled_from(ZONES), min_size=1, max_size=2, unique=True)))
    minutes_ago = draw(st.just([]) | st.lists(st.integers(0, 40 * 24 * 60), max_size=6))
    return DecisionFacts(
        jurisdictions.Place(names, zones, "number"),
        objection=draw(st.sampled_from(OBJECTIONS)),
        flags=consent_requirements.consent_flags(**yes),
        basis=yes["basis"],
        basis_on=yes["basis_on"],
        consented_on=at.date() - timedelta(days=draw(st.integers(0, 900))),
        reveals_health=not draw(MOSTLY),
        born_on=draw(st.none() | DATES),
        sent=tuple(sorted(at - timedelta(minutes=minutes) for minutes in minutes_ago)),
        ends_at=draw(st.none() | st.just(at + timedelta(days=2))),
        lacks=frozenset(draw(st.just([]) | st.lists(st.sampled_from(sorted(ContentCode.requirements())), max_size=1))),
        labels=frozenset(draw(st.just(LABELS) | st.lists(st.sampled_from(LABELS), max_size=1))),
        segments=draw(st.integers(0, 3)),
        characters=draw(st.integers(0, 200)),
    )


@st.composite
def questions(draw):
    at = draw(MOMENTS)
    channel = draw(st.sampled_from(["email", "sms"]))
    purpose = draw(st.sampled_from(["marketing", "informational", "transactional", "compliance"]))
    return draw(anybody(at)), channel, purpose, at


def under(profile, person, channel, purpose, at):
    return BOOKS[profile].terms(person.place.jurisdictions, channel, purpose, at.date())


@given(questions())
@settings(max_examples=EXAMPLES, deadline=None)
def test_what_goes_as_shipped_would_go_by_law(asked):
    person, channel, purpose, at = asked

    strictly = checks.evaluate(person, under(STRICT, person, channel, purpose, at), at)
    by_law = checks.evaluate(person, under(LEGAL, person, channel, purpose, at), at)

    assert strictly.kind != DecisionKind.SEND or by_law.kind == DecisionKind.SEND


@given(questions(), st.sampled_from(PLACES))
@settings(max_examples=EXAMPLES, deadline=None)
def test_one_more_place_never_lets_more_go(asked, elsewhere):
    person, channel, purpose, at = asked
    here = under(STRICT, person, channel, purpose, at)
    there = BOOKS[STRICT].terms(frozenset({elsewhere}), channel, purpose, at.date())

    both = checks.evaluate(person, effective_terms.strictest_terms([here, there]), at)

    assert both.kind != DecisionKind.SEND or checks.evaluate(person, here, at).kind == DecisionKind.SEND


@given(questions())
@settings(max_examples=EXAMPLES, deadline=None)
def test_whoever_has_an_objection_or_lives_nowhere_gets_nothing(asked):
    person, channel, purpose, at = asked

    answer = checks.evaluate_with_wait_end(person, under(LEGAL, person, channel, purpose, at), at)

    assert answer.kind != DecisionKind.SEND or (person.objection == "" and person.place.jurisdictions)


@given(questions())
@settings(max_examples=EXAMPLES, deadline=None)
def test_where_a_wait_ends_it_goes_unless_something_else_became_true(asked):
    person, channel, purpose, at = asked
    terms = under(STRICT, person, channel, purpose, at)

    answer = checks.evaluate_with_wait_end(person, terms, at)

    later = checks.evaluate(person, terms, answer.until) if answer.until else answer
    assert later.kind != DecisionKind.WAIT or later.until is None
    assert answer.until is None or (answer.until > at and (person.ends_at is None or answer.until < person.ends_at))


# The verdict stands on the gate


@pytest.fixture
def noon(time_machine):
    """The day's own noon in New York: the database has a clock of its own, which stays where it is."""
    now = datetime.now(UTC).replace(hour=17, minute=0, second=0, microsecond=0)
    time_machine.move_to(now, tick=False)
    return now


@pytest.mark.parametrize("profile", [LEGAL, STRICT])
@pytest.mark.parametrize("channel", ["email", "sms"])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_what_the_gate_has_against_somebody_is_never_sent_and_comes_first(topic, noon, seed, channel, profile):
    crowd(topic, channel, 80, at=noon, seed=seed)
    everybody = Address.objects.filter(channel=channel)

    gathered = facts.facts_for(everybody, facts.Question(topic, channel), noon)
    judged = {pk: _judged(one.facts, channel, profile, noon) for pk, one in gathered.items()}
    objected = {address.pk: eligibility.first_objection(address, topic) for address in everybody}

    against = {pk: name for pk, name in objected.items() if name and name not in checks.FREQUENCY_REASONS}
    assert {pk: judged[pk].reason for pk in against} == against
    assert {objected[pk] for pk, answer in judged.items() if answer.kind == DecisionKind.SEND} <= {""}
    assert set(judged) - set(against)


def _judged(known, channel, profile, at):
    return checks.evaluate_with_wait_end(known, under(profile, known, channel, "marketing", at), at)
