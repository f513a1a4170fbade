"""What people can say, and what it adds up to."""

import pytest
from django.db import DatabaseError, connection, transaction

from preferences.consent import eligibility, endings, evidence, ledger, suppressions
from preferences.consent import service as consent
from preferences.consent.evidence import Proof
from preferences.contacts import erasure
from preferences.errors import NotAllowed
from preferences.models import ConsentEvent, Evidence, Method, ServiceMessage, Source, Subscription, Suppression
from tests import factories
from tests.conftest import subscribe

Kind = ConsentEvent.Kind
Status = Subscription.Status
Reason = Suppression.Reason


def test_signing_up_waits_for_confirmation_and_owes_one_mail(address, notice):
    service_message = consent.ask(address, [notice], source=Source.SIGN_UP)

    assert address.subscriptions.get().status == Status.PENDING
    assert service_message.kind == ServiceMessage.Kind.CONFIRM
    assert eligibility.first_objection(address, notice.topic) == "not_confirmed"


def test_confirming_grants_what_was_asked_under_the_words_that_were_shown(address, notice):
    service_message = consent.ask(address, [notice], source=Source.SIGN_UP)

    consent.confirm(service_message)

    granted = address.events.get(kind=Kind.GRANTED)
    assert (granted.notice, granted.method) == (notice, Method.DOUBLE_OPT_IN)
    assert eligibility.first_objection(address, notice.topic) == ""
    address.refresh_from_db()
    assert address.verified_at


def test_confirming_twice_says_yes_once(address, notice):
    service_message = consent.ask(address, [notice], source=Source.SIGN_UP)
    consent.confirm(service_message)

    assert consent.confirm(service_message) == []
    assert address.events.filter(kind=Kind.GRANTED).count() == 1


def test_a_confirmation_link_is_worth_nothing_after_the_person_left(address, notice):
    service_message = consent.ask(address, [notice], source=Source.SIGN_UP)
    consent.withdraw(address, notice.topic, source=Source.UNSUBSCRIBE_PAGE)

    assert consent.confirm(service_message) == []
    assert address.subscriptions.get().status == Status.ENDED


def test_somebody_else_asking_again_does_not_touch_an_active_subscription(subscriber, notice):
    service_message = consent.ask(subscriber, [notice], source=Source.SIGN_UP)

    assert subscriber.subscriptions.get().status == Status.ACTIVE
    assert service_message.kind == ServiceMessage.Kind.SECURE_LINK


def test_leaving_ends_the_topic_and_is_confirmed_once(subscriber, topic):
    consent.withdraw(subscriber, topic, source=Source.UNSUBSCRIBE_PAGE)
    consent.withdraw(subscriber, topic, source=Source.ONE_CLICK)

    assert subscriber.subscriptions.get().status == Status.ENDED
    assert subscriber.events.filter(kind=Kind.WITHDRAWN).count() == 1
    assert subscriber.service_messages.filter(kind=ServiceMessage.Kind.UNSUBSCRIBED).count() == 1


def test_leaving_a_topic_one_never_asked_for_is_still_written_down(address, topic):
    consent.withdraw(address, topic, source=Source.UNSUBSCRIBE_PAGE)

    assert address.events.get().kind == Kind.WITHDRAWN
    assert eligibility.first_objection(address, topic) == "left"


def test_a_no_after_an_expiry_is_written_down(address, notice):
    consent.ask(address, [notice], source=Source.SIGN_UP)
    endings.expire(address, notice.topic)

    consent.withdraw(address, notice.topic, source=Source.UNSUBSCRIBE_PAGE)

    assert address.events.last().kind == Kind.WITHDRAWN


def test_everything_off_ends_all_topics_and_stops_the_address(subscriber, topic):
    other = subscribe(subscriber, factories.TopicFactory(sender=topic.sender))

    consent.withdraw_all(other, sender=topic.sender, source=Source.PREFERENCES)
    consent.withdraw_all(other, sender=topic.sender, source=Source.PREFERENCES)

    assert set(subscriber.subscriptions.values_list("status", flat=True)) == {Status.ENDED}
    assert eligibility.first_objection(subscriber, topic) == "stopped"
    assert subscriber.events.filter(kind=Kind.WITHDRAWN).count() == 1
    assert subscriber.service_messages.filter(kind=ServiceMessage.Kind.UNSUBSCRIBED).count() == 1


def test_saying_no_to_a_question_takes_back_a_second_one_on_its_way(address, notice):
    consent.ask(address, [notice], source=Source.SIGN_UP)
    second = consent.ask(address, [notice], source=Source.SIGN_UP)

    consent.refuse(address, notice.topic, source=Source.CONFIRM, notice=notice)

    second.refresh_from_db()
    assert second.status == ServiceMessage.Status.CANCELLED


def test_leaving_takes_back_a_confirmation_still_on_its_way(address, notice):
    service_message = consent.ask(address, [notice], source=Source.SIGN_UP)

    consent.withdraw(address, notice.topic, source=Source.UNSUBSCRIBE_PAGE)

    service_message.refresh_from_db()
    assert service_message.status == ServiceMessage.Status.CANCELLED


@pytest.mark.parametrize("source", [Source.IMPORT, Source.STAFF])
def test_neither_import_nor_staff_can_undo_a_no(subscriber, topic, author, source):
    consent.withdraw(subscriber, topic, source=Source.UNSUBSCRIBE_PAGE)

    with pytest.raises(NotAllowed, match="opted out"):
        consent.grant(subscriber, topic, source=source, method=Method.WRITTEN, by=author)

    assert subscriber.subscriptions.get().status == Status.ENDED


def test_a_new_confirmed_sign_up_lifts_the_persons_own_stop(subscriber, topic, notice):
    consent.withdraw_all(subscriber, sender=topic.sender, source=Source.PREFERENCES)

    subscribe(subscriber, topic)

    assert eligibility.first_objection(subscriber, topic) == ""
    assert Suppression.objects.get().lifted_because


def test_confirming_anew_shows_that_a_mailbox_works_again(subscriber, topic):
    suppressions.suppress(subscriber, Reason.BOUNCED)

    subscribe(subscriber, topic)

    assert eligibility.first_objection(subscriber, topic) == ""


def test_staff_lift_a_bounce_with_a_reason(subscriber, author):
    bounced = suppressions.suppress(subscriber, Reason.BOUNCED)

    with pytest.raises(NotAllowed, match="Enter why"):
        suppressions.lift_by_staff(bounced, by=author, because=" ")

    assert (
        suppressions.lift_by_staff(bounced, by=author, because="New mailbox, confirmed by phone.").lifted_by == author
    )


def test_staff_cannot_lift_a_stop(subscriber, topic, author):
    stopped = consent.withdraw_all(subscriber, sender=topic.sender, source=Source.UNSUBSCRIBE_PAGE)

    with pytest.raises(NotAllowed, match="Only the person"):
        suppressions.lift_by_staff(stopped, by=author, because="We would like to.")


def test_a_complaint_ends_everything_without_an_answer(subscriber, topic):
    endings.record_complaint(subscriber, provider="postmark")

    assert eligibility.first_objection(subscriber, topic) == "complained"
    assert not subscriber.service_messages.filter(kind=ServiceMessage.Kind.UNSUBSCRIBED).exists()


def test_the_ledger_adds_up_to_the_subscription_after_any_of_it(subscriber, topic):
    consent.withdraw(subscriber, topic, source=Source.UNSUBSCRIBE_PAGE)
    subscribe(subscriber, topic)
    consent.withdraw_all(subscriber, sender=topic.sender, source=Source.UNSUBSCRIBE_PAGE)

    assert ledger.fold(subscriber, topic) == subscriber.subscriptions.get().status == Status.ENDED


@pytest.mark.parametrize(
    ("status", "kind", "expected"),
    [
        (None, Kind.ASKED, Status.PENDING),
        (Status.ACTIVE, Kind.ASKED, Status.ACTIVE),
        (Status.ENDED, Kind.ASKED, Status.PENDING),
        (Status.PAUSED, Kind.ASKED, Status.PAUSED),
        (None, Kind.GRANTED, Status.ACTIVE),
        (Status.ENDED, Kind.GRANTED, Status.ACTIVE),
        (Status.ACTIVE, Kind.PAUSED, Status.PAUSED),
        (Status.ENDED, Kind.PAUSED, Status.ENDED),
        (Status.PAUSED, Kind.RESUMED, Status.ACTIVE),
        (Status.ENDED, Kind.RESUMED, Status.ENDED),
        (Status.PENDING, Kind.EXPIRED, Status.ENDED),
        (Status.PENDING, Kind.REFUSED, Status.ENDED),
        (Status.ACTIVE, Kind.WITHDRAWN, Status.ENDED),
        (Status.ACTIVE, Kind.INVALIDATED, Status.ENDED),
        (None, Kind.WITHDRAWN, Status.ENDED),
    ],
)
def test_what_each_event_makes_of_a_subscription(status, kind, expected):
    assert ledger.status_after(status, kind) == expected


def test_the_event_holds_nothing_personal_and_its_evidence_proves_itself(address, notice):
    proof = Proof(ip="203.0.113.7", user_agent="Firefox", page="/sign-up/harbour/")

    consent.ask(address, [notice], source=Source.SIGN_UP, proof=proof)

    event = address.events.get()
    assert evidence.matches_commitment(event)
    assert event.evidence.ip == "203.0.113.7"


def test_changed_evidence_is_noticed(address, notice):
    consent.ask(address, [notice], source=Source.SIGN_UP, proof=Proof(ip="203.0.113.7"))
    Evidence.objects.update(ip="203.0.113.8")

    assert not evidence.matches_commitment(address.events.get())


@pytest.mark.parametrize(
    "statement",
    ["UPDATE preferences_consentevent SET kind = 'granted'", "DELETE FROM preferences_consentevent"],
)
def test_the_database_refuses_to_change_the_ledger(address, notice, statement):
    consent.ask(address, [notice], source=Source.SIGN_UP)

    with pytest.raises(DatabaseError, match="never changed or removed"), transaction.atomic():
        connection.cursor().execute(statement)

    assert address.events.get().kind == Kind.ASKED


def test_what_nobody_ever_spoke_about_cannot_run_out(address, topic):
    with pytest.raises(NotAllowed, match="Ask for consent first"):
        endings.expire(address, topic)

    assert not address.events.exists()


def test_a_forgotten_address_has_nothing_left_to_stop(subscriber, author):
    erasure.erase(subscriber.contact, by=author)

    with pytest.raises(NotAllowed, match="data was erased"):
        suppressions.suppress(subscriber, Reason.BOUNCED)


def test_python_refuses_to_change_the_ledger(address, notice):
    consent.ask(address, [notice], source=Source.SIGN_UP)
    event = address.events.get()

    with pytest.raises(NotAllowed):
        event.save()
    with pytest.raises(NotAllowed):
        event.delete()
    with pytest.raises(NotAllowed):
        ConsentEvent.objects.update(kind=Kind.GRANTED)


def test_the_value_of_an_address_never_changes(subscriber):
    subscriber.value = "stranger@example.org"

    with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
        subscriber.save()
