"""Campaigns under the rulebook as it is shipped: each of them goes at people's own hour, and every row says why."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from campaigns import audience, claims, lifecycle, sending, switch, why
from campaigns.facts import question
from campaigns.models import Message
from compliance import attention
from preferences import contacts, rules
from preferences.models import Rule
from tests import factories
from tests.conftest import subscribe

pytestmark = [pytest.mark.strict, pytest.mark.django_db]

NEW_YORK, LOS_ANGELES = ZoneInfo("America/New_York"), ZoneInfo("America/Los_Angeles")
LONDON = ZoneInfo("Europe/London")

WORDS = "Walk ten minutes. Questions: care@harbour.example"


def in_new_york(text):
    return datetime.fromisoformat(text).replace(tzinfo=NEW_YORK)


@pytest.fixture
def it_is(time_machine):
    """A function: this moment has come. It begins on a Tuesday at eleven in New York, when everybody signs up."""

    def it_is(moment):
        time_machine.move_to(moment, tick=False)

    it_is(in_new_york("2026-10-13T11:00"))
    return it_is


@pytest.fixture
def reader(topic, it_is):
    """A function: somebody with this number reads the topic by text."""

    def reader(number, **person):
        return subscribe(factories.phone_address(number, **person), topic)

    return reader


@pytest.fixture
def ana(reader):
    return reader("+12125550143")


@pytest.fixture
def start(topic, staff):
    """A function: write, approve and start a campaign by text, and write its audience down."""
    author, approver = staff

    def start(name="Spring", channel="sms", **words):
        subject = "A tip for spring" if channel == "email" else ""
        campaign = factories.CampaignFactory(
            topic=topic, name=name, channel=channel, subject=subject, body=WORDS, author=author, **words
        )
        campaign = lifecycle.start(
            lifecycle.approve(lifecycle.submit(campaign, by=author), by=approver), by=approver
        )  # fmt: skip
        audience.freeze(campaign)
        work(campaign)
        return campaign

    return start


def work(*campaigns):
    """What the sweep wakes the workers for."""
    claims.sweep()
    claims.close_late()
    for campaign in campaigns:
        while sending.send_batch(campaign):
            continue
        lifecycle.finish_if_done(campaign.pk)


def row(campaign):
    return campaign.messages.get()


def receivers(text_provider):
    return [text.words["to"] for text in text_provider.texts]


def until(moment, it_is, campaign, text_provider):
    """Who else got it by a second before that moment, and who then."""
    known = len(text_provider.texts)
    it_is(moment - timedelta(seconds=1))
    work(campaign)
    before = receivers(text_provider)[known:]
    it_is(moment)
    work(campaign)
    return before, receivers(text_provider)[known + len(before) :]


class Seen(list):
    """What a provider received so far; with the last of so many, something happens."""

    def __init__(self, number, then):
        super().__init__()
        self.number, self.then = number, then

    def append(self, text):
        super().append(text)
        if len(self) == self.number:
            self.then()


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

    assert (evening.status, evening.verdict, evening.waiting_for) == ("waiting", "wait", "quiet_hours")
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
    settings.HAND_OVER_WINDOW = 3
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
    assert row(campaign).local_time == "2026-11-24 11:00 America/New_York +5"


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
    told = [concern for concern in attention.concerns(officer.user) if concern.query == {"held": "yes"}]
    said = why.ask(address, question(campaign))

    contacts.correct(address.contact, country="US", by=staff[0])
    it_is(held.wait_until)
    work(campaign)

    assert (held.status, held.waiting_for, held.zone_source) == ("waiting", "nowhere_known", "unknown")
    assert listed.context["cl"].result_count == 1
    assert [concern.count for concern in told] == [1]
    assert (said.verdict.reason, said.verdict.is_held) == ("nowhere_known", True)
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
    sending.send_batch(campaign)

    thrown = switch.throw(by=staff[0], reason="The text names the wrong day.")
    stopped = sending.send_batch(campaign)
    before = receivers(text_provider)
    left = campaign.messages.exclude(status="sent").last()
    said = why.ask(left.address, question(campaign)).verdict
    switch.release(thrown, by=staff[1], reason="It was the right day after all.")
    work(campaign)

    assert (stopped, before) == (False, numbers[:2])
    assert (said.kind, said.reason) == ("wait", "stop_switch")
    assert receivers(text_provider) == numbers


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
    it_is(in_new_york("2026-11-23T11:00"))
    publish_shorter_hours(staff, day=date(2026, 11, 25))

    it_is(in_new_york("2026-11-24T09:00"))
    before = start("The day before")
    it_is(in_new_york("2026-11-25T09:00"))
    after = start("The day itself")

    assert row(before).status == "sent"
    assert row(after).wait_until == in_new_york("2026-11-25T10:00")


def test_what_is_held_back_is_written_down_with_its_terms_as_well(ana, start, it_is, text_provider):
    it_is(in_new_york("2026-11-29T11:59"))

    campaign = start()

    assert (row(campaign).waiting_for, row(campaign).wait_until) == ("quiet_hours", in_new_york("2026-11-29T12:00"))
    assert row(campaign).judged_at == timezone.now()
    assert row(campaign).judged_under.figures["holidays"] == ["US"]
    assert row(campaign).event == ana.subscriptions.get().granted
