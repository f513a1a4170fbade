"""Moving to another address: nothing goes along that was not said, and every "no" does."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from preferences import tasks
from preferences.consent import eligibility, frequency, suppressions
from preferences.consent import service as consent
from preferences.contacts import address_change, address_normalization
from preferences.contacts import service as contacts
from preferences.errors import NotAllowed, Unreadable
from preferences.models import (
    Address,
    AddressChange,
    ConsentEvent,
    Method,
    Notice,
    ServiceMessage,
    Source,
    Subscription,
    Suppression,
)
from preferences.outbox import service as outbox
from tests import factories
from tests.conftest import subscribe

Kind = ConsentEvent.Kind
Status = Subscription.Status
NEW = "new@example.org"


@pytest.fixture
def asked(subscriber):
    return address_change.request(subscriber, "email", NEW)


def test_asking_changes_nothing_and_owes_a_letter_to_the_new_address(subscriber, asked):
    assert (asked.kind, asked.address.value) == (ServiceMessage.Kind.NEW_ADDRESS, NEW)
    assert subscriber.subscriptions.get().status == Status.ACTIVE
    assert asked.address.verified_at is None


def test_until_it_is_confirmed_the_new_address_leads_to_nothing_of_the_person(subscriber, asked):
    assert asked.address.contact != subscriber.contact
    assert asked.address.contact.name == ""


def test_a_stranger_who_signs_up_with_a_mistyped_address_gets_a_record_of_their_own(subscriber, topic, asked):
    stranger = subscribe(contacts.add_address("email", NEW), topic)

    with pytest.raises(NotAllowed, match="was completed or has expired"):
        address_change.confirm(asked)
    assert stranger.contact != subscriber.contact
    assert stranger.subscriptions.get().status == Status.ACTIVE


def test_confirming_moves_the_person_and_takes_no_consent_along(subscriber, topic, asked):
    new = address_change.confirm(asked)

    assert (new.value, new.contact) == (NEW, subscriber.contact)
    assert new.verified_at is not None
    assert not new.subscriptions.exists()
    assert eligibility.first_objection(subscriber, topic) == "stopped"


def test_what_was_ticked_is_agreed_to_under_todays_words(subscriber, topic, notice, asked):
    new = address_change.confirm(asked, notices=[notice])

    event = new.events.get(kind=Kind.GRANTED)
    assert (event.notice, event.source, event.method) == (notice, Source.CONFIRM, Method.CHECKBOX)
    assert eligibility.first_objection(new, topic) == ""


def test_a_topic_the_old_address_did_not_get_cannot_be_ticked(subscriber, topic, asked):
    other = factories.TopicFactory(sender=topic.sender)

    new = address_change.confirm(asked, notices=[Notice.objects.current(other, "en")])

    assert not new.subscriptions.exists()


def test_what_was_left_on_the_old_address_is_left_on_the_new_one(subscriber, topic):
    consent.withdraw(subscriber, topic, source=Source.UNSUBSCRIBE_PAGE)

    new = address_change.confirm(address_change.request(subscriber, "email", NEW))

    assert eligibility.first_objection(new, topic) == "left"
    with pytest.raises(NotAllowed, match="opted out"):
        consent.grant(new, topic, source=Source.IMPORT, method=Method.WRITTEN)


@pytest.mark.parametrize("reason", ["stopped", "complained", "permanent"])
def test_a_stop_follows_the_person(subscriber, topic, reason):
    suppressions.suppress(subscriber, reason)

    new = address_change.confirm(address_change.request(subscriber, "email", NEW))

    assert Suppression.objects.of(new).in_force().filter(reason=reason).exists()


@pytest.mark.parametrize("reason", ["bounced", "held", "reassigned"])
def test_what_is_the_matter_with_the_old_address_stays_there(subscriber, reason):
    suppressions.suppress(subscriber, reason)

    new = address_change.confirm(address_change.request(subscriber, "email", NEW))

    assert not Suppression.objects.of(new).in_force().exists()


def test_a_pause_goes_on_at_the_new_address(subscriber, topic, notice):
    until = timezone.now() + timedelta(days=20)
    frequency.pause_messages(subscriber, topic, until=until, source=Source.PREFERENCES)

    new = address_change.confirm(address_change.request(subscriber, "email", NEW), notices=[notice])

    row = new.subscriptions.get()
    assert (row.status, row.paused_until) == (Status.PAUSED, until)


def test_the_old_address_is_told_once_and_gets_nothing_more(subscriber, asked):
    address_change.confirm(asked)

    waiting = subscriber.service_messages.filter(status=ServiceMessage.Status.QUEUED).exclude(
        kind=ServiceMessage.Kind.SUBSCRIBED
    )
    assert [service_message.kind for service_message in waiting] == [ServiceMessage.Kind.CHANGED]


def test_links_to_the_old_address_are_revoked(subscriber, asked):
    before = subscriber.link_generation

    address_change.confirm(asked)

    subscriber.refresh_from_db()
    assert subscriber.link_generation == before + 1


def test_confirming_twice_changes_nothing_more(subscriber, notice, asked):
    new = address_change.confirm(asked, notices=[notice])
    before = ConsentEvent.objects.count(), ServiceMessage.objects.count()

    with pytest.raises(NotAllowed, match="was completed or has expired"):
        address_change.confirm(asked, notices=[notice])

    assert (ConsentEvent.objects.count(), ServiceMessage.objects.count()) == before
    assert AddressChange.objects.get().new == new


def test_the_address_of_somebody_else_is_not_touched_and_its_owner_gets_a_link(subscriber, topic):
    owner = subscribe(factories.email_address(NEW), topic)

    service_message = address_change.request(subscriber, "email", NEW)

    assert (service_message.kind, service_message.address) == (ServiceMessage.Kind.SECURE_LINK, owner)
    assert not AddressChange.objects.exists()


def test_somebody_who_said_never_again_is_not_asked(subscriber, topic):
    gone = factories.email_address(NEW)
    consent.withdraw_permanently(gone, sender=topic.sender, source=Source.UNSUBSCRIBE_PAGE)
    contacts.anonymize(gone.contact)

    assert address_change.request(subscriber, "email", NEW) is None
    assert not Address.objects.filter(value=NEW).exists()


def test_an_address_of_theirs_can_be_moved_to_and_keeps_its_own_topics(subscriber, topic):
    second = contacts.add_address("sms", "+12075550188", contact=subscriber.contact)
    subscribe(second, topic)

    new = address_change.confirm(address_change.request(subscriber, "sms", "+1 207 555 0188"))

    assert new == second
    assert eligibility.first_objection(second, topic) == ""


def test_asking_anew_ends_the_earlier_question(subscriber, asked):
    address_change.request(subscriber, "email", "other@example.org")

    with pytest.raises(NotAllowed, match="was completed or has expired"):
        address_change.confirm(asked)
    assert not Address.objects.filter(value=NEW).exists()


def test_two_people_may_ask_for_the_same_address_and_the_first_to_prove_it_gets_it(subscriber, topic, asked):
    second = subscribe(factories.email_address(), topic)
    later = address_change.request(second, "email", NEW)

    new = address_change.confirm(later)

    assert new.contact == second.contact
    with pytest.raises(NotAllowed, match="was completed or has expired"):
        address_change.confirm(asked)


def test_a_week_without_an_answer_ends_it_and_forgets_the_new_address(subscriber, asked):
    with time_machine.travel(timezone.now() + timedelta(days=7, minutes=1)):
        tasks.expire_pending_requests()

    assert not Address.objects.filter(value=NEW).exists()
    assert AddressChange.objects.get().dropped_at is not None
    asked.refresh_from_db()
    assert asked.status == ServiceMessage.Status.CANCELLED


def test_a_week_later_it_cannot_be_confirmed_even_before_the_clock_ran(subscriber, asked):
    with (
        time_machine.travel(timezone.now() + timedelta(days=7, minutes=1)),
        pytest.raises(NotAllowed, match="was completed or has expired"),
    ):
        address_change.confirm(asked)


def test_whoever_reads_at_the_new_address_may_say_no(subscriber, asked):
    address_change.refuse(asked)
    address_change.refuse(asked)

    assert not Address.objects.filter(value=NEW).exists()
    assert subscriber.subscriptions.get().status == Status.ACTIVE


def test_the_old_address_is_left_until_they_come_back(subscriber, asked):
    new = address_change.confirm(asked)
    assert address_change.has_moved_away(subscriber)

    address_change.confirm(address_change.request(new, "email", subscriber.value))

    assert (address_change.has_moved_away(subscriber), address_change.has_moved_away(new)) == (False, True)


def test_moving_to_the_same_address_is_refused(subscriber):
    with pytest.raises(NotAllowed, match="your current address"):
        address_change.request(subscriber, "email", subscriber.value.upper())


@pytest.mark.parametrize(
    "value", ["", "nobody", "a@b", "two@example.org, three@example.org", "a@example.org\nBcc: b@x.org"]
)
def test_what_is_no_address_is_refused(subscriber, value):
    with pytest.raises(Unreadable):
        address_change.request(subscriber, "email", value)


def test_no_number_is_asked_for_by_a_sender_who_sends_no_texts(topic):
    topic.sender.text_number = ""
    topic.sender.save()
    address = subscribe(factories.email_address(), topic)

    with pytest.raises(NotAllowed, match="does not send text messages"):
        address_change.request(address, "sms", "+12075550188")


def test_the_value_of_no_row_ever_changes(subscriber, asked):
    before = asked.address.pk

    new = address_change.confirm(asked)

    assert new.pk != before
    assert Address.objects.get(pk=before).erased_at is not None
    assert new.fingerprint == address_normalization.fingerprint("email", NEW)


def test_the_letter_to_the_old_address_goes_out_although_everything_is_off(subscriber, asked):
    address_change.confirm(asked)

    assert subscriber.service_messages.get(kind=ServiceMessage.Kind.CHANGED).pk in outbox.due_message_ids(subscriber.pk)


def test_without_a_tick_the_new_address_gets_a_link_so_that_nobody_is_locked_out(asked):
    new = address_change.confirm(asked)

    assert new.service_messages.get().kind == ServiceMessage.Kind.SECURE_LINK
    assert outbox.enqueue_secure_link(new) is not None
