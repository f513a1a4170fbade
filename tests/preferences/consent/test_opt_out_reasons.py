"""How many leave and why, counted for staff."""

from uuid import uuid4

from preferences.consent import opt_out_reasons
from preferences.consent import service as consent
from preferences.models import Source
from tests import factories
from tests.conftest import subscribe


def test_who_left_a_topic_is_counted_with_the_reasons_most_often_first(topic, subscriber):
    other = subscribe(factories.email_address(), topic)
    third = subscribe(factories.email_address(), topic)
    consent.withdraw(subscriber, topic, source=Source.UNSUBSCRIBE_PAGE)
    consent.withdraw(other, topic, source=Source.UNSUBSCRIBE_PAGE)
    opt_out_reasons.record_reason(subscriber, topic, reason="privacy")
    opt_out_reasons.record_reason(other, topic, reason="too_often")
    opt_out_reasons.record_reason(third, topic, reason="too_often")

    counted = opt_out_reasons.counts_for_topic(topic)

    assert (counted.people, list(counted.reasons.items())) == (2, [("too_often", 2), ("privacy", 1)])


def test_reasons_are_named_in_the_words_people_chose_from(topic, subscriber):
    opt_out_reasons.record_reason(subscriber, topic, reason="never_signed_up")
    opt_out_reasons.record_reason(subscriber, topic, words="Enough 🙂")

    counted = opt_out_reasons.counts_for_topic(topic)

    assert sorted(counted.in_words) == [("I never signed up for this", 1), ("In their own words", 1)]


def test_what_came_from_a_message_is_counted_with_it_be_it_the_topic_or_everything(topic, subscriber):
    other = subscribe(factories.email_address(), topic)
    ours = [uuid4(), uuid4()]
    consent.withdraw(subscriber, topic, source=Source.UNSUBSCRIBE_PAGE, origin=ours[0])
    consent.withdraw_all(other, sender=topic.sender, source=Source.ONE_CLICK, origin=ours[1])
    consent.withdraw(subscribe(factories.email_address(), topic), topic, source=Source.UNSUBSCRIBE_PAGE, origin=uuid4())
    opt_out_reasons.record_reason(subscriber, topic, reason="other", origin=ours[0])

    counted = opt_out_reasons.counts_for_messages(ours)

    assert (counted.people, counted.reasons) == (2, {"other": 1})
