"""Forecasts in the back office: who may ask, what the page shows, and what stands beside a proposal."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from compliance.forecasts import service as forecasts
from compliance.forecasts import svg_chart
from compliance.models import Forecast
from preferences.rulebook import service as rules
from tests import factories, roles
from tests.campaigns.admin.admin_pages import words_of
from tests.compliance.forecasts.test_service import LATER, NOW, TODAY, people, proposed
from tests.conftest import subscribe

__all__ = ["people"]


@pytest.fixture
def office(client, officer, time_machine):
    """The browser of a compliance officer, in spring 2027."""
    time_machine.move_to(NOW, tick=False)
    client.force_login(officer)
    return client


@pytest.fixture
def proposal(office, officer, people):
    return proposed(officer, consent={"legal": ["guardian"]})


@pytest.fixture
def done(proposal, officer):
    return forecasts.forecast_proposal(proposal, until=LATER, by=officer)


def page(name, *args):
    return reverse(f"admin:compliance_forecast_{name}", args=args)


def of(proposal):
    return reverse("admin:preferences_ruleproposal_change", args=[proposal.pk])


def test_a_proposal_says_that_nobody_has_forecast_it_and_leads_there(office, proposal):
    answer = office.get(of(proposal))

    assert "No forecast has been made for this change" in words_of(answer)
    assert page("proposal", proposal.pk) in answer.content.decode()


def test_a_forecast_of_a_proposal_is_made_and_shown_over_time(office, proposal):
    answer = office.post(page("proposal", proposal.pk), {"on": "", "until": "2027-08-31"}, follow=True)

    said = words_of(answer)
    assert "3 subscriptions are reachable today" in said
    assert "On 31 Aug 2027, 2 of them would be unreachable because of this change alone." in said
    assert "2 · The consent does not meet all the rules in their location" in said
    assert 'role="img"' in answer.content.decode()


def test_the_publishing_page_shows_the_newest_forecast(client, office, proposal, done):
    client.force_login(roles.colleague("compliance officer", username="second"))

    said = words_of(client.get(reverse("admin:preferences_ruleproposal_publish", args=[proposal.pk])))

    assert "2 fewer subscriptions will be reachable on 31 Aug 2027, out of 3 today" in said


def test_a_number_leads_to_its_names(office, done, people):
    last = len(done.result["days"]) - 1
    effect = office.get(page("people", done.pk), {"point": last, "world": "effect"})
    other = office.get(page("people", done.pk), {"point": last, "world": "before"})

    assert words_of(effect).count("•••@") == 2
    assert people[0].value not in effect.content.decode()
    assert "Nobody." in words_of(other)


def test_an_auditor_reads_and_asks_for_nothing(client, office, proposal, done):
    client.force_login(roles.colleague("auditor"))

    assert client.get(page("change", done.pk)).status_code == 200
    assert client.get(page("proposal", proposal.pk)).status_code == 403
    assert client.get(page("of_time")).status_code in (302, 403)
    assert page("proposal", proposal.pk) not in client.get(of(proposal)).content.decode()


def test_whoever_has_nothing_to_do_with_it_is_kept_out(client, office, done):
    client.force_login(roles.colleague("author"))

    assert client.get(page("change", done.pk)).status_code == 403
    assert client.get(page("people", done.pk), {"point": 0}).status_code == 403


def test_time_alone_is_forecast_for_a_topic(office, topic, people):
    people[0].subscriptions.update(expires_at=NOW + timedelta(days=30))

    said = words_of(office.post(page("of_time"), {"topic": topic.pk, "until": "2027-08-31"}, follow=True))

    assert "Expiring consent: Health tips" in said
    assert "1 · The consent has expired" in said


def test_another_setting_is_forecast_and_nothing_is_changed(office, topic, people):
    asked = {"topic": topic.pk, "on": "2027-04-01", "until": "2027-08-31", "minimum_age": "16", "by_sms": "no"}

    said = words_of(office.post(page("of_setting"), asked, follow=True))

    assert "minimum age: 16" in said
    assert "by SMS: no" in said
    topic.refresh_from_db()
    assert (topic.minimum_age, topic.by_sms) == (None, True)


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"until": "2027-01-01"}, "Choose a forecast date in the future"),
        ({"until": "2030-01-01"}, "Choose a forecast date no more than one year ahead."),
        ({"on": "2027-01-01", "until": "2027-08-31"}, "The effective date is in the past."),
        ({"until": "\N{GRINNING FACE}"}, "Enter a valid date."),
        ({}, "This field is required."),
    ],
)
def test_what_cannot_be_forecast_is_said_on_the_page(office, proposal, asked, sentence):
    assert sentence in words_of(office.post(page("proposal", proposal.pk), asked))
    assert not Forecast.objects.exists()


def test_a_proposal_that_is_decided_is_not_forecast(office, proposal, colleague):
    rules.decline(proposal, by=colleague, reason="No.")

    said = words_of(office.post(page("proposal", proposal.pk), {"until": "2027-08-31"}))

    assert "This proposal has already been decided." in said
    assert page("proposal", proposal.pk) not in office.get(of(proposal)).content.decode()


@pytest.mark.parametrize(
    "query", ["", "point=x", "point=-1", "point=999", "point=0&world=nonsense", "point=%F0%9F%98%80"]
)
def test_a_number_that_is_not_there_is_not_found(office, done, query):
    assert office.get(page("people", done.pk) + "?" + query).status_code == 404


def test_many_people_are_counted_while_one_looks_again(office, topic, people, settings):
    settings.IMMEDIATE_COUNT_LIMIT = 1

    first = words_of(office.post(page("of_time"), {"until": "2027-08-31"}, follow=True))
    row = forecasts.run_count(Forecast.objects.get())
    done = words_of(office.get(page("change", row.pk)))

    assert "The forecast is being calculated." in first
    assert "3 subscriptions are reachable today" in done


def test_the_list_of_forecasts_says_what_each_is_about(office, done):
    assert done.proposal.summary in words_of(office.get(page("changelist")))


def test_hostile_names_are_inert(office, topic, done, people):
    subscribe(factories.email_address(country="DE", name="<script>alert(1)</script>"), topic)

    content = office.get(page("people", done.pk), {"point": len(done.result["days"]) - 1}).content.decode()

    assert "<script>alert" not in content


def test_a_chart_of_nobody_can_be_drawn():
    drawn = svg_chart.line_chart([TODAY, date(2027, 3, 9)], {"after": [0, 0]}, None)

    assert drawn.lines == {"after": "64.0,224.0 704.0,224.0"}
    assert [mark.words for mark in drawn.up] == ["0", "1", "2"]


def test_a_chart_rises_to_a_round_number_and_marks_the_day():
    drawn = svg_chart.line_chart([TODAY, date(2027, 3, 9)], {"after": [1234, 0]}, TODAY)

    assert [mark.words for mark in drawn.up] == ["0", "1,000", "2,000"]
    assert drawn.effect_at == 64
