"""The whole audience at once and one message at a time are judged alike: the same people, the same words."""

import os
import sys
import time
import tracemalloc
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from campaigns.audience import batch_evaluation, breakdown
from campaigns.audience import service as audience
from campaigns.decision import checks, facts
from campaigns.models import Campaign
from campaigns.sending import sender
from campaigns.workflow import lifecycle
from preferences.consent import eligibility
from preferences.models import Address
from preferences.rulebook import book as rulebook
from tests import factories
from tests.campaigns.audience.large_audience import again, crowd, mailed

THOROUGH = bool(os.environ.get("THOROUGH"))
LARGE, SOME = int(os.environ.get("PEOPLE", "100000")), 20_000
PEOPLE = 100_000 if THOROUGH else 2_000
BECOMES = {"send": "sent", "wait": "waiting", "skip": "skipped"}


@pytest.fixture
def noon(time_machine):
    """A weekday, some hours before the next one: the database's own clock does not stand still."""
    now = datetime.now(UTC).replace(hour=17, minute=12, second=0, microsecond=0)
    time_machine.move_to(now, tick=False)
    return now


@pytest.fixture
def many(noon, author, approver):
    """A campaign for many random people on one channel, some of whom got something before."""

    def make(people, channel, seed=1, **topic):
        about = factories.TopicFactory(**topic)
        crowd(about, channel, people, at=noon, seed=seed)
        before = factories.CampaignFactory(topic=about, author=author, channel=channel)
        mailed(before, 0.2, at=noon, seed=seed)
        return factories.CampaignFactory(topic=about, author=author, channel=channel)

    return make


def one_by_one(campaign, at):
    """What the hand-over asks, about each address by itself."""
    question, book = batch_evaluation.evaluator_for_campaign(campaign, at).question, rulebook.current_rulebook()
    for address in Address.objects.filter(subscriptions__topic=campaign.topic, channel=campaign.channel).order_by("pk"):
        known = facts.facts_for(Address.objects.filter(pk=address.pk), question, at)[address.pk]
        yield address.pk, _judged(known, book, question, at)


def window_by_window(campaign, at, size=500):
    """The same in windows, as they are handed over."""
    question, book = batch_evaluation.evaluator_for_campaign(campaign, at).question, rulebook.current_rulebook()
    ids = list(Address.objects.filter(subscriptions__topic=campaign.topic).order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(ids), size):
        known = facts.facts_for(Address.objects.filter(pk__in=ids[start : start + size]), question, at)
        yield from ((pk, _judged(one, book, question, at)) for pk, one in sorted(known.items()))


def _judged(known, book, question, at):
    terms = book.terms(known.facts.place.jurisdictions, question.channel, question.topic.purpose, at.date())
    return checks.evaluate_with_wait_end(known.facts, terms, at)


def streamed(campaign, at, chunk=700):
    for rows in batch_evaluation.decision_chunks(batch_evaluation.evaluator_for_campaign(campaign, at), chunk=chunk):
        yield from ((one.address, one.decision) for one in rows)


@pytest.mark.parametrize("channel", ["email", "sms"])
def test_everybody_is_judged_in_the_crowd_as_alone(many, noon, channel):
    campaign = many(150, channel, seed=7, minimum_age=18)

    assert list(streamed(campaign, noon, chunk=40)) == list(one_by_one(campaign, noon))


@pytest.mark.parametrize("channel", ["email", "sms"])
def test_everybody_of_a_large_audience_is_judged_as_at_the_hand_over(many, noon, channel):
    campaign = many(PEOPLE, channel)

    both = zip(streamed(campaign, noon), window_by_window(campaign, noon), strict=True)

    differing = [pair for pair in both if pair[0] != pair[1]]

    assert differing == []


@given(seed=st.integers(0, 10**6), channel=st.sampled_from(["email", "sms"]))
@settings(
    max_examples=25 if THOROUGH else 8,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_whoever_they_are_and_whenever_it_is_the_counts_are_those_of_each_alone(many, noon, seed, channel):
    campaign = many(30, channel, seed=seed, reveals_health=bool(seed % 2))
    at = noon + timedelta(minutes=seed % (24 * 60))

    counted = breakdown.empty_result()
    [
        breakdown.add_to_result(counted, rows)
        for rows in batch_evaluation.decision_chunks(batch_evaluation.evaluator_for_campaign(campaign, at), chunk=11)
    ]

    alone = Counter((breakdown.outcome_kind(one), one.reason) for _pk, one in streamed(campaign, at, chunk=1))
    assert {(kind, why): n for kind, whys in counted["counts"].items() for why, n in whys.items()} == alone


@pytest.mark.parametrize("channel", ["email", "sms"])
def test_what_is_foretold_is_what_becomes_of_the_messages(many, noon, approver, mail_server, text_provider, channel):
    campaign = many(120, channel, seed=3)
    foretold = dict(streamed(campaign, noon))
    lifecycle.start(lifecycle.approve(_submitted(campaign), by=approver), by=approver)

    audience.freeze(Campaign.objects.get(pk=campaign.pk))
    [sender.send_batch(Campaign.objects.get(pk=campaign.pk)) for _batch in range(5)]

    became = {one.address_id: one for one in campaign.messages.exclude(skipped_because__in=checks.FREQUENCY_REASONS)}
    told = {pk: (message.status, message.skipped_because or message.waiting_for) for pk, message in became.items()}
    assert told == {pk: (BECOMES[foretold[pk].kind], foretold[pk].reason) for pk in became}
    assert len(became) > 100


def test_who_has_a_wish_against_it_is_foretold_not_to_get_it_now(many, noon):
    campaign = many(120, "email", seed=3)
    question = batch_evaluation.evaluator_for_campaign(campaign, noon).question
    wishing = facts.with_objections(Address.objects.filter(channel="email"), question).filter(
        objection__in=checks.FREQUENCY_REASONS
    )

    foretold = dict(streamed(campaign, noon))

    assert {foretold[pk].kind for pk in wishing.values_list("pk", flat=True)} <= {"skip", "wait"}


def _submitted(campaign):
    Campaign.objects.filter(pk=campaign.pk).update(status=Campaign.Status.IN_REVIEW)
    return campaign


@pytest.mark.skipif(not THOROUGH, reason="so many people take a while; .ci/run counts them")
def test_a_large_audience_is_counted_in_the_memory_of_a_few_thousand(many, noon, capsys):
    campaign = many(SOME, "email")
    again(campaign.topic, LARGE // SOME)
    quick, whole, counted, peaks = [], [], [], []
    for _round in range(2):
        quick.append(_timed(lambda: eligibility.counts_by_objection(campaign.topic, "email")))
        whole.append(_timed(lambda: counted.append(breakdown.current_breakdown(campaign).people)))
    for chunks in (4, 16):
        tracemalloc.start()
        _count_chunks(campaign, noon, chunks)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()

    with capsys.disabled():
        sys.stdout.write(f"\n{LARGE}: by reason {quick} s, by verdict {whole} s, peaks {peaks}\n")
    assert counted == [LARGE, LARGE]
    assert peaks[1] < peaks[0] * 1.5


def _timed(run):
    begun = time.perf_counter()
    run()
    return time.perf_counter() - begun


def _count_chunks(campaign, at, most):
    for number, _rows in enumerate(
        batch_evaluation.decision_chunks(batch_evaluation.evaluator_for_campaign(campaign, at)), start=1
    ):
        if number == most:
            return
