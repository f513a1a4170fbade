"""Which of the rules in force decided a figure."""

from campaigns.explain import rule_attribution
from campaigns.explain.rule_attribution import RuleOrigin
from preferences.models import Rule
from preferences.rulebook import book as rulebook
from preferences.rulebook import effective_terms


def rule(name, figure, **values):
    entry = {figure: {**values, "reference": f"Law of {name}", "evidence": "V"}}
    return Rule(pk=hash(name) % 10_000, name=name, version=1, jurisdiction=name.upper(), figures=entry)


def decided(rules_in_force, figure, about, profile="strict"):
    book = rulebook.Rulebook(tuple(rules_in_force), profile)
    terms = effective_terms.strictest_terms(book.said(one) for one in rules_in_force)
    return [
        (share.rule.name, share.by) for share in rule_attribution.deciding_rules(rules_in_force, terms, figure, about)
    ]


def hours(text):
    return {"mon-sun": text}


def test_of_hours_the_latest_opening_and_the_earliest_closing_decide():
    early, late = rule("aa", "window", legal=hours("08:00-20:00")), rule("bb", "window", legal=hours("09:00-21:00"))
    wide = rule("cc", "window", legal=hours("07:00-22:00"))

    assert decided([early, late, wide], "window", [0]) == [("aa", RuleOrigin.LAW), ("bb", RuleOrigin.LAW)]


def test_a_closed_day_is_decided_by_who_closes_it():
    shut = rule("aa", "window", legal=hours("08:00-20:00"), strict={"mon-sat": "08:00-20:00", "sun": "closed"})
    open_ = rule("bb", "window", legal=hours("09:00-20:00"))

    assert decided([shut, open_], "window", [6]) == [("aa", RuleOrigin.SAYSO)]


def test_hours_that_lie_apart_close_a_day_together():
    morning, evening = (
        rule("aa", "window", legal=hours("08:00-12:00")),
        rule("bb", "window", legal=hours("14:00-20:00")),
    )

    assert decided([morning, evening], "window", [2]) == [("aa", RuleOrigin.LAW), ("bb", RuleOrigin.LAW)]


def test_of_a_cap_the_smallest_decides_and_ties_are_shared():
    three, four = rule("aa", "caps", legal={"hours24": 3}), rule("bb", "caps", legal={"hours24": 4})
    too = rule("cc", "caps", strict={"hours24": 3})

    assert decided([three, four, too], "caps", ["hours24"]) == [("aa", RuleOrigin.LAW), ("cc", RuleOrigin.SAYSO)]


def test_of_demands_those_that_make_them_decide():
    one = rule("aa", "consent", legal=["affirmative_act"], strict=["affirmative_act", "e_signature"])
    other = rule("bb", "consent", legal=["guardian"])

    assert decided([one, other], "consent", ["affirmative_act", "e_signature"]) == [("aa", RuleOrigin.PARTLY)]


def test_a_basis_that_does_not_count_is_refused_by_who_leaves_it_out():
    strict = rule("aa", "bases", legal={"express": 0})
    mild = rule("bb", "bases", legal={"express": 0, "purchase": 24})

    assert decided([strict, mild], "bases", ["purchase"]) == [("aa", RuleOrigin.LAW)]
