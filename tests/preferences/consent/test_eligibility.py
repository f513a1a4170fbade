"""One gate, used both ways: the crowd and the single case always agree."""

import itertools
import os

import pytest
from django.utils import timezone

from preferences.consent import eligibility, endings, suppressions
from preferences.consent import service as consent
from preferences.contacts import erasure
from preferences.models import Address, Source, Suppression
from tests import factories
from tests.conftest import subscribe
from tests.preferences.consent import eligible

Reason = Suppression.Reason


def never(address, topic, by):
    return None


def waiting(address, topic, by):
    consent.ask(address, [topic.notices.get()], source=Source.SIGN_UP)


def active(address, topic, by):
    subscribe(address, topic)


def left(address, topic, by):
    subscribe(address, topic)
    consent.withdraw(address, topic, source=Source.UNSUBSCRIBE_PAGE)


def expired(address, topic, by):
    waiting(address, topic, by)
    endings.expire(address, topic)


STANDINGS = [never, waiting, active, left, expired]
EXPECTED = {never: "never_subscribed", waiting: "not_confirmed", active: "", left: "left", expired: "expired"}
ORDER = ["erased", "never_again", "complained", "stopped", "reassigned", "bounced"]
NAMES = dict(zip(ORDER, [Reason.ERASED, Reason.PERMANENT, Reason.COMPLAINED, Reason.STOPPED, Reason.REASSIGNED,
                         Reason.BOUNCED], strict=True))  # fmt: skip
COMBINATIONS = [c for size in range(len(ORDER) + 1) for c in itertools.combinations(ORDER, size)]
PART = 1 if os.environ.get("THOROUGH") else len(STANDINGS)  # every day each combination is met in one standing


@pytest.mark.parametrize("standing", STANDINGS, ids=lambda standing: standing.__name__)
def test_each_standing_under_every_combination_of_suppressions(topic, author, standing):
    """5 standings × 64 sets of suppressions: the gravest is named, and the crowd is exactly the unnamed."""
    expected = {}
    for combination in [(), *COMBINATIONS[STANDINGS.index(standing) % PART :: PART]]:
        address = factories.email_address()
        standing(address, topic, author)
        [suppressions.suppress(address, NAMES[name]) for name in combination]
        expected[address.pk] = min(combination, key=ORDER.index) if combination else EXPECTED[standing]

    named = {pk: eligibility.first_objection(Address(pk=pk), topic) for pk in expected}
    crowd = set(eligible.addresses(topic, "email").values_list("pk", flat=True))

    assert named == expected
    assert crowd == {pk for pk, name in expected.items() if name == ""}
    assert eligibility.counts_by_objection(topic, "email") == {
        name: list(expected.values()).count(name) for name in set(expected.values())
    }


def test_a_forgotten_person_is_not_written_to_even_after_signing_up_anew_by_import(subscriber, topic, author):
    value = subscriber.value
    erasure.erase(subscriber.contact, by=author)

    again = factories.email_address(value)

    assert eligibility.first_objection(again, topic) == "erased"


def test_a_stop_for_one_purpose_leaves_the_others(subscriber, topic):
    reminders = factories.TopicFactory(sender=topic.sender, purpose="informational")
    subscribe(subscriber, reminders)

    suppressions.suppress(subscriber, Reason.STOPPED, scope="marketing")

    assert eligibility.first_objection(subscriber, topic) == "stopped"
    assert eligibility.first_objection(subscriber, reminders) == ""


def test_a_topic_that_is_not_offered_on_a_channel_reaches_nobody_there(texter, topic):
    topic.by_sms = False
    topic.save()

    assert eligibility.first_objection(texter, topic) == "channel_not_offered"


def test_a_retired_topic_reaches_nobody(subscriber, topic):
    topic.retired_at = timezone.now()
    topic.save()

    assert not eligible.addresses(topic, "email").exists()
    assert eligibility.first_objection(subscriber, topic) == "topic_retired"


def test_the_whole_crowd_is_judged_in_one_statement(subscriber, topic, django_assert_num_queries):
    with django_assert_num_queries(1):
        list(eligible.addresses(topic, "email"))
