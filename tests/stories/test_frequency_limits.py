"""Under the rulebook as it is shipped nobody gets more than is good for them, and every row says by which rule."""

from datetime import UTC, date, timedelta

import pytest
from django.utils import timezone

from campaigns.models import Message
from campaigns.workflow import lifecycle
from preferences.contacts import service as contacts
from preferences.models import Rule
from preferences.rulebook import service as rules
from tests import factories
from tests.conftest import subscribe
from tests.stories.simulated_days import in_new_york, receivers, row, work

pytestmark = [pytest.mark.strict, pytest.mark.django_db]


# Not too many


def test_the_second_campaign_of_a_day_waits_until_tomorrow(ana, start, it_is, text_provider):
    it_is(in_new_york("2026-11-24T11:00"))
    first, second = start("First"), start("Second")
    today = len(text_provider.texts)

    it_is(in_new_york("2026-11-25T08:59"))
    work(first, second)
    at_night = len(text_provider.texts)
    it_is(in_new_york("2026-11-25T09:00"))
    work(first, second)

    assert (row(first).status, today, at_night) == ("sent", 1, 1)
    assert (row(second).status, len(text_provider.texts)) == ("sent", 2)


def test_two_numbers_of_one_person_have_one_day_together(ana, topic, start, it_is, text_provider):
    second = subscribe(contacts.add_address("sms", "+12125550144", contact=ana.contact), topic)
    it_is(in_new_york("2026-11-24T11:00"))

    campaign = start()

    assert receivers(text_provider) == [ana.value]
    assert campaign.messages.get(address=second).waiting_for == "over_cap"
    assert campaign.messages.get(address=second).wait_until == in_new_york("2026-11-25T09:00")


def test_the_hour_that_comes_twice_in_november_doubles_nothing(topic, start, it_is, mail_server, staff):
    subscribe(factories.email_address("ana@example.org", country="US", region="NY"), topic)
    half_past_one = in_new_york("2026-11-01T01:30")
    again = half_past_one.replace(fold=1)
    it_is(half_past_one)
    first = start("First", channel="email")
    night = len(mail_server.messages)

    it_is(again)
    work(first)
    second = start("Second", channel="email")

    assert again.astimezone(UTC) - half_past_one.astimezone(UTC) == timedelta(hours=1)
    assert (night, len(mail_server.messages)) == (1, 1)
    assert (row(second).waiting_for, row(second).wait_until) == ("over_cap", in_new_york("2026-11-02T00:00"))
    it_is(row(second).wait_until)
    work(first, second)
    assert len(mail_server.messages) == 2


def test_what_is_scheduled_for_the_hour_that_comes_twice_starts_once(ana, topic, it_is, staff):
    author, approver = staff
    half_past_one = in_new_york("2026-11-01T01:30")
    campaign = factories.CampaignFactory(topic=topic, channel="sms", subject="", author=author)
    lifecycle.approve(lifecycle.submit(campaign, by=author), by=approver)
    lifecycle.schedule(campaign, at=half_past_one, by=approver)

    it_is(half_past_one)
    first = lifecycle.start_due()
    it_is(half_past_one.replace(fold=1))
    again = lifecycle.start_due()

    assert ([one.pk for one in first], again) == ([campaign.pk], [])


# What the row remembers


def publish_shorter_hours(staff, *, day):
    """From that day on, New York is written to from ten o'clock."""
    author, approver = staff
    rule = Rule.objects.filter(name="us-sms-marketing", effective_to__isnull=False).get()
    words = {name: getattr(rule, name) for name in rules.WORDS} | {"effective_from": day, "effective_to": None}
    hours = {"mon-sat": "10:00-18:00", "sun": "closed", "holiday": "closed"}
    words["figures"] = rule.figures | {"window": rule.figures["window"] | {"strict": hours}}
    proposal = rules.propose(words | {"reason": "People asked for later texts."}, based_on=rule, by=author)
    return rules.publish(proposal, by=approver)


def test_a_row_remembers_by_what_it_was_judged_also_after_the_rules_changed(ana, start, it_is, text_provider, staff):
    it_is(in_new_york("2026-11-24T11:00"))
    old = start("Before")
    judged = row(old)
    then = Message.objects.filter(pk=judged.pk).values().get(), judged.judged_under.figures

    newer = publish_shorter_hours(staff, day=date(2026, 11, 25))
    it_is(in_new_york("2026-11-25T09:30"))
    new = start("After")

    assert (judged.verdict, judged.judged_at) == ("send", in_new_york("2026-11-24T11:00"))
    assert (judged.local_time, judged.zone_source) == ("2026-11-24 11:00 America/New_York", "number")
    assert judged.event == ana.subscriptions.get().granted
    assert ["us-sms-marketing", 1] in judged.judged_under.rules
    assert (judged.judged_under.profile, judged.judged_under.jurisdictions) == ("strict", ["US", "US-NY"])
    assert (Message.objects.filter(pk=judged.pk).values().get(), row(old).judged_under.figures) == then
    assert {rule.version for rule in rules.versions_used(row(old).judged_under)} == {1}
    assert ["us-sms-marketing", newer.version] in row(new).judged_under.rules
    assert row(new).wait_until == in_new_york("2026-11-25T10:00")


def test_a_version_of_a_day_to_come_takes_effect_by_itself(ana, start, it_is, text_provider, staff):
    """With the first place on earth where its day has come: at five in the morning of the day before in New York."""
    it_is(in_new_york("2026-11-20T11:00"))
    publish_shorter_hours(staff, day=date(2026, 11, 25))

    it_is(in_new_york("2026-11-23T09:00"))
    before = start("Nowhere yet")
    it_is(in_new_york("2026-11-24T09:00"))
    eve = start("The day before")
    it_is(in_new_york("2026-11-25T09:00"))
    after = start("The day itself")

    assert row(before).status == "sent"
    assert row(eve).wait_until == in_new_york("2026-11-24T10:00")
    assert row(after).wait_until == in_new_york("2026-11-25T10:00")


def test_what_is_held_back_is_written_down_with_its_terms_as_well(ana, start, it_is, text_provider):
    it_is(in_new_york("2026-11-29T11:59"))

    campaign = start()

    assert (row(campaign).waiting_for, row(campaign).wait_until) == ("quiet_hours", in_new_york("2026-11-29T12:00"))
    assert row(campaign).judged_at == timezone.now()
    assert row(campaign).judged_under.figures["holidays"] == ["US"]
    assert row(campaign).event == ana.subscriptions.get().granted
