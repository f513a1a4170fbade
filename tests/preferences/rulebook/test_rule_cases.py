"""Every figure of the shipped rulebook, case by case: data/rule_cases/ says what must come out, and from which source.

The cases are read by people first. Each names a place, and what the law itself asks there, what holds as shipped, when
something may go, or what becomes of one message.
"""

import tomllib
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import chain
from pathlib import Path

import pytest

from campaigns.decision import checks
from campaigns.decision.checks import DecisionFacts, DecisionKind
from preferences.geo import holidays, jurisdictions
from preferences.rulebook import book as rulebook
from preferences.rulebook import consent_requirements, rule_fields
from preferences.rulebook.effective_terms import LEGAL, NO_TERMS, STRICT
from tests.preferences.rulebook.shipped_rulebooks import BOOKS

CASES = Path(__file__).with_name("data") / "rule_cases"
NOWHERE = dict.fromkeys(["value", "country", "region", "postal_code", "time_zone"], "")
NOON = datetime(2026, 11, 24, 17, 0, tzinfo=UTC)  # a Tuesday; 12:00 in New York
LABELS = ["<ADV>", "(광고)"]
CONFIRMED = {
    "method": "double_opt_in",
    "source": "sign_up",
    "has_notice": True,
    "discloses_texts": True,
    "has_form": False,
    "verified": True,
    "basis": "express",
    "basis_on": None,
}
SETS = {"lacks", "labels"}


def read(name):
    return tomllib.loads((CASES / f"{name}.toml").read_text("utf-8"))


def terms_cases():
    """One for each figure of each row, under each profile."""
    for name in ("terms_united_states", "terms_europe", "terms_world", "terms_requests"):
        file = read(name)
        for row in file["rows"]:
            for figure, said in row["figures"].items():
                law, shipped, _reference = said.values() if isinstance(said, dict) else said
                for profile, value in ((LEGAL, law), (STRICT, shipped)):
                    expected = file["sets"].get(value, value) if isinstance(value, str) else value
                    yield pytest.param(row, profile, figure, expected, id=f"{row['name']}, {profile}: {figure}")


def moment_cases():
    for case in read("hours")["cases"]:
        for moment in case["moments"]:
            yield pytest.param(case, moment, id=f"{case['name']}: {moment['at']:%Y-%m-%d %H:%M:%S}")


def named(name):
    return [pytest.param(case, id=case.get("name") or case["country"]) for case in read(name)["cases"]]


def place_of(case):
    told = dict(case["place"])
    known = NOWHERE | {"value": told.pop("number", "")} | told
    return jurisdictions.locate(
        channel=case.get("channel", "sms"), sender_country=case.get("sender_country", "US"), **known
    )


def terms_of(case, *, profile, day):
    question = case.get("channel", "sms"), case.get("purpose", "marketing")
    return BOOKS[profile].terms(place_of(case).jurisdictions, *question, day)


def facts_of(case, at):
    """A confirmed yes of last month to words that lack nothing, but for what the case says."""
    yes = CONFIRMED | case.get("yes", {})
    told = {name: frozenset(value) if name in SETS else value for name, value in case.get("facts", {}).items()}
    given = {
        "consented_on": at.date() - timedelta(days=30),
        "labels": frozenset(LABELS),
        "basis": yes["basis"],
        "basis_on": yes["basis_on"],
        "flags": consent_requirements.consent_flags(**yes),
        "sent": tuple(sorted(case.get("sent", []))),
    }
    return DecisionFacts(place_of(case), **(given | told))


def judged(case, at):
    terms = terms_of(case, profile=case.get("profile", STRICT), day=at.astimezone(UTC).date())
    return checks.evaluate_with_wait_end(facts_of(case, at), terms, at.astimezone(UTC))


@cache
def met():
    """The rules that the cases come to."""
    asked = [(case.values[0], case.values[1]) for case in terms_cases()]
    found = [terms_of(row, profile=profile, day=row["day"]).rules for row, profile in asked]
    return {name for name, _version in chain.from_iterable(found)}


# What the rules come to


@pytest.mark.parametrize(("row", "profile", "figure", "expected"), [*terms_cases()])
def test_each_figure_is_what_the_law_asks_and_what_is_shipped(row, profile, figure, expected):
    found = getattr(terms_of(row, profile=profile, day=row["day"]), figure)

    assert found == (
        rule_fields.parse_field(figure, expected) if expected != "-" else NO_TERMS if found == NO_TERMS else None
    )


@pytest.mark.parametrize("name", sorted({rule.name for rule in BOOKS[STRICT].rules if "holiday" not in rule.summary}))
def test_every_rule_is_met_by_a_case(name):
    assert name in met()


@pytest.mark.parametrize("figure", sorted(rule_fields.RULE_FIELDS))
def test_every_figure_is_met_by_a_case(figure):
    assert figure in {case.values[2] for case in terms_cases()}


@pytest.mark.django_db
@pytest.mark.parametrize("profile", [LEGAL, STRICT])
def test_the_rulebook_in_the_table_says_what_the_files_say(profile):
    told = {(rule.name, rule.version): rule.figures for rule in rulebook.current_rulebook(profile).rules}

    assert told == {(rule.name, rule.version): rule.figures for rule in BOOKS[profile].rules}


# When something may go


@pytest.mark.parametrize(("case", "moment"), [*moment_cases()])
def test_it_goes_at_the_hours_of_the_place(case, moment):
    answer = judged(case, moment["at"])

    expected = (DecisionKind.WAIT, moment["opens"]) if "opens" in moment else (DecisionKind.SEND, None)
    assert (answer.kind, answer.until) == expected


@pytest.mark.parametrize("case", named("holidays"))
def test_no_text_on_a_public_holiday_of_the_union(case):
    case |= {"place": {"country": case["country"], "time_zone": case["zone"]}, "sender_country": case["country"]}

    assert judged(case, case["at"]).until == case["opens"]
    assert judged(case, case["opens"]).kind == DecisionKind.SEND


@pytest.mark.parametrize("case", named("holidays"))
def test_no_text_on_christmas_anywhere_in_the_union(case):
    """The 25th of December 2026 is a Friday."""
    case |= {"place": {"country": case["country"], "time_zone": case["zone"]}, "sender_country": case["country"]}
    noon = datetime(2026, 12, 25, 11, 0, tzinfo=UTC)

    assert judged(case, noon).until >= noon + timedelta(hours=15)


# What becomes of one message


@pytest.mark.parametrize("case", named("decisions"))
def test_each_message_is_sent_skipped_or_held_as_the_law_says(case):
    answer = judged(case, case.get("at", NOON))

    assert f"{answer.kind.value} {answer.reason}".strip() == case["said"]
    assert answer.until == case.get("until")


# By when


@pytest.mark.parametrize("case", named("deadlines"))
def test_a_no_and_a_request_are_answered_in_time(case):
    figure, _dot, entry = case["days"].partition(".")
    days = dict(getattr(terms_of(case, profile=LEGAL, day=case["from"].date()), figure))[entry]

    in_business = entry.endswith("business_days")
    kept = frozenset(case.get("calendars", []))
    due = holidays.add_business_days(case["from"], days, kept) if in_business else case["from"] + timedelta(days=days)

    assert due == case["due"]
