"""A whole audience by verdict: counted exactly, on from where a lost worker left it, for a moment that makes sense."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from campaigns import tasks
from campaigns.audience import batch_evaluation, breakdown
from campaigns.audience.breakdown import BreakdownQuery
from campaigns.models import Breakdown, Campaign, Message
from campaigns.sending import emergency_stop
from campaigns.workflow import lifecycle
from preferences.consent import frequency, suppressions
from preferences.consent import service as consent
from preferences.errors import NotAllowed
from preferences.models import Source
from tests import factories
from tests.conftest import subscribe

COUNTING = Breakdown.Status.COUNTING


@pytest.fixture
def large(settings):
    """Every audience is too large to be counted while somebody waits."""
    settings.IMMEDIATE_COUNT_LIMIT = 0


@pytest.fixture
def five(topic):
    """Five people who said yes to the topic."""
    return [subscribe(factories.email_address(country="US"), topic) for _number in range(5)]


def counts(row, kind):
    return row.result["counts"][kind]


def test_everybody_with_a_subscription_is_in_one_number(campaign, topic, five, author):
    consent.withdraw(five[0], topic, source=Source.UNSUBSCRIBE_PAGE)
    suppressions.suppress(five[1], "bounced")

    row = breakdown.request_breakdown(campaign, by=author)

    assert row.status == Breakdown.Status.DONE
    assert row.people == 5
    assert counts(row, "send") == {"": 3}
    assert counts(row, "skip") == {"left": 1, "bounced": 1}


def test_each_place_has_its_own_numbers(campaign, topic, author):
    subscribe(factories.email_address(country="US", region="FL"), topic)
    subscribe(factories.email_address(country="DE"), topic)

    places = breakdown.request_breakdown(campaign, by=author).result["places"]

    assert set(places) == {"US", "US-FL", "DE", "EU"}
    assert places["US"]["send"] == {"": 2}
    assert places["DE"]["send"] == {"": 1}


def test_nobody_at_all_is_counted_as_nobody(campaign, author):
    row = breakdown.request_breakdown(campaign, by=author)

    assert (row.status, row.people) == (Breakdown.Status.DONE, 0)


def test_a_stop_of_all_sending_holds_everybody(campaign, five, author):
    emergency_stop.activate(by=author, reason="Wrong price in the letter.")

    assert counts(breakdown.request_breakdown(campaign, by=author), "held") == {"stop_switch": 5}


def test_a_text_at_night_is_counted_under_the_hour_in_which_it_goes(topic, author, time_machine):
    time_machine.move_to(datetime(2027, 3, 2, 7, 30, tzinfo=UTC), tick=False)
    subscribe(factories.phone_address(country="US", time_zone="America/New_York"), topic)
    campaign = factories.CampaignFactory(topic=topic, author=author, channel="sms", subject="", body="Walk today.")

    row = breakdown.request_breakdown(campaign, by=author)

    assert row.result["hours"] == {"2027-03-02T14:00:00+00:00": {"quiet_hours": 1}}
    assert counts(row, "wait") == {"quiet_hours": 1}


def test_whoever_has_a_pause_that_is_over_by_then_is_counted_as_getting_it(campaign, topic, five, author):
    now = timezone.now()
    frequency.pause_messages(five[0], topic, until=now + timedelta(days=20), source=Source.PREFERENCES)

    today = breakdown.request_breakdown(campaign, by=author)
    later = breakdown.request_breakdown(campaign, by=author, at=now + timedelta(days=25))

    assert counts(today, "skip") == {"paused": 1}
    assert "paused" not in counts(later, "skip")


def test_who_got_it_already_is_not_counted_again(started, five):
    Message.objects.create(campaign=started, address=five[0], status="skipped", skipped_because="left")

    assert breakdown.current_breakdown(started).people == 4


def test_a_large_audience_is_counted_by_a_worker(campaign, five, author, large):
    row = breakdown.request_breakdown(campaign, by=author)

    tasks.count_breakdown(row.pk)

    assert row.status == COUNTING
    assert Breakdown.objects.get(pk=row.pk).people == 5


def test_a_lost_worker_costs_one_step_and_nobody_is_counted_twice(campaign, five, author, large):
    row = breakdown.request_breakdown(campaign, by=author)

    breakdown.count_chunk(row, chunk=2, chunks=1)
    again = breakdown.run_count(Breakdown.objects.get(pk=row.pk))

    assert again.people == 5
    assert counts(again, "send") == {"": 5}


def test_two_workers_at_once_count_nobody_twice(campaign, five, author, large):
    row = breakdown.request_breakdown(campaign, by=author)
    same = Breakdown.objects.get(pk=row.pk)

    assert breakdown.count_chunk(row)
    assert not breakdown.count_chunk(same)
    assert breakdown.run_count(Breakdown.objects.get(pk=row.pk)).people == 5


def test_the_sweep_finds_a_count_whose_worker_was_lost(campaign, five, author, large, time_machine):
    row = breakdown.request_breakdown(campaign, by=author)

    assert breakdown.stalled_breakdowns() == []
    time_machine.move_to(timezone.now() + breakdown.STALLED_AFTER * 2)
    assert breakdown.stalled_breakdowns() == [row]


def test_a_count_that_cannot_be_made_says_so_and_is_not_tried_for_ever(campaign, five, author, large):
    row = breakdown.request_breakdown(campaign, by=author)
    Breakdown.objects.filter(pk=row.pk).update(result={"up_to": "nonsense"})

    with pytest.raises(ValueError, match="nonsense"):
        tasks.count_breakdown(row.pk)

    assert Breakdown.objects.get(pk=row.pk).status == Breakdown.Status.FAILED


@pytest.mark.parametrize("away", [timedelta(hours=-1), timedelta(days=400)])
def test_a_moment_that_makes_no_sense_is_refused_with_what_to_do(campaign, author, away):
    with pytest.raises(NotAllowed, match="Choose"):
        breakdown.request_breakdown(campaign, by=author, at=timezone.now() + away)


def test_a_moment_after_the_campaigns_end_is_refused(campaign, author):
    Campaign.objects.update(ends_at=timezone.now() + timedelta(days=1))
    campaign.refresh_from_db()

    with pytest.raises(NotAllowed, match="will have ended by then"):
        breakdown.request_breakdown(campaign, by=author, at=timezone.now() + timedelta(days=2))


def test_a_campaign_that_is_over_is_not_counted(campaign, author):
    lifecycle.cancel(campaign, by=author)
    campaign.refresh_from_db()

    with pytest.raises(NotAllowed, match="over"):
        breakdown.request_breakdown(campaign, by=author)


def test_a_scheduled_campaign_is_judged_for_its_hour(approved, approver):
    at = timezone.now() + timedelta(days=3)
    scheduled = lifecycle.schedule(approved, at=at, by=approver)

    assert breakdown.request_breakdown(scheduled, by=approver).evaluated_at == at


def test_the_addresses_behind_a_number_come_in_pages(campaign, topic, five, author):
    suppressions.suppress(five[2], "bounced")
    evaluator = batch_evaluation.evaluator_for_campaign(campaign, timezone.now())

    first, go_on = batch_evaluation.find_matching(evaluator, BreakdownQuery(kind="send"), after=0, most=3, look_at=100)
    rest, end = batch_evaluation.find_matching(evaluator, BreakdownQuery(kind="send"), after=go_on, most=3, look_at=100)
    bounced, _end = batch_evaluation.find_matching(
        evaluator, BreakdownQuery(reason="bounced", place="US"), after=0, most=3, look_at=100
    )

    assert [one.address for one in first + rest] == [five[0].pk, five[1].pk, five[3].pk, five[4].pk]
    assert end is None
    assert [one.address for one in bounced] == [five[2].pk]


def test_a_page_looks_no_further_than_it_may(campaign, five):
    evaluator = batch_evaluation.evaluator_for_campaign(campaign, timezone.now())

    assert batch_evaluation.find_matching(evaluator, BreakdownQuery(kind="skip"), after=0, most=3, look_at=2) == (
        [],
        five[1].pk,
    )
