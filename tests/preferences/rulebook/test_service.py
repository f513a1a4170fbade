"""The rulebook: what is in force where and when, and how it changes: by two people, from a day on, never backwards."""

import re
import threading
from datetime import UTC, date, datetime

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from preferences.errors import NotAllowed, SaysoError
from preferences.geo import territories
from preferences.models import AppliedRules, Rule, RuleProposal
from preferences.rulebook import book as rulebook
from preferences.rulebook import rule_versions
from preferences.rulebook import service as rules
from preferences.rulebook.effective_terms import LEGAL, STRICT
from tests import factories
from tests.preferences.rulebook import rule_changes

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 23)
US_TEXTS = (frozenset({"US"}), "sms", "marketing")


@pytest.fixture(autouse=True)
def _on_a_monday(time_machine):
    time_machine.move_to("2026-11-23 09:00")


def names(jurisdictions, channel, purpose, day=TODAY):
    return {rule.name for rule in rulebook.current_rulebook().in_force(frozenset(jurisdictions), channel, purpose, day)}


def versions(name, day):
    return [
        rule.version
        for rule in rulebook.current_rulebook().in_force(frozenset({"US"}), "sms", "marketing", day)
        if rule.name == name
    ]


# What is in force, where and when.


def test_a_date_in_the_future_takes_effect_by_itself(time_machine):
    book = rulebook.current_rulebook(LEGAL)

    assert book.terms(*US_TEXTS, date(2027, 1, 30)).revocation == "programme"
    assert book.terms(*US_TEXTS, date(2027, 1, 31)).revocation == "everything"

    time_machine.move_to("2027-01-31 12:00")
    assert rulebook.current_rulebook(LEGAL).terms(*US_TEXTS, timezone.localdate()).revocation == "everything"


def test_informational_texts_follow_the_same_day():
    book = rulebook.current_rulebook(LEGAL)
    asked = (frozenset({"US"}), "sms", "informational")

    assert book.terms(*asked, date(2027, 1, 30)).revocation != "everything"
    assert book.terms(*asked, date(2027, 1, 31)).revocation == "everything"


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (datetime(2027, 1, 30, 9, 59, tzinfo=UTC), "programme"),
        (datetime(2027, 1, 30, 10, 0, tzinfo=UTC), "everything"),
        (datetime(2027, 1, 31, 12, 0, tzinfo=UTC), "everything"),
    ],
)
def test_a_stricter_version_begins_with_the_first_place_on_earth_where_its_day_has_come(moment, expected):
    assert rulebook.current_rulebook(LEGAL).at(*US_TEXTS, moment).revocation == expected


@pytest.mark.parametrize(
    ("moment", "versions"),
    [
        (datetime(2026, 12, 24, 9, 59, tzinfo=UTC), {1}),
        (datetime(2026, 12, 24, 10, 0, tzinfo=UTC), {1, 2}),
        (datetime(2026, 12, 25, 11, 59, tzinfo=UTC), {1, 2}),
        (datetime(2026, 12, 25, 12, 0, tzinfo=UTC), {2}),
    ],
)
def test_the_version_before_holds_until_its_day_is_over_everywhere(author, approver, moment, versions):
    rule_changes.publish("us-ms-sms-marketing", by=author, second=approver, effective_from=date(2026, 12, 25))

    found = rulebook.current_rulebook().in_force_at(frozenset({"US-MS"}), "sms", "marketing", moment)

    assert {rule.version for rule in found if rule.name == "us-ms-sms-marketing"} == versions


@pytest.mark.parametrize(("day", "expected"), [("2026-12-24", [1]), ("2026-12-25", [2]), ("2026-12-31", [2])])
def test_a_version_holds_from_its_first_day_on(author, approver, day, expected):
    rule_changes.publish("us-ms-sms-marketing", by=author, second=approver, effective_from=date(2026, 12, 25))

    in_force = rulebook.current_rulebook().in_force(
        frozenset({"US-MS", "US"}), "sms", "marketing", date.fromisoformat(day)
    )

    assert [rule.version for rule in in_force if rule.name == "us-ms-sms-marketing"] == expected


@pytest.mark.parametrize(("day", "expected"), [("2026-12-31", [2]), ("2027-01-01", [])])
def test_after_its_last_day_a_rule_says_nothing_any_more(author, approver, day, expected):
    days = {"effective_from": date(2026, 12, 1), "effective_to": date(2026, 12, 31)}
    rule_changes.publish("us-ms-sms-marketing", by=author, second=approver, **days)

    in_force = rulebook.current_rulebook().in_force(frozenset({"US-MS"}), "sms", "marketing", date.fromisoformat(day))

    assert [rule.version for rule in in_force if rule.name == "us-ms-sms-marketing"] == expected


def test_of_two_versions_the_one_that_begins_later_holds_whichever_was_published_first(author, approver):
    rule_changes.publish(
        "us-sms-marketing", by=author, second=approver, effective_from=date(2026, 12, 1), effective_to=None
    )

    assert versions("us-sms-marketing", date(2026, 12, 1)) == [3]
    assert versions("us-sms-marketing", date(2027, 1, 31)) == [2]


def test_of_two_versions_from_the_same_day_the_one_published_last_holds(author, approver):
    rule_changes.publish(
        "us-sms-marketing", by=author, second=approver, effective_from=date(2027, 1, 31), effective_to=None
    )

    assert versions("us-sms-marketing", date(2027, 1, 31)) == [3]


def test_a_country_without_a_rule_of_its_own_is_judged_by_the_default():
    assert names({"JP"}, "sms", "marketing") == {"elsewhere-sms-marketing"}
    assert names({"US"}, "sms", "transactional") == {"elsewhere-sms-transactional"}


def test_the_default_is_asked_as_soon_as_one_country_has_no_rule():
    assert names({"US", "JP"}, "sms", "marketing") == {"us-sms-marketing", "elsewhere-sms-marketing"}


def test_a_country_with_a_rule_leaves_the_default_alone():
    assert names({"US", "US-MS"}, "sms", "marketing") == {"us-sms-marketing", "us-ms-sms-marketing"}


@pytest.mark.parametrize("country", ["FR", "PL", "NO", "IS", "LI"])
def test_members_of_the_union_are_under_its_rule_and_their_own(country):
    found = names(territories.rulebook_names(country), "sms", "marketing")

    assert {"eu-sms-marketing", f"{country.lower()}-sms-marketing"} == found


def test_a_member_without_a_row_of_its_own_is_under_the_unions_rule_alone():
    assert names(territories.rulebook_names("PL"), "email", "marketing") == {"eu-email-marketing"}


def test_a_rule_for_any_channel_counts_on_each():
    assert "ca-qc-marketing" in names({"CA", "CA-QC"}, "email", "marketing")
    assert "ca-qc-marketing" in names({"CA", "CA-QC"}, "sms", "marketing")


def test_the_profile_decides_whether_our_own_stricter_values_hold(settings):
    settings.RULE_PROFILE = LEGAL
    legal = rulebook.current_rulebook().terms(*US_TEXTS, TODAY)
    settings.RULE_PROFILE = STRICT
    strict = rulebook.current_rulebook().terms(*US_TEXTS, TODAY)

    assert (legal.profile, legal.window[6]) == (LEGAL, (8 * 60, 21 * 60))
    assert (strict.profile, strict.window[6]) == (STRICT, (12 * 60, 20 * 60))


def test_the_book_is_read_once_until_something_is_published(author, approver, django_assert_num_queries):
    before = rulebook.current_rulebook()
    with django_assert_num_queries(1):
        assert rulebook.current_rulebook() is before

    rule_changes.publish("us-sms-marketing", by=author, second=approver)

    assert rulebook.current_rulebook() is not before


@pytest.mark.parametrize("day", ["2020-01-01", "2026-11-23", "2027-01-30", "2027-01-31", "2040-01-01"])
def test_the_database_and_the_book_agree_on_what_is_in_force(author, approver, day):
    rule_changes.publish(
        "us-sms-marketing", by=author, second=approver, effective_from=date(2026, 12, 1), effective_to=None
    )
    day = date.fromisoformat(day)
    stated = rule_versions.with_state(Rule.objects.all(), day).filter(state=rule_versions.IN_FORCE)

    held = {rules.published_version(name, day) for name in Rule.objects.values_list("name", flat=True)}
    assert set(stated) == held - {None}


# How it changes.


def test_a_change_is_proposed_by_one_and_published_by_another_as_the_next_version(author, approver):
    proposal = rule_changes.propose("us-ms-sms-marketing", by=author)
    rule = rules.publish(proposal, by=approver)

    proposal.refresh_from_db()
    assert (rule.version, rule.proposed_by, rule.published_by) == (2, author, approver)
    assert (rule.reason, rule.effective_from) == ("Counsel asked for it", date(2026, 11, 24))
    assert (proposal.status, proposal.rule, proposal.decided_by) == ("published", rule, approver)
    assert rule.digest == rules.rule_digest(rule) == rules.rule_digest(Rule.objects.get(pk=rule.pk))


def test_nobody_publishes_or_declines_what_they_proposed(author):
    proposal = rule_changes.propose("us-sms-marketing", by=author)

    with pytest.raises(NotAllowed, match="someone other than the person who proposed it"):
        rules.publish(proposal, by=author)
    with pytest.raises(NotAllowed, match="someone other than the person who proposed it"):
        rules.decline(proposal, by=author, reason="On second thoughts")


def test_declining_says_why_and_changes_no_rule(author, approver):
    proposal = rule_changes.propose("us-sms-marketing", by=author)

    rules.decline(proposal, by=approver, reason="  Not before the hearing  ")

    proposal.refresh_from_db()
    assert (proposal.status, proposal.decided_because) == ("declined", "Not before the hearing")
    assert Rule.objects.filter(name="us-sms-marketing").count() == 2


def test_declining_needs_a_reason(author, approver):
    with pytest.raises(NotAllowed, match="Enter the reason for declining"):
        rules.decline(rule_changes.propose("us-sms-marketing", by=author), by=approver, reason=" \n ")


def test_what_is_decided_is_not_decided_again(author, approver):
    proposal = rule_changes.propose("us-sms-marketing", by=author)
    rules.publish(proposal, by=approver)

    with pytest.raises(NotAllowed, match="already been decided"):
        rules.publish(proposal, by=approver)
    with pytest.raises(NotAllowed, match="already been decided"):
        rules.decline(proposal, by=approver, reason="Too late")
    assert Rule.objects.filter(name="us-sms-marketing").count() == 3


def test_nothing_takes_effect_in_the_past(author, approver, time_machine):
    with pytest.raises(NotAllowed, match="A rule cannot take effect in the past"):
        rule_changes.propose("us-sms-marketing", by=author, effective_from=date(2026, 11, 22))

    proposal = rule_changes.propose("us-sms-marketing", by=author, effective_from=date(2026, 11, 23))
    time_machine.move_to("2026-11-24 09:00")
    with pytest.raises(NotAllowed, match="The date it takes effect has passed"):
        rules.publish(proposal, by=approver)


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"reason": " "}, "Enter the reason for the change"),
        ({"effective_to": date(2026, 11, 1)}, "end date is before the start date"),
        ({"jurisdiction": "US-MS"}, "Another rule already has this name"),
        ({"channel": "email"}, "Another rule already has this name"),
        ({"figures": {}}, "This rule has no values"),
        ({"figures": {"segments": {"legal": {"most": 1}}}}, "Give the source of “Maximum SMS length (segments)”"),
        ({"figures": {"segments": {"reference": "§ 1"}}}, "“Maximum SMS length (segments)” has no value"),
        ({"figures": {"segments": {"legal": {"most": -1}, "reference": "§ 1"}}}, "zero or more"),
        ({"figures": {"consent": {"legal": ["blood"], "reference": "§ 1"}}}, "“blood” is unknown here"),
        ({"figures": {"moods": {"legal": ["blue"], "reference": "§ 1"}}}, "“moods” is not a rule value"),
        ({"figures": {"holidays": {"legal": ["Mars"], "reference": "§ 1"}}}, "“Mars” is not a public holiday calendar"),
    ],
)
def test_what_cannot_be_a_rule_is_refused_with_a_sentence(author, said, sentence):
    with pytest.raises(SaysoError, match=re.escape(sentence)):
        rule_changes.propose("us-sms-marketing", by=author, **said)
    assert not RuleProposal.objects.exists()


def test_a_window_that_never_opens_is_refused(author):
    never = {"legal": {"mon-sun": "08:00-10:00"}, "strict": {"mon-sun": "11:00-12:00"}, "reference": "§ 1"}

    with pytest.raises(NotAllowed, match="never allow sending"):
        rule_changes.propose("us-sms-marketing", by=author, figures={"window": never})


def test_one_change_of_a_rule_waits_at_a_time(author, approver):
    rule_changes.propose("us-sms-marketing", by=author)

    with pytest.raises(NotAllowed, match="Another change to this rule is already waiting for approval"):
        rule_changes.propose("us-sms-marketing", by=approver)


def test_a_change_that_changes_nothing_is_refused(author):
    rule = rule_changes.newest("us-sms-marketing")

    with pytest.raises(NotAllowed, match="the same as the current rule"):
        rule_changes.propose("us-sms-marketing", by=author, figures=rule.figures)


def test_what_held_before_can_be_brought_back(author, approver):
    before = rule_changes.newest("us-ms-sms-marketing")
    rule_changes.publish("us-ms-sms-marketing", by=author, second=approver)

    day = date(2026, 12, 24)
    back = rule_changes.publish(
        "us-ms-sms-marketing", by=author, second=approver, figures=before.figures, effective_from=day
    )

    assert (back.version, back.figures) == (3, before.figures)
    assert rules.published_version("us-ms-sms-marketing", day) == back


def test_a_place_without_a_rule_gets_one(author, approver):
    said = {"name": "jp-sms-marketing", "jurisdiction": "JP", "jurisdiction_name": "Japan"}
    rule = rules.publish(rules.propose(rule_changes.words("us-sms-marketing", **said), by=author), by=approver)

    assert (rule.version, rule.is_shipped) == (1, False)
    assert names({"JP"}, "sms", "marketing", date(2026, 11, 24)) == {"jp-sms-marketing"}


def test_a_proposal_can_be_looked_at_as_if_it_were_published(author):
    proposal = rule_changes.propose("us-sms-marketing", by=author)
    book = rulebook.current_rulebook()

    as_if = book.instead(rules.rule_from_proposal(proposal)).terms(*US_TEXTS, proposal.effective_from)

    assert (as_if.window[5], book.terms(*US_TEXTS, proposal.effective_from).window[5]) == (None, (540, 1200))


def test_the_same_terms_are_recorded_once_with_their_very_rules():
    terms = rulebook.current_rulebook().terms(*US_TEXTS, TODAY)

    record = rules.applied_rules_for(*US_TEXTS, terms)

    assert rules.applied_rules_for(*US_TEXTS, terms) == record == AppliedRules.objects.get()
    assert [str(rule) for rule in rules.applied_rule_versions(record)] == ["us-sms-marketing · 1"]


# What the database holds by itself.


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE preferences_rule SET summary = 'Anything goes' WHERE name = 'us-sms-marketing'",
        "UPDATE preferences_rule SET effective_to = '2026-01-01'",
        "DELETE FROM preferences_rule WHERE name = 'us-sms-marketing'",
    ],
)
def test_raw_sql_cannot_change_or_remove_a_rule(statement):
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_a_rule_is_never_saved_again_or_deleted():
    rule = rule_changes.newest("us-sms-marketing")

    with pytest.raises(NotAllowed):
        rule.save()
    with pytest.raises(NotAllowed):
        rule.delete()
    with pytest.raises(NotAllowed):
        Rule.objects.all().update(summary="Anything goes")


def alone(name, **people):
    rule = rule_changes.newest(name)
    said = {word: getattr(rule, word) for word in rules.PROPOSAL_FIELDS}
    return Rule(**{**said, "reason": "Because", **people}, version=9, digest=rule.digest)


def test_the_database_takes_no_rule_that_one_person_proposed_and_published(author):
    with pytest.raises(IntegrityError, match="rule_published_by_two"), transaction.atomic():
        alone("us-sms-marketing", proposed_by=author, published_by=author).save()


@pytest.mark.parametrize("part", ["proposed_by", "published_by"])
def test_the_database_takes_no_rule_of_half_a_pair(author, part):
    with pytest.raises(IntegrityError, match="rule_published_by_two"), transaction.atomic():
        alone("us-sms-marketing", **{part: author}).save()


def test_the_database_takes_no_rule_without_a_reason(author, approver):
    with pytest.raises(IntegrityError, match="rule_published_by_two"), transaction.atomic():
        alone("us-sms-marketing", proposed_by=author, published_by=approver, reason="").save()


def in_two_threads(interaction_id):
    """Do it twice at once; returns what each came to."""
    start, came_to = threading.Barrier(2), []

    def go(number):
        start.wait(5)
        try:
            came_to.append(str(interaction_id(number)))
        except SaysoError as error:
            came_to.append(str(error))
        connection.close()

    threads = [threading.Thread(target=go, args=(number,)) for number in range(2)]
    [thread.start() for thread in threads]
    [thread.join(20) for thread in threads]
    return sorted(came_to)


@pytest.mark.django_db(transaction=True)
def test_two_people_who_publish_at_once_make_one_rule():
    author, *others = (factories.UserFactory() for _person in range(3))
    proposal = rule_changes.propose("us-ms-sms-marketing", by=author)

    came_to = in_two_threads(lambda number: rules.publish(proposal, by=others[number]))

    assert came_to == ["This proposal has already been decided.", "us-ms-sms-marketing · 2"]
    assert Rule.objects.filter(name="us-ms-sms-marketing").count() == 2


@pytest.mark.django_db(transaction=True)
def test_two_people_who_propose_at_once_make_one_proposal():
    people = [factories.UserFactory() for _person in range(2)]

    came_to = in_two_threads(lambda number: rule_changes.propose("us-ms-sms-marketing", by=people[number]))

    assert came_to[0].startswith("Another change to this rule is already waiting for approval")
    assert RuleProposal.objects.open().count() == 1


def test_the_default_never_ends_as_nothing_would_hold_after_it(author, approver):
    with pytest.raises(NotAllowed, match="everywhere else"):
        rule_changes.propose("elsewhere-sms-marketing", by=author, effective_to=date(2026, 12, 31))


def test_a_version_that_is_committed_late_is_read_although_a_newer_row_is_known(author, approver):
    """Two people publish two rules at once; the row with the smaller number is seen last."""
    newer = rule_changes.publish("us-ms-sms-marketing", by=author, second=approver)
    book = rulebook.current_rulebook()
    kept = {word: getattr(newer, word) for word in [*rules.PROPOSAL_FIELDS, "version", "digest"]}
    late = {**kept, "name": "us-fl-sms-marketing", "version": 7, "proposed_by": author, "published_by": approver}
    Rule(pk=-1, **late).save(force_insert=True)

    assert len(rulebook.current_rulebook().rules) == len(book.rules) + 1


def test_the_first_rule_of_a_place_says_which_default_it_displaces(author):
    kept = rule_changes.words("au-sms-marketing", name="jp-sms-marketing", jurisdiction="JP", jurisdiction_name="Japan")
    first = rules.propose(kept, by=author)
    another = rule_changes.propose("au-sms-marketing", by=author)
    state = {"name": "us-ny-sms-marketing", "jurisdiction": "US-NY", "jurisdiction_name": "New York"}
    added = rules.propose(rule_changes.words("us-fl-sms-marketing", **state), by=author)

    assert [rule.name for rule in rules.displaced_defaults(first)] == ["elsewhere-sms-marketing"]
    assert rules.displaced_defaults(another) == rules.displaced_defaults(added) == []
