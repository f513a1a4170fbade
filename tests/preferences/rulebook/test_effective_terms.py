"""What several rules come to together: the strictest of each figure, whatever their order."""

import os
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from preferences.rulebook import effective_terms, rule_fields, toml_loader
from preferences.rulebook import service as rules
from preferences.rulebook.content_codes import ContentCode
from preferences.rulebook.effective_terms import LEGAL, NO_TERMS, STRICT, EffectiveTerms

FEW = settings(max_examples=200 if os.environ.get("THOROUGH") else 20, deadline=None)
SMALL = st.integers(0, 400)
ADDED = ["consent", "health_consent", "records_consent", "holidays", "content", "labels", "scrub"]
SMALLEST = ["repermission", "caps", "segments", "characters", "honour", "confirmation", "requests"]
LARGEST = ["minimum_age", "mechanism", "retention"]
KEYS = {
    "repermission": ["months"],
    "minimum_age": ["years"],
    "caps": ["day", "hours24", "week", "month"],
    "segments": ["most"],
    "characters": ["most"],
    "honour": ["seconds", "business_days", "calendar_days"],
    "mechanism": ["days"],
    "confirmation": ["most", "within_seconds"],
    "retention": ["evidence_months", "optout_months", "message_months"],
    "requests": list(rule_fields.REQUESTS),
}
VOCABULARY = {
    "content": ContentCode.requirements(),
    "scrub": rule_fields.LISTS,
    "holidays": {"US", "FR"},
    "labels": {"<ADV>", "AD"},
}


@cache
def shipped():
    """Every version of every rule, as both profiles say it."""
    read = toml_loader.load_rules()
    return [
        EffectiveTerms.of(rule.name, number, rule.figures, profile=profile)
        for number, rule in enumerate(read)
        for profile in (STRICT, LEGAL)
    ]


def spans():
    return st.none() | st.tuples(st.integers(0, 720), st.integers(721, 1440))


def pairs(name):
    return st.none() | st.dictionaries(st.sampled_from(KEYS[name]), SMALL, min_size=1).map(
        lambda said: tuple(sorted(said.items()))
    )


def flags(name):
    return st.frozensets(st.sampled_from(sorted(VOCABULARY.get(name, rule_fields.FLAGS))))


def bases():
    others = st.dictionaries(st.sampled_from(sorted(rule_fields.BASES)), SMALL)
    return st.none() | others.map(lambda said: tuple(sorted(({"express": 0} | said).items())))


INVENTED = st.builds(
    EffectiveTerms,
    rules=st.frozensets(st.tuples(st.sampled_from("abc"), st.integers(1, 3)), min_size=1),
    profile=st.sampled_from([STRICT, LEGAL]),
    window=st.none() | st.tuples(*[spans()] * 8),
    bases=bases(),
    revocation=st.none() | st.sampled_from(rule_fields.SCOPES),
    penalty=st.frozensets(st.sampled_from(["A fine", "Two fines"])),
    **{name: flags(name) for name in ADDED},
    **{name: pairs(name) for name in KEYS},
)
TERMS = INVENTED | st.deferred(lambda: st.sampled_from(shipped()))


def together(*several):
    return effective_terms.strictest_terms(several)


@FEW
@given(TERMS, TERMS)
def test_the_order_of_two_rules_makes_no_difference(one, other):
    assert together(one, other) == together(other, one)


@FEW
@given(TERMS, TERMS, TERMS)
def test_how_rules_are_grouped_makes_no_difference(one, other, third):
    assert together(together(one, other), third) == together(one, together(other, third)) == together(one, other, third)


@FEW
@given(TERMS, TERMS)
def test_saying_the_same_rule_twice_makes_no_difference(one, other):
    assert together(one, one) == one
    assert together(one, other, one) == together(one, other)


@FEW
@given(TERMS)
def test_a_rule_that_says_nothing_changes_nothing(one):
    silent = EffectiveTerms(profile=one.profile)

    assert together(one, silent) == together(silent, one) == one


def test_no_rules_at_all_ask_nothing():
    assert together() == EffectiveTerms()


@FEW
@given(TERMS, TERMS)
@pytest.mark.parametrize("name", [*ADDED, "penalty"])
def test_nothing_that_one_rule_demands_is_dropped(name, one, other):
    assert getattr(one, name) <= getattr(together(one, other), name)


def numbers(terms, name):
    return dict(getattr(terms, name) or ())


@FEW
@given(TERMS, TERMS)
@pytest.mark.parametrize("name", SMALLEST)
def test_no_limit_becomes_larger(name, one, other):
    both = numbers(together(one, other), name)

    assert all(both[key] <= number for key, number in numbers(one, name).items())


@FEW
@given(TERMS, TERMS)
@pytest.mark.parametrize("name", LARGEST)
def test_no_least_becomes_smaller(name, one, other):
    both = numbers(together(one, other), name)

    assert all(both[key] >= number for key, number in numbers(one, name).items())


def open_minutes(terms, day):
    """The minutes of a day that are open; without hours all of them."""
    span = rule_fields.WHOLE_DAY if terms.window is None else terms.window[day]
    return set(range(*span)) if span else set()


@FEW
@given(TERMS, TERMS, st.integers(0, 7))
def test_no_minute_is_open_that_one_rule_closes(one, other, day):
    assert open_minutes(together(one, other), day) == open_minutes(one, day) & open_minutes(other, day)


@FEW
@given(TERMS, TERMS)
def test_no_basis_counts_that_one_rule_does_not_accept_and_none_lasts_longer(one, other):
    both = together(one, other)
    said = [dict(terms.bases) for terms in (one, other) if terms.bases is not None]
    asked = [(basis, months, rule.get(basis)) for basis, months in numbers(both, "bases").items() for rule in said]

    assert all(lasts is not None for _basis, _months, lasts in asked)
    assert all(not lasts or 0 < months <= lasts for _basis, months, lasts in asked)


@FEW
@given(TERMS, TERMS)
def test_a_stop_reaches_as_far_as_the_widest_rule_says(one, other):
    reach = [rule_fields.SCOPES.index(terms.revocation) for terms in (one, other) if terms.revocation]
    both = together(one, other).revocation

    assert (rule_fields.SCOPES.index(both) if both else None) == max(reach, default=None)


@pytest.mark.parametrize("rule", toml_loader.load_rules(), ids=lambda rule: f"{rule.name}-{rule.effective_from}")
def test_the_shipped_strict_values_are_never_looser_than_the_law(rule):
    strict, legal = (EffectiveTerms.of(rule.name, 1, rule.figures, profile=profile) for profile in (STRICT, LEGAL))
    said = {name: getattr(strict, name) for name in rule_fields.RULE_FIELDS}

    assert said == {name: getattr(together(strict, legal), name) for name in rule_fields.RULE_FIELDS}


@FEW
@given(st.sampled_from(toml_loader.load_rules()), TERMS)
def test_a_strict_value_that_somebody_made_looser_by_mistake_loosens_nothing(rule, looser):
    loose = {name: said for name, said in looser.as_dict().items() if name not in ("window", "revocation", "penalty")}
    figures_of = {
        name: {**entry, "strict": loose.get(name, entry.get("strict"))} for name, entry in rule.figures.items()
    }
    kept = {
        name: {key: value for key, value in entry.items() if value is not None} for name, entry in figures_of.items()
    }

    law, ours = (EffectiveTerms.of(rule.name, 1, kept, profile=profile) for profile in (LEGAL, STRICT))

    assert all(getattr(together(law, ours), name) == getattr(ours, name) for name in rule_fields.RULE_FIELDS)


def test_what_is_merged_can_be_kept_as_json_and_says_only_what_was_said():
    said = EffectiveTerms(window=((60, 120), *[None] * 7), caps=(("day", 1),), consent=frozenset({"guardian"}))

    assert said.as_dict() == {
        "consent": ["guardian"],
        "window": [[60, 120], *[None] * 7],
        "caps": {"day": 1},
    }
    assert EffectiveTerms(consent=NO_TERMS).as_dict() == {}


@pytest.mark.django_db
def test_each_shipped_rule_passes_the_check_of_whoever_publishes():
    assert [rules.check_fields(rule.figures) for rule in toml_loader.load_rules()].count(None) == len(
        toml_loader.load_rules()
    )
