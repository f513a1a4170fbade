"""One message at one moment: every check by itself, their order, and where a wait ends."""

import dataclasses
from datetime import UTC, date, datetime, timedelta

import pytest

from campaigns.decision import checks
from campaigns.decision.checks import SEND, Decision, DecisionFacts, DecisionKind
from preferences.geo.jurisdictions import Place
from preferences.rulebook.effective_terms import EffectiveTerms

AT = datetime(2026, 11, 24, 16, 0, tzinfo=UTC)  # a Tuesday, 11:00 in New York
NEW_YORK = Place(frozenset({"US", "US-NY"}), ("America/New_York",), "number")
DAYTIME = tuple([(540, 1200)] * 6 + [(720, 1200), None])
BOUGHT = {
    "basis": "purchase",
    "basis_on": date(2026, 1, 1),
    "flags": frozenset({"evidence_clock", "named_controller"}),
}
SIGNED = frozenset({"affirmative_act", "named_controller", "e_signature"})


def facts(**changed):
    return DecisionFacts(**{"place": NEW_YORK, "flags": SIGNED, "consented_on": date(2026, 1, 15), **changed})


def terms(**changed):
    return EffectiveTerms(**{"rules": frozenset({("us-sms-marketing", 1)}), "consent": SIGNED, **changed})


def kind_and_reason(given, asked, at=AT):
    answer = checks.evaluate(given, asked, at)
    return answer.kind.value, answer.reason


def test_nothing_speaks_against_it():
    assert checks.evaluate(facts(), terms(window=DAYTIME), AT) == SEND


@pytest.mark.parametrize(
    ("given", "asked", "expected"),
    [
        ({"stopped": True}, {}, ("wait", "stop_switch")),
        ({"ends_at": AT}, {}, ("skip", "too_late")),
        ({"objection": "stopped"}, {}, ("skip", "stopped")),
        ({"objection": "restricted"}, {}, ("skip", "restricted")),
        ({"objection": "never_subscribed"}, {}, ("skip", "never_subscribed")),
        ({"place": Place()}, {}, ("wait", "nowhere_known")),
        ({}, {"rules": frozenset(), "consent": frozenset()}, ("wait", "no_rules")),
        (
            {"basis": "inquiry", "basis_on": date(2026, 11, 1)},
            {"bases": (("express", 0),)},
            ("skip", "basis_not_accepted"),
        ),
        ({"flags": SIGNED - {"e_signature"}}, {}, ("skip", "consent_too_weak")),
        (
            {"reveals_health": True},
            {"health_consent": frozenset({"explicit_special_category"})},
            ("skip", "consent_too_weak"),
        ),
        (
            {"uses_health_records": True},
            {"records_consent": frozenset({"hipaa_elements"})},
            ("skip", "consent_too_weak"),
        ),
        ({"consented_on": date(2024, 11, 24)}, {"repermission": (("months", 24),)}, ("skip", "permission_too_old")),
        ({"born_on": date(2010, 11, 25)}, {"minimum_age": (("years", 16),)}, ("skip", "too_young")),
        ({"minimum_age": 18}, {}, ("skip", "age_unknown")),
        ({"born_on": date(2008, 11, 25), "minimum_age": 18}, {}, ("skip", "too_young")),
        ({"sent": (AT - timedelta(hours=2),)}, {"caps": (("hours24", 1),)}, ("wait", "over_cap")),
        ({"objection": "paused"}, {}, ("skip", "paused")),
        ({"objection": "over_limit"}, {}, ("skip", "over_limit")),
        ({"place": Place(frozenset({"US"}))}, {"window": DAYTIME}, ("wait", "no_time_zone")),
        ({}, {"window": (None,) * 8}, ("wait", "no_common_hour")),
        ({"lacks": frozenset({"stop_hint"})}, {"content": frozenset({"stop_hint"})}, ("skip", "content_missing")),
        ({}, {"labels": frozenset({"<ADV>"})}, ("skip", "content_missing")),
        ({"segments": 3}, {"segments": (("most", 2),)}, ("skip", "too_long")),
        ({"characters": 161}, {"characters": (("most", 160),)}, ("skip", "too_long")),
    ],
)
def test_each_check_says_its_own_reason(given, asked, expected):
    assert kind_and_reason(facts(**given), terms(**asked)) == expected


@pytest.mark.parametrize(
    ("given", "asked"),
    [
        ({"born_on": date(2010, 11, 24)}, {"minimum_age": (("years", 16),)}),
        ({"consented_on": date(2024, 11, 25)}, {"repermission": (("months", 24),)}),
        ({"consented_on": date(2020, 1, 1), "is_repermission": True}, {"repermission": (("months", 24),)}),
        ({"ends_at": AT + timedelta(seconds=1)}, {}),
        ({"segments": 2, "characters": 160}, {"segments": (("most", 2),), "characters": (("most", 160),)}),
        ({"labels": frozenset({"<ADV>"})}, {"labels": frozenset({"<ADV>"})}),
        (BOUGHT, {"consent": frozenset({"affirmative_act", "named_controller"}), "bases": (("purchase", 24),)}),
    ],
)
def test_just_within_every_bound_it_goes(given, asked):
    assert checks.evaluate(facts(**given), terms(**asked), AT) == SEND


# CASL s.10(9)-(10): two years after a purchase, six months after a question; the last day is the one before.
@pytest.mark.parametrize(
    ("basis", "since", "today", "goes"),
    [
        ("purchase", "2024-11-24", "2026-11-23", True),
        ("purchase", "2024-11-24", "2026-11-24", False),
        ("inquiry", "2026-05-24", "2026-11-23", True),
        ("inquiry", "2026-05-24", "2026-11-24", False),
        ("inquiry", "2026-08-31", "2027-02-27", True),
        ("inquiry", "2026-08-31", "2027-02-28", False),
        ("purchase", "2024-02-29", "2026-02-27", True),
        ("purchase", "2024-02-29", "2026-02-28", False),
        ("membership", "2024-11-24", "2026-11-24", False),
    ],
)
def test_implied_consent_ends_the_day_before_its_clock(basis, since, today, goes):
    given = facts(basis=basis, basis_on=date.fromisoformat(since), flags=frozenset({"evidence_clock"}))
    asked = terms(
        consent=frozenset({"affirmative_act"}),
        bases=(("express", 0), ("inquiry", 6), ("membership", 24), ("purchase", 24)),
    )
    at = datetime.fromisoformat(f"{today}T17:00:00+00:00")

    assert (checks.evaluate(given, asked, at) == SEND) is goes


def test_their_own_day_counts_and_not_ours():
    """At 03:00 UTC on the 24th it is still the 23rd in New York, and already the 24th in Kiritimati."""
    night = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
    asked = terms(repermission=(("months", 24),))
    east = dataclasses.replace(NEW_YORK, zones=("Pacific/Kiritimati",))

    assert checks.evaluate(facts(consented_on=date(2024, 11, 24)), asked, night) == SEND
    assert (
        checks.evaluate(facts(consented_on=date(2024, 11, 24), place=east), asked, night).reason == "permission_too_old"
    )


@pytest.mark.parametrize(
    ("caps", "ago", "until"),
    [
        ((("hours24", 1),), [3], timedelta(hours=21)),
        ((("hours24", 3),), [23, 5, 1], timedelta(hours=1)),
        ((("hours24", 3),), [5, 1], None),
        ((("week", 1),), [48], timedelta(days=5)),
        ((("month", 2),), [24 * 29, 24], timedelta(days=1)),
        ((("day", 1),), [1], timedelta(hours=13)),
        ((("day", 1),), [12], None),
        ((("day", 1), ("week", 1)), [1], timedelta(hours=167)),
        ((("hours24", 0),), [], timedelta(hours=24)),
    ],
)
def test_a_cap_frees_up_when_enough_has_passed(caps, ago, until):
    """The day is the person's own: at 16:00 UTC New York has 13 hours of it left."""
    sent = tuple(AT - timedelta(hours=hours) for hours in ago)
    answer = checks.evaluate(facts(sent=sent), terms(caps=caps), AT)

    assert answer.until == (AT + until if until else None)


@pytest.mark.parametrize(
    ("at", "opens"),
    [
        ("2026-11-24T13:59:59+00:00", "2026-11-24T14:00:00+00:00"),  # 08:59:59 there
        ("2026-11-24T14:00:00+00:00", None),
        ("2026-11-25T00:59:59+00:00", None),  # 19:59:59 there
        ("2026-11-25T01:00:00+00:00", "2026-11-25T14:00:00+00:00"),  # 20:00 there
        ("2026-11-29T01:00:00+00:00", "2026-11-29T17:00:00+00:00"),  # Saturday evening: Sunday noon
        ("2027-03-14T01:00:00+00:00", "2027-03-14T16:00:00+00:00"),  # the clocks go forward in between
        ("2026-11-01T00:30:00+00:00", "2026-11-01T17:00:00+00:00"),  # and back
    ],
)
def test_quiet_hours_are_a_later(at, opens):
    answer = checks.evaluate(facts(), terms(window=DAYTIME), datetime.fromisoformat(at))

    assert answer.until == (datetime.fromisoformat(opens) if opens else None)


def test_a_wait_ends_where_everything_fits():
    """The cap frees up at night, so it goes in the morning."""
    sent = (AT - timedelta(hours=12),)  # 23:00 the evening before
    answer = checks.evaluate_with_wait_end(facts(sent=sent), terms(window=DAYTIME, caps=(("hours24", 1),)), AT)

    assert answer == Decision(DecisionKind.WAIT, "over_cap", datetime(2026, 11, 25, 14, 0, tzinfo=UTC))


def test_what_cannot_go_before_the_campaigns_end_is_too_late():
    evening = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
    given = facts(ends_at=evening + timedelta(hours=2))

    assert checks.evaluate_with_wait_end(given, terms(window=DAYTIME), evening) == Decision(
        DecisionKind.SKIP, "too_late"
    )


def test_what_staff_must_settle_waits_without_an_end():
    assert checks.evaluate_with_wait_end(facts(place=Place()), terms(), AT).is_held


def test_the_first_objection_in_the_order_of_the_checks_decides():
    """Everything is wrong at once: taking away one reason after the other shows the next."""
    worst = facts(
        stopped=True, objection="bounced", flags=frozenset(), consented_on=date(2010, 1, 1), born_on=date(2020, 1, 1)
    )
    asked = terms(repermission=(("months", 1),), minimum_age=(("years", 18),))
    better = [worst]
    better.append(dataclasses.replace(better[-1], stopped=False))
    better.append(dataclasses.replace(better[-1], objection=""))
    better.append(dataclasses.replace(better[-1], flags=SIGNED))
    better.append(dataclasses.replace(better[-1], consented_on=date(2026, 11, 1)))
    better.append(dataclasses.replace(better[-1], born_on=date(1980, 1, 1)))

    reasons = [checks.evaluate(one, asked, AT).reason for one in better]
    assert reasons == ["stop_switch", "bounced", "consent_too_weak", "permission_too_old", "too_young", ""]


def test_every_check_can_be_asked_by_itself():
    said = checks.evaluate_each_check(facts(objection="paused", segments=3), terms(segments=(("most", 2),)), AT)

    assert [name for name, answer in said.items() if answer] == ["wishes", "length"]
    assert list(said) == list(checks.CHECKS)


@pytest.mark.parametrize("span", ["day", "hours24", "week", "month"])
def test_a_cap_of_none_at_all_lets_not_even_the_first_one_pass(span):
    assert kind_and_reason(facts(), terms(caps=((span, 0),))) == ("wait", "over_cap")
