"""The expiry desk: the numbers, the names behind them for those who may see them, and one button."""

from datetime import UTC, date, datetime

import pytest
from django.test import Client

from campaigns.models import Campaign
from preferences.consent import service as consent
from preferences.models import Basis, Method, Source
from tests import factories, roles
from tests.campaigns.admin.admin_pages import page, words_of
from tests.conftest import subscribe


@pytest.fixture
def people(topic, time_machine):
    """Two in the USA whose yes grew old, one whose is fresh; one in Canada who asked something."""
    letter = factories.TopicFactory(sender__country="CA", sender__name="Maple", name="Letters")
    time_machine.move_to(datetime(2024, 4, 1, 12, tzinfo=UTC), tick=False)
    old = subscribe(factories.email_address(country="US", name="Olga <b>Old</b>"), topic)
    subscribe(factories.email_address(country="US"), topic)
    time_machine.move_to(datetime(2026, 3, 16, 16, tzinfo=UTC), tick=False)
    subscribe(factories.email_address(country="US"), topic)
    asker = factories.email_address(country="CA", name="Ines Inquiry")
    day = date(2025, 11, 1)
    consent.grant(asker, letter, source=Source.IMPORT, method=Method.NONE, basis=Basis.INQUIRY, basis_on=day)
    return old


def at_the_desk(role):
    browser = Client()
    browser.force_login(roles.colleague(role))
    return browser


def names(topic, **more):
    return {"topic": topic.pk, "channel": "email", "within": 30, "why": "age"} | more


@pytest.mark.parametrize("role", ["author", "approver", "compliance officer", "auditor"])
def test_who_sees_campaigns_sees_what_runs_out(people, role):
    shown = words_of(at_the_desk(role).get(page("expiring_consent")))

    assert "Harbour Clinic · Health tips · Email" in shown
    assert "Old consent, to be renewed Already expired 0 Within 30 days 2 31 to 60 days 0" in shown
    assert "Maple · Letters · Email" in shown
    assert "Based on a purchase, enquiry or membership Already expired 0 Within 30 days 0 31 to 60 days 1" in shown


def test_support_does_not_see_it(people):
    assert at_the_desk("support").get(page("expiring_consent")).status_code == 403


def test_the_list_of_campaigns_leads_there(people, writing):
    assert page("campaign_running_out") in writing.get(page("campaign_changelist")).content.decode()
    assert writing.get(page("campaign_running_out"))["Location"] == page("expiring_consent")


def test_the_names_are_for_those_who_may_see_contacts(people, topic):
    officer, author = at_the_desk("compliance officer"), at_the_desk("author")
    answer = officer.get(page("expiring_consent_names"), names(topic))

    assert "Olga &lt;b&gt;Old&lt;/b&gt;" in answer.content.decode()
    assert "2026-04-01" in words_of(answer)
    assert "expiring-consent/names/?" in officer.get(page("expiring_consent")).content.decode()
    assert author.get(page("expiring_consent_names"), names(topic)).status_code == 403
    assert "expiring-consent/names/?" not in author.get(page("expiring_consent")).content.decode()


@pytest.mark.parametrize(
    "wrong",
    [
        {"topic": ""},
        {"topic": "0"},
        {"topic": "-1"},
        {"topic": "9" * 30},
        {"topic": "😀"},
        {"channel": "pigeon"},
        {"within": "31"},
        {"within": ""},
        {"why": "'; --"},
        {"page": "0"},
        {"page": "²"},
    ],
)
def test_what_is_asked_wrongly_is_not_found(people, topic, wrong):
    assert (
        at_the_desk("compliance officer").get(page("expiring_consent_names"), names(topic) | wrong).status_code == 404
    )


def test_a_page_beyond_the_last_is_empty(people, topic):
    answer = at_the_desk("compliance officer").get(page("expiring_consent_names"), names(topic, page=9))

    assert "Nobody." in words_of(answer)


def test_one_press_makes_the_draft(people, topic, writing, author):
    answer = writing.post(page("expiring_consent_ask"), {"topic": topic.pk, "channel": "email"}, follow=True)

    draft = Campaign.objects.get()
    assert (draft.kind, draft.status, draft.author) == ("repermission", "draft", author)
    assert answer.redirect_chain[-1][0] == page("campaign_change", draft.pk)
    assert "This draft asks recipients to renew their consent." in words_of(answer)


def test_pressed_twice_there_is_one_draft_and_a_sentence(people, topic, writing):
    writing.post(page("expiring_consent_ask"), {"topic": topic.pk, "channel": "email"})
    again = writing.post(page("expiring_consent_ask"), {"topic": topic.pk, "channel": "email"}, follow=True)

    assert "is already asking them" in words_of(again)
    assert Campaign.objects.count() == 1


@pytest.mark.parametrize("role", ["approver", "compliance officer", "auditor", "support"])
def test_who_writes_no_campaigns_makes_no_draft(people, topic, role):
    browser = at_the_desk(role)

    assert browser.post(page("expiring_consent_ask"), {"topic": topic.pk, "channel": "email"}).status_code == 403
    assert not Campaign.objects.exists()


def test_a_get_makes_no_draft(people, topic, writing):
    assert writing.get(page("expiring_consent_ask"), {"topic": topic.pk, "channel": "email"}).status_code == 405
    assert not Campaign.objects.exists()


def test_a_stranger_is_asked_to_log_in(people, client):
    assert "/login/" in client.get(page("expiring_consent"))["Location"]


def test_an_empty_desk_says_so(db, writing):
    assert "No consent expires within 90 days." in words_of(writing.get(page("expiring_consent")))
