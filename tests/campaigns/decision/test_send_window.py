"""At its hand-over every message is judged, and its row remembers how."""

from datetime import timedelta

import pytest
from django.utils import timezone

from campaigns.audience import service as audience
from campaigns.decision import send_window
from campaigns.models import Message
from campaigns.sending import leases, sender
from campaigns.workflow import lifecycle
from preferences.consent import service as consent
from preferences.contacts import service as contacts
from preferences.models import AppliedRules, Channel, Contact, Source
from preferences.rulebook import service as rules
from tests import factories
from tests.conftest import subscribe
from tests.preferences.rulebook import rule_changes

Status = Message.Status


@pytest.fixture
def start(topic, author, approver):
    """A campaign of this topic that was approved, started and frozen."""

    def begin(channel="email", **words):
        draft = factories.CampaignFactory(topic=topic, channel=channel, author=author, **words)
        campaign = lifecycle.start(lifecycle.approve(lifecycle.submit(draft, by=author), by=approver), by=approver)
        audience.freeze(campaign)
        return campaign

    return begin


def test_what_was_sent_remembers_everything_it_was_judged_by(start, subscriber, topic, mail_server):
    campaign = start()
    sender.send_batch(campaign)

    message = campaign.messages.get()
    assert [message.status, message.decision, message.waiting_for] == ["sent", "send", ""]
    assert message.decided_at
    assert message.event == subscriber.events.get(kind="granted", topic=topic)
    assert ["us-email-marketing", 1] in message.applied_rules.rules
    assert message.applied_rules.jurisdictions == ["US"]
    assert message.applied_rules.profile == "strict"


def test_what_waits_says_for_what_and_until_when(start, texter, time_machine, text_provider):
    time_machine.move_to("2026-11-25T02:30:00Z")  # 21:30 in Maine, on a Tuesday
    campaign = start("sms", subject="", body="Walk ten minutes today.")
    sender.send_batch(campaign)

    message = campaign.messages.get()
    assert [message.status, message.decision, message.waiting_for] == ["waiting", "wait", "quiet_hours"]
    assert message.wait_until.isoformat() == "2026-11-25T14:00:00+00:00"
    assert message.local_time == "2026-11-24 21:30 America/New_York"
    assert message.time_zone_source == "number"
    assert text_provider.texts == []


def test_it_goes_when_its_hour_has_come(start, texter, time_machine, text_provider):
    time_machine.move_to("2026-11-25T02:30:00Z")
    campaign = start("sms", subject="", body="Walk ten minutes today.")
    sender.send_batch(campaign)
    time_machine.move_to("2026-11-25T14:00:01Z")
    sender.send_batch(campaign)

    message = campaign.messages.get()
    assert [message.status, message.waiting_for] == ["sent", ""]
    assert len(text_provider.texts) == 1


def test_who_nobody_knows_where_they_are_is_held_and_looked_at_again(start, topic, mail_server):
    nowhere = subscribe(factories.email_address(country="ZZ"), topic)
    campaign = start()
    sender.send_batch(campaign)
    held = campaign.messages.get()
    contacts.correct_details(nowhere.contact, country="US")
    Message.objects.update(wait_until=timezone.now())
    sender.send_batch(campaign)

    assert [held.status, held.waiting_for] == ["waiting", "nowhere_known"]
    assert campaign.messages.get().status == "sent"


def test_a_second_campaign_on_the_same_day_waits_until_tomorrow(start, subscriber, mail_server):
    first, second = start(), start(subject="Another tip")
    sender.send_batch(first)
    sender.send_batch(second)

    waiting = second.messages.get()
    assert [waiting.status, waiting.waiting_for] == ["waiting", "over_cap"]
    assert waiting.wait_until > timezone.now()


def test_two_addresses_of_one_person_do_not_both_take_the_days_place(start, subscriber, topic, mail_server):
    subscribe(contacts.add_address(Channel.EMAIL, "second@example.org", contact=subscriber.contact), topic)
    campaign = start()
    sender.send_batch(campaign)

    assert sorted(campaign.messages.values_list("status", flat=True)) == ["sent", "waiting"]


def test_what_could_not_go_before_the_end_is_skipped_as_too_late(start, texter, time_machine, text_provider):
    time_machine.move_to("2026-11-25T02:30:00Z")
    campaign = start("sms", subject="", body="Walk ten minutes today.", ends_at=timezone.now() + timedelta(hours=2))
    sender.send_batch(campaign)

    assert campaign.messages.get().skipped_because == "too_late"


def test_what_still_waits_at_the_end_is_closed_by_the_sweep(start, topic, mail_server, time_machine):
    subscribe(factories.email_address(country="ZZ"), topic)
    campaign = start()
    sender.send_batch(campaign)
    time_machine.move_to(campaign.ends_at + timedelta(seconds=1))

    assert leases.close_late() == 1
    assert campaign.messages.get().skipped_because == "too_late"


def test_one_row_of_terms_serves_every_message_judged_alike(start, topic, mail_server):
    for _person in range(5):
        subscribe(factories.email_address(), topic)
    sender.send_batch(start())

    assert AppliedRules.objects.count() == 1


def test_the_terms_of_a_message_lead_to_the_very_rules(start, subscriber, mail_server):
    campaign = start()
    sender.send_batch(campaign)

    found = rules.applied_rule_versions(campaign.messages.get().applied_rules)
    assert {rule.name for rule in found} >= {"us-email-marketing"}


def test_a_consent_that_is_too_weak_where_they_are_is_skipped_with_the_reason(start, topic, mail_server):
    """A mail written down by a colleague, from Germany: the address was never confirmed."""
    address = factories.email_address(country="DE")
    consent.grant(address, topic, source=Source.IMPORT, method="checkbox")
    campaign = start()
    sender.send_batch(campaign)

    assert campaign.messages.get().skipped_because == "consent_too_weak"


def test_a_window_that_is_judged_late_is_judged_by_that_moment(start, texter, time_machine):
    """One window before eight in the evening, one after."""
    time_machine.move_to("2026-11-25T00:59:59Z")
    campaign = start("sms", subject="", body="Walk ten minutes today.")
    lease, prepared_window = leases.lease_batch(campaign), send_window.send_window_for(campaign)
    time_machine.move_to("2026-11-25T01:00:00Z")

    assert sender.fence_batch(prepared_window, lease, leases.leased_message_ids(lease)).messages == []
    assert campaign.messages.get().waiting_for == "quiet_hours"


def test_nobody_is_forgotten_by_a_wait(start, topic, mail_server):
    people = [subscribe(factories.email_address(country=country), topic) for country in ("US", "ZZ", "DE")]
    campaign = start()
    sender.send_batch(campaign)

    assert campaign.messages.count() == len(people) == Contact.objects.count()
    assert not campaign.messages.filter(decision="").exists()


def test_what_could_begin_only_after_the_hours_are_over_does_not_begin(start, texter, time_machine):
    """A hand-over may begin some seconds after its window was judged: it must be the hour for it then, too."""
    time_machine.move_to("2026-11-25T00:59:58Z", tick=False)  # two seconds to eight in the evening
    campaign = start("sms", subject="", body="Walk ten minutes today.")
    lease, prepared_window = leases.lease_batch(campaign), send_window.send_window_for(campaign)

    assert sender.fence_batch(prepared_window, lease, leases.leased_message_ids(lease)).messages == []
    assert campaign.messages.get().waiting_for == "quiet_hours"


def test_what_is_in_hand_counts_as_of_now_and_not_as_of_an_earlier_try(start, subscriber, topic, time_machine):
    """It was tried in vain two days ago; what is in hand today takes the place of today."""
    time_machine.move_to("2026-11-25T16:00:00Z", tick=False)
    first, second = start(), start()
    first.messages.update(sent_to_provider_at=timezone.now() - timedelta(days=2))
    lease, other = leases.lease_batch(first), leases.lease_batch(second)
    assert sender.fence_batch(send_window.send_window_for(first), lease, leases.leased_message_ids(lease)).messages

    sender.fence_batch(send_window.send_window_for(second), other, leases.leased_message_ids(other))

    assert second.messages.get().waiting_for == "over_cap"


def test_a_rule_that_is_published_in_the_middle_of_a_batch_holds_from_then_on(
    start, texter, author, approver, time_machine
):
    time_machine.move_to("2026-11-25T16:00:00Z")
    campaign = start("sms", subject="", body="Walk ten minutes today.")
    lease, prepared_window = leases.lease_batch(campaign), send_window.send_window_for(campaign)
    closed = {"mon-tue": "09:00-20:00", "wed": "closed", "thu-sun": "09:00-20:00"}
    words = rule_changes.words("us-sms-marketing", effective_from=timezone.localdate())
    words["figures"]["window"]["strict"] = closed
    based_on = rule_changes.newest("us-sms-marketing")
    rules.publish(rules.propose(words, based_on=based_on, by=author), by=approver)

    assert sender.fence_batch(prepared_window, lease, leases.leased_message_ids(lease)).messages == []
    assert campaign.messages.get().waiting_for == "quiet_hours"
