"""The compliance officer's rulebook: every rule with its source, a change that is proposed, a second who decides."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.datastructures import MultiValueDict
from django.utils.safestring import mark_safe

from preferences.admin.rulebook import rule_field_inputs
from preferences.admin.rulebook import rules as pages
from preferences.admin.rulebook.rule_form import ProposalForm
from preferences.models import Rule, RuleProposal
from preferences.rulebook import book as rulebook
from preferences.rulebook import rule_fields, rule_labels
from preferences.rulebook import service as rules
from preferences.rulebook.content_codes import ContentCode
from tests import roles
from tests.preferences.admin.admin_urls import page
from tests.preferences.rulebook import rule_changes

NAME = "us-sms-marketing"


@pytest.fixture(autouse=True)
def _on_a_monday(time_machine):
    time_machine.move_to("2026-11-23 09:00")


@pytest.fixture
def rule(db):
    return rule_changes.newest(NAME)


@pytest.fixture
def second(officer):
    """Another compliance officer, signed in elsewhere."""
    client = Client()
    client.colleague = roles.colleague("compliance officer", username="second")
    client.force_login(client.colleague)
    return client


@pytest.fixture
def proposal(officer):
    return rule_changes.propose(NAME, by=officer.colleague)


def shown(client, url, **query):
    return client.get(url, query).content.decode()


def listed(client, **query):
    return [(rule.name, rule.version) for rule in client.get(page("rule"), query).context["cl"].result_list]


# The list.


def test_the_list_begins_with_what_is_in_force_and_what_will_be(officer):
    found = listed(officer)

    assert {(NAME, 1), (NAME, 2), ("us-fl-sms-marketing", 2)} <= set(found)
    assert ("us-fl-sms-marketing", 1) not in found


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ("now", {(NAME, 1)}),
        ("to_come", {(NAME, 2)}),
        ("past", set()),
        ("all", {(NAME, 1), (NAME, 2)}),
    ],
)
def test_the_list_can_be_asked_for_now_for_what_comes_and_for_the_past(officer, state, expected):
    found = listed(officer, state=state, jurisdiction="US", channel="sms", purpose="marketing")

    assert set(found) == expected


def test_rules_of_one_place_stand_together(officer):
    places = [rule.jurisdiction for rule in officer.get(page("rule")).context["cl"].result_list]

    assert places == sorted(places)


@pytest.mark.parametrize(
    ("term", "expected"),
    [
        ("us-fl-sms", {("us-fl-sms-marketing", 2)}),
        ("TEXTS FLORIDA", {("us-fl-sms-marketing", 2)}),
        ("501.616", {("us-fl-sms-marketing", 2)}),
        ("da 26-12", {(NAME, 1), (NAME, 2)}),
        ("(광고)", {("kr-email-marketing", 1), ("kr-sms-marketing", 1)}),
        ("\N{SUN BEHIND CLOUD} \u202eno such law", set()),
    ],
)
def test_rules_are_found_by_name_by_words_and_by_their_source(officer, term, expected):
    found = set(listed(officer, q=term))

    assert expected <= found
    assert bool(found) == bool(expected)


def test_the_list_asks_the_database_as_often_for_many_rules_as_for_few(officer, django_assert_max_num_queries):
    with django_assert_max_num_queries(15):
        officer.get(page("rule"), {"state": "all"})


# A rule.


def test_every_figure_is_told_in_words_with_law_and_strict_value_and_source(officer, rule):
    told = shown(officer, page("rule", "change", rule.pk))

    assert "every day 08:00–21:00" in told
    assert "Mon–Sat 09:00–20:00, Sun 12:00–20:00, closed on public holidays" in told
    assert "at most 3 in any 24 hours" in told
    assert "47 CFR 64.1200(c)(1)" in told
    assert "Primary source checked" in told
    assert "No source checked, or a value of our own: verify" in told
    assert "Sayso editors; not yet read by counsel" in told
    assert "The strict profile is in force" in told


@pytest.mark.parametrize("rule", [pytest.param(number, id=str(number)) for number in (0, 25, 50, 75, 100)])
def test_every_shipped_rule_has_a_page(officer, rule):
    row = Rule.objects.order_by("pk")[rule]

    assert officer.get(page("rule", "change", row.pk)).status_code == 200


def test_other_versions_are_told_with_what_they_change(officer, rule):
    told = shown(officer, page("rule", "change", rule.pk))

    assert "Version 2, from 31 January 2027" in told
    assert "all messages from all senders, on every channel" in told


def test_a_rule_says_who_proposed_it_who_published_it_and_why(officer, second, proposal):
    published = rules.publish(proposal, by=second.colleague)

    told = shown(officer, page("rule", "change", published.pk))

    assert "officer" in told
    assert "second" in told
    assert "Counsel asked for it" in told


@pytest.mark.parametrize("role", ["support", "author", "approver", "auditor"])
def test_colleagues_who_may_not_propose_read_the_rules_without_the_button(client, rule, role):
    client.force_login(roles.colleague(role))

    told = shown(client, page("rule", "change", rule.pk))

    assert "47 CFR 64.1200(c)(1)" in told
    assert "Propose a change" not in told
    assert client.post(page("rule", "propose", rule.pk), {}).status_code == 403


def test_nobody_edits_or_deletes_a_rule_here(administrator, rule):
    assert administrator.post(page("rule", "change", rule.pk), {"summary": "Anything"}).status_code == 403
    assert administrator.post(page("rule", "delete", rule.pk), {"post": "yes"}).status_code == 403
    assert administrator.get(page("rule", "add")).status_code == 403


def test_all_figures_have_words_and_a_shape_in_the_form():
    assert (
        set(rule_labels.FIELD_LABELS)
        == set(rule_labels.FORMATTERS)
        == set(rule_field_inputs.FIELD_INPUTS)
        == set(rule_fields.RULE_FIELDS)
    )
    assert set(rule_labels.FLAG_LABELS) == rule_fields.FLAGS
    assert set(rule_labels.CONTENT_LABELS) == ContentCode.requirements()
    assert set(rule_labels.LIST_LABELS) == rule_fields.LISTS


# What holds together.


def test_what_holds_together_names_who_set_each_figure(officer):
    asked = {"country": "US", "state": "Texas", "channel": "sms", "purpose": "marketing", "day": "2026-12-01"}
    answer = officer.get(page("rule", "terms"), asked)

    hours = next(line for line in answer.context["lines"] if line.name == "window")
    assert hours.words == ["Mon–Sat 09:00–20:00, Sun 12:00–20:00, closed on public holidays"]
    assert "us-sms-marketing" in {setter.rule.name for setter in hours.setters}
    assert "Rules of these jurisdictions apply: US, US-TX." in answer.content.decode()


@pytest.mark.parametrize(("profile", "hours"), [("strict", "12:00–20:00"), ("legal", "every day 08:00–20:00")])
def test_what_holds_together_follows_the_profile_in_force(officer, settings, profile, hours):
    settings.RULE_PROFILE = profile
    asked = {"country": "US", "state": "FL", "channel": "sms", "purpose": "marketing", "day": "2026-12-01"}

    told = shown(officer, page("rule", "terms"), **asked)

    assert hours in told
    assert f"Under the {profile} profile" in told


def test_a_narrower_state_rule_is_named_as_the_one_that_sets_the_hours(officer, settings):
    settings.RULE_PROFILE = "legal"
    asked = {"country": "US", "state": "FL", "channel": "sms", "purpose": "marketing", "day": "2026-12-01"}

    lines = officer.get(page("rule", "terms"), asked).context["lines"]

    caps = next(line for line in lines if line.name == "caps")
    assert [setter.rule.name for setter in caps.setters] == ["us-fl-sms-marketing"]


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"state": "Atlantis"}, "This country has no state with this name or code"),
        ({"day": "soon"}, "Enter a valid date"),
        ({"country": "XX"}, "Select a valid choice"),
    ],
)
def test_a_question_that_cannot_be_answered_is_answered_with_a_sentence(officer, said, sentence):
    asked = {"country": "US", "state": "", "channel": "sms", "purpose": "marketing", "day": "2026-12-01"}

    assert sentence in shown(officer, page("rule", "terms"), **(asked | said))


def test_a_country_nobody_wrote_a_rule_for_shows_the_default(officer):
    asked = {"country": "JP", "channel": "email", "purpose": "marketing", "day": "2026-12-01"}

    assert [rule.name for rule in officer.get(page("rule", "terms"), asked).context["in_force"]] == [
        "elsewhere-email-marketing"
    ]


# Proposing.


def typed(form):
    """What a browser would send if somebody changed nothing."""
    said = {field.html_name: field.value() for part in [form.frame, *form.figures] for field in part}
    return {name: value for name, value in said.items() if value not in (None, "")}


def form_of(client, rule):
    return typed(ProposalForm(None, rule=rule, by=client.colleague)) | {"reason": "Counsel asked for it"}


def propose(client, rule, **said):
    return client.post(page("rule", "propose", rule.pk), form_of(client, rule) | said)


def test_the_form_begins_with_the_version_as_it_is_from_tomorrow_on(officer, rule):
    said = typed(officer.get(page("rule", "propose", rule.pk)).context["form"])

    assert said["effective_from"] == date(2026, 11, 24)
    assert said["window-legal_mon"] == "08:00-21:00"
    assert said["window-strict_holiday"] == "closed"
    assert said["caps-strict_hours24"] == 3
    assert "bases-strict_express" not in said


def sent_unchanged(client, rule):
    data = MultiValueDict()
    [data.setlist(name, said if isinstance(said, list) else [said]) for name, said in form_of(client, rule).items()]
    form = ProposalForm(data, rule=rule, by=client.colleague)
    return form.is_valid() and form.words()["figures"]


def test_a_form_sent_unchanged_says_just_what_the_rule_says_for_every_shipped_rule(officer):
    shipped = list(Rule.objects.all())

    assert [sent_unchanged(officer, rule) for rule in shipped] == [rule.figures for rule in shipped]


def test_what_somebody_changed_is_proposed_and_all_else_stays_as_it_was(officer, rule):
    answer = propose(officer, rule, **{"window-legal_sun": "9:00 – 18:00", "caps-legal_hours24": "2"})

    proposal = RuleProposal.objects.get()
    changed = {name for name in rule.figures if proposal.figures[name] != rule.figures[name]}
    assert answer.url == page("ruleproposal", "change", proposal.pk)
    assert changed == {"window", "caps"}
    assert proposal.figures["window"]["legal"]["sun"] == "09:00-18:00"
    assert (proposal.based_on, proposal.proposed_by) == (rule, officer.colleague)


def test_an_emptied_figure_is_taken_out(officer, rule):
    propose(officer, rule, **{"segments-strict_most": ""})

    assert "segments" not in RuleProposal.objects.get().figures


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"reason": "  "}, "Enter the reason for the change."),
        ({"window-legal_sun": "noon to two"}, "“noon to two” is not a valid time range."),
        ({"window-legal_sun": "20:00-08:00"}, "“20:00-08:00” is not a valid time range."),
        ({"window-legal_sun": ""}, "Enter the hours for sun"),
        ({"window-strict_sun": "\u202e09:00-18:00"}, "is not a valid time range."),
        ({"caps-strict_day": "-1"}, "greater than or equal to 0"),
        ({"caps-strict_day": "many"}, "Enter a whole number."),
        ({"caps-reference": ""}, "Give the source: the article or paragraph it comes from."),
        ({"bases-legal_express": "", "bases-legal_purchase": "3"}, "Express consent is always accepted."),
        ({"holidays-strict": "Mars"}, "“Mars” is not a public holiday calendar."),
        ({"consent-legal": "blood"}, "Select a valid choice."),
        ({"effective_from": "2026-11-22"}, "A rule cannot take effect in the past."),
        ({"effective_to": "2026-11-23"}, "The end date is before the start date."),
        ({"effective_from": "someday"}, "Enter a valid date."),
        ({"summary": "x" * 301}, "at most 300 characters"),
        ({"summary": "a\x00b"}, "Null characters are not allowed."),
        ({"note": "-", "caps-note": "x" * 2001}, "at most 2000 characters"),
        ({}, "This is the same as the current rule."),
    ],
)
def test_what_cannot_be_proposed_is_said_in_a_sentence_on_the_same_page(officer, rule, said, sentence):
    answer = propose(officer, rule, **said)

    assert answer.status_code == 200
    assert sentence in answer.content.decode()
    assert not RuleProposal.objects.exists()


def test_a_second_proposal_of_the_same_rule_is_refused_with_a_sentence(officer, rule, proposal):
    answer = propose(officer, rule, **{"caps-strict_day": "2"})

    assert "Another change to this rule is already waiting for approval." in answer.content.decode()


NEW = {
    "jurisdiction": "jp",
    "jurisdiction_name": "日本 \N{SUN BEHIND CLOUD}",
    "channel": "sms",
    "purpose": "marketing",
    "summary": "Texts to people in Japan",
    "effective_from": "2026-12-01",
    "reviewed_on": "2026-11-23",
    "reviewed_by": "Counsel",
    "reason": "We begin there",
    "caps-legal_day": "1",
    "caps-reference": "§ 3",
    "caps-evidence": "V",
}


def test_a_rule_for_a_place_without_one_can_be_proposed(officer, second):
    officer.post(page("rule", "propose_new"), NEW)
    proposal = RuleProposal.objects.get()

    told = shown(officer, page("ruleproposal", "change", proposal.pk))
    rule = rules.publish(proposal, by=second.colleague)

    assert "at most 1 per calendar day" in told
    assert (rule.name, rule.version, rule.jurisdiction) == ("jp-sms-marketing", 1, "JP")


def test_a_first_rule_that_says_little_shows_what_of_the_default_falls_away(officer, second):
    officer.post(page("rule", "propose_new"), NEW)
    proposal = RuleProposal.objects.get()

    pages = [shown(second, page("ruleproposal", step, proposal.pk)) for step in ("change", "publish")]

    assert all("Until then, the default rule for everywhere else applies there" in told for told in pages)
    assert all("Sending hours: Legal limit" in told for told in pages)


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"jurisdiction": "US"}, "A rule for this already exists."),
        ({"jurisdiction": "Japan"}, "Write a country like FR"),
        ({"jurisdiction": ""}, "This field is required."),
        ({"caps-legal_day": ""}, "This rule has no values."),
    ],
)
def test_a_new_rule_that_cannot_be_is_refused_with_a_sentence(officer, said, sentence):
    answer = officer.post(page("rule", "propose_new"), NEW | said)

    assert sentence in answer.content.decode()
    assert not RuleProposal.objects.exists()


# Deciding.


def test_a_proposal_shows_what_changes_who_asks_and_why(second, proposal):
    told = shown(second, page("ruleproposal", "change", proposal.pk))

    assert "Changes from version 1" in told
    assert "Sending hours: Strict value" in told
    assert "Mon–Fri 10:00–18:00, Sat–Sun closed" in told
    assert "Counsel asked for it" in told
    assert page("ruleproposal", "publish", proposal.pk) in told


def test_whoever_proposed_it_sees_a_sentence_instead_of_the_buttons(officer, proposal):
    told = shown(officer, page("ruleproposal", "change", proposal.pk))

    assert "You proposed this, so another person must decide." in told
    assert page("ruleproposal", "publish", proposal.pk) not in told
    assert officer.post(page("ruleproposal", "publish", proposal.pk)).status_code == 403


def test_the_page_before_publishing_repeats_the_difference_and_the_day(second, proposal):
    told = shown(second, page("ruleproposal", "publish", proposal.pk))

    assert "It takes effect automatically on 24 November 2026" in told
    assert "This cannot be undone" in told
    assert "Mon–Fri 10:00–18:00, Sat–Sun closed" in told
    assert Rule.objects.filter(name=NAME).count() == 2


def test_a_second_person_publishes_and_a_second_press_does_no_harm(second, proposal):
    url = page("ruleproposal", "publish", proposal.pk)

    second.post(url)
    again = second.post(url)

    assert Rule.objects.filter(name=NAME).count() == 3
    assert Rule.objects.get(name=NAME, version=3).published_by == second.colleague
    assert again.status_code == 403


def test_a_proposal_whose_day_has_passed_is_refused_with_a_sentence(second, proposal, time_machine):
    time_machine.move_to("2026-11-25 09:00")
    second.force_login(second.colleague)

    answer = second.post(page("ruleproposal", "publish", proposal.pk))

    assert "The date it takes effect has passed." in answer.content.decode()


def test_a_second_person_declines_with_a_reason(second, proposal):
    url = page("ruleproposal", "decline", proposal.pk)
    assert "Enter the reason for declining." in second.post(url, {"reason": " "}).content.decode()

    second.post(url, {"reason": "Not before the hearing"})

    told = shown(second, page("ruleproposal", "change", proposal.pk))
    assert "Not before the hearing" in told
    assert "Declined" in told


def test_a_proposal_based_on_another_version_than_would_hold_says_so(officer, second):
    proposal = rule_changes.propose(NAME, by=officer.colleague, effective_from=date(2027, 3, 1), effective_to=None)

    told = shown(second, page("ruleproposal", "change", proposal.pk))

    assert "Version 2 would otherwise apply on that day" in told


def who_drops_out(request, proposal):
    return mark_safe(f"<p>12 people would drop out of {proposal.name}</p>")  # noqa: S308


@pytest.fixture
def panel():
    pages.RULE_PANELS.append(who_drops_out)
    yield
    pages.RULE_PANELS.remove(who_drops_out)


def test_other_floors_can_show_something_below_a_proposal(second, proposal, panel):
    told = shown(second, page("ruleproposal", "change", proposal.pk))
    asked = shown(second, page("ruleproposal", "publish", proposal.pk))
    published = rules.publish(proposal, by=second.colleague)

    assert "<p>12 people would drop out of us-sms-marketing</p>" in told
    assert "12 people would drop out" in asked
    assert "12 people would drop out" in shown(second, page("rule", "change", published.pk))


def test_what_messages_were_judged_by_is_told_in_words(officer):
    asked = (frozenset({"US", "US-FL"}), "sms", "marketing")
    record = rules.applied_rules_for(*asked, rulebook.current_rulebook().terms(*asked, date(2026, 11, 23)))

    told = shown(officer, page("appliedrules", "change", record.pk))

    assert "US, US-FL" in told
    assert "Mon–Sat 09:00–20:00, Sun 12:00–20:00, closed on public holidays" in told
    assert reverse("admin:preferences_rule_change", args=[rule_changes.newest(NAME).pk]) in told
