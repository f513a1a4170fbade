"""Campaigns under the rulebook as it is shipped: each of them goes at people's own hour, or says why not."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from campaigns.decision.facts import question_for
from campaigns.explain import explanation
from campaigns.sending import emergency_stop, sender
from compliance import work_queue
from preferences.contacts import service as contacts
from tests import factories
from tests.conftest import subscribe
from tests.stories.simulated_days import NEW_YORK, Seen, in_new_york, receivers, row, until, work

pytestmark = [pytest.mark.strict, pytest.mark.django_db]

LOS_ANGELES, LONDON = ZoneInfo("America/Los_Angeles"), ZoneInfo("Europe/London")


# At their own hour


def test_what_is_approved_at_half_past_nine_goes_out_at_nine_the_next_day(ana, start, it_is, text_provider):
    it_is(in_new_york("2026-11-24T21:30"))
    campaign = start()
    evening = row(campaign)

    it_is(in_new_york("2026-11-25T08:59:59"))
    work(campaign)
    before = receivers(text_provider)
    it_is(in_new_york("2026-11-25T09:00"))
    work(campaign)

    assert (evening.status, evening.decision, evening.waiting_for) == ("waiting", "wait", "quiet_hours")
    assert evening.wait_until == in_new_york("2026-11-25T09:00")
    assert evening.local_time == "2026-11-24 21:30 America/New_York"
    assert before == []
    assert receivers(text_provider) == [ana.value]
    assert (row(campaign).status, row(campaign).local_time) == ("sent", "2026-11-25 09:00 America/New_York")
    assert row(campaign).waiting_for == ""


def test_nothing_goes_out_on_thanksgiving(ana, start, it_is, text_provider):
    it_is(in_new_york("2026-11-25T20:00"))
    campaign = start()

    it_is(in_new_york("2026-11-26T12:00"))
    work(campaign)
    on_the_day = receivers(text_provider)
    it_is(in_new_york("2026-11-27T09:00"))
    work(campaign)

    assert on_the_day == []
    assert receivers(text_provider) == [ana.value]


def test_a_batch_that_runs_past_eight_leaves_the_rest_for_the_morning(reader, start, it_is, text_provider, settings):
    settings.SEND_FENCE_BATCH = 3
    numbers = [reader(f"+1212555014{last}").value for last in range(5)]
    text_provider.texts = Seen(3, then=lambda: it_is(in_new_york("2026-11-24T20:00")))
    it_is(in_new_york("2026-11-24T19:59:30"))

    campaign = start()
    that_evening = receivers(text_provider)
    waiting = [*campaign.messages.filter(status="waiting").values_list("waiting_for", "wait_until")]
    it_is(in_new_york("2026-11-25T09:00"))
    work(campaign)

    assert that_evening == numbers[:3]
    assert waiting == [("quiet_hours", in_new_york("2026-11-25T09:00"))] * 2
    assert receivers(text_provider) == numbers


def test_what_the_provider_could_not_take_at_one_minute_to_eight_waits_for_the_morning(
    ana, start, it_is, text_provider
):
    text_provider.service_message.status = 503
    it_is(in_new_york("2026-11-24T19:59"))
    campaign = start()
    tried = len(text_provider.texts)

    text_provider.service_message.status = 200
    it_is(in_new_york("2026-11-24T20:01"))
    work(campaign)
    in_the_evening = len(text_provider.texts)
    it_is(in_new_york("2026-11-25T09:00"))
    work(campaign)

    assert (tried, in_the_evening, len(text_provider.texts)) == (1, 1, 2)
    assert (row(campaign).status, row(campaign).attempts) == ("sent", 2)


def test_everybody_gets_it_at_their_own_hour(reader, start, it_is, text_provider):
    """It begins at half past eight in the evening in Los Angeles, which is a quarter past ten in Kathmandu."""
    kathmandu, london = reader("+9779841234567").value, reader("+447400123456").value
    new_york, los_angeles = reader("+12125550143").value, reader("+13105550143").value
    nine = [datetime(2026, 11, 24, 9, 0, tzinfo=zone) for zone in (LONDON, NEW_YORK, LOS_ANGELES)]
    it_is(datetime(2026, 11, 24, 4, 30, tzinfo=UTC))

    campaign = start()
    at_once = receivers(text_provider)
    waits = dict(campaign.messages.filter(status="waiting").values_list("address__value", "wait_until"))
    got = [until(moment, it_is, campaign, text_provider) for moment in nine]

    assert at_once == [kathmandu]
    assert waits == dict(zip([london, new_york, los_angeles], nine, strict=True))
    assert got == [([], [london]), ([], [new_york]), ([], [los_angeles])]


def test_a_quarter_of_an_hour_counts_in_kathmandu(reader, start, it_is, text_provider):
    number = reader("+9779841234567").value
    it_is(datetime(2026, 11, 24, 3, 0, tzinfo=UTC))

    campaign = start()

    assert row(campaign).local_time == "2026-11-24 08:45 Asia/Kathmandu"
    assert until(datetime(2026, 11, 24, 3, 15, tzinfo=UTC), it_is, campaign, text_provider) == ([], [number])


def test_a_number_of_nowhere_waits_until_all_of_america_is_awake(reader, start, it_is, text_provider):
    reader("+18005550143")
    it_is(in_new_york("2026-11-24T11:00"))

    campaign = start()

    assert row(campaign).wait_until == in_new_york("2026-11-24T14:00")
    assert row(campaign).local_time == "2026-11-24 11:00 America/New_York (1 of 6)"


# Held, and too late


def test_who_lives_nobody_knows_where_is_held_until_a_colleague_says(
    topic, colleague, start, it_is, mail_server, staff
):
    topic.sender.country = ""
    topic.sender.save()
    address = subscribe(factories.email_address("ana@example.org"), topic)
    it_is(in_new_york("2026-11-24T11:00"))
    campaign = start(channel="email")
    held, officer = row(campaign), colleague("compliance officer")
    listed = officer.opens("campaigns_message_changelist", held="yes")
    told = [concern for concern in work_queue.work_items(officer.user) if concern.query == {"held": "yes"}]
    said = explanation.explain_now_or_at(address, question_for(campaign))

    contacts.correct_details(address.contact, country="US", by=staff[0])
    it_is(held.wait_until)
    work(campaign)

    assert (held.status, held.waiting_for, held.time_zone_source) == ("waiting", "nowhere_known", "unknown")
    assert listed.context["cl"].result_count == 1
    assert [concern.count for concern in told] == [1]
    assert (said.decision.reason, said.decision.is_held) == ("nowhere_known", True)
    assert any("country" in change.said for change in said.changes)
    assert row(campaign).status == "sent"
    assert [mail.to for mail in mail_server.messages] == [["ana@example.org"]]


def test_what_has_no_hour_left_before_its_end_is_too_late_at_once(ana, start, it_is, text_provider):
    it_is(in_new_york("2026-11-24T21:30"))

    campaign = start(ends_at=in_new_york("2026-11-25T09:00"))

    assert (row(campaign).status, row(campaign).skipped_because) == ("skipped", "too_late")
    assert receivers(text_provider) == []


def test_what_waited_until_its_end_is_closed_when_it_comes(ana, start, it_is, text_provider):
    it_is(in_new_york("2026-11-24T21:30"))
    campaign = start(ends_at=in_new_york("2026-11-25T09:30"))
    waiting = row(campaign).status

    it_is(in_new_york("2026-11-25T09:30"))
    work(campaign)

    campaign.refresh_from_db()
    assert waiting == "waiting"
    assert (row(campaign).skipped_because, campaign.status) == ("too_late", "finished")
    assert receivers(text_provider) == []


def test_the_stop_switch_stops_in_the_middle_and_lets_go_on(reader, start, it_is, text_provider, settings, staff):
    settings.SEND_BATCH = 2
    numbers = [reader(f"+1212555014{last}").value for last in range(5)]
    it_is(in_new_york("2026-11-24T20:30"))
    campaign = start()
    it_is(in_new_york("2026-11-25T11:00"))
    sender.send_batch(campaign)

    active = emergency_stop.activate(by=staff[0], reason="The text names the wrong day.")
    stopped = sender.send_batch(campaign)
    before = receivers(text_provider)
    left = campaign.messages.exclude(status="sent").last()
    said = explanation.explain_now_or_at(left.address, question_for(campaign)).decision
    emergency_stop.deactivate(active, by=staff[1], reason="It was the right day after all.")
    work(campaign)

    assert (stopped, before) == (False, numbers[:2])
    assert (said.kind, said.reason) == ("wait", "stop_switch")
    assert receivers(text_provider) == numbers
