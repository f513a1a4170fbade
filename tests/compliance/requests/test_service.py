"""What people ask about their own data, and how colleagues answer."""

from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.utils import timezone

from compliance import tasks
from compliance.models import SubjectRequest
from compliance.requests import service as requests
from preferences.consent import eligibility
from preferences.contacts import erasure
from preferences.contacts import service as contacts
from preferences.errors import NotAllowed
from preferences.models import Evidence
from tests import factories
from tests.conftest import subscribe

Kind = SubjectRequest.Kind
Status = SubjectRequest.Status


def days_left(request):
    return round((request.due_at - timezone.now()) / timedelta(days=1))


@pytest.mark.parametrize(("country", "days"), [("", 28), ("DE", 28), ("BR", 15)])
def test_the_clock_of_a_deletion_depends_on_the_country(subscriber, country, days):
    contacts.correct(subscriber.contact, country=country)

    request = requests.ask(subscriber, Kind.DELETION, words=" Please. ")

    assert (request.status, request.words, days_left(request)) == (Status.OPEN, "Please.", days)


def test_nothing_is_sent_while_a_deletion_waits(subscriber, topic):
    requests.ask(subscriber, Kind.DELETION)

    assert eligibility.objection(subscriber, topic) == "restricted"


def test_asking_twice_is_one_request_with_one_clock(subscriber):
    first = requests.ask(subscriber, Kind.DELETION)

    assert requests.ask(subscriber, Kind.DELETION) == first


def test_a_restriction_is_done_at_once_and_lifted_the_same_way(subscriber, topic):
    request = requests.ask(subscriber, Kind.RESTRICTION)
    assert (request.status, eligibility.objection(subscriber, topic)) == (Status.DONE, "restricted")

    taken = requests.take_back(request, address=subscriber)

    assert (taken.status, eligibility.objection(subscriber, topic)) == (Status.TAKEN_BACK, "")


def test_an_objection_turns_everything_off_for_all_addresses(subscriber, topic):
    other = subscribe(contacts.add_address("sms", "+12075550177", contact=subscriber.contact), topic)

    request = requests.ask(subscriber, Kind.OBJECTION)

    assert request.status == Status.DONE
    assert eligibility.objection(subscriber, topic) == eligibility.objection(other, topic) == "stopped"


@pytest.mark.parametrize("kind", [Kind.ACCESS, Kind.PORTABILITY])
def test_copies_of_one_day_are_one_request(subscriber, kind):
    first = requests.ask(subscriber, kind)
    with time_machine.travel(timezone.now() + timedelta(hours=23)):
        same = requests.ask(subscriber, kind)
    with time_machine.travel(timezone.now() + timedelta(hours=25)):
        next_day = requests.ask(subscriber, kind)

    assert first == same != next_day
    assert next_day.status == Status.DONE


def test_a_correction_is_made_by_the_person(subscriber):
    with pytest.raises(NotAllowed, match="yourself"):
        requests.ask(subscriber, Kind.CORRECTION)

    assert not SubjectRequest.objects.exists()


def test_a_deletion_taken_back_leaves_everything_as_it_was(subscriber, topic):
    request = requests.ask(subscriber, Kind.DELETION)

    requests.take_back(request, address=subscriber)
    again = requests.take_back(request, address=subscriber)

    assert again.status == Status.TAKEN_BACK
    assert eligibility.objection(subscriber, topic) == ""


@pytest.mark.parametrize("first", [Kind.RESTRICTION, Kind.DELETION])
def test_a_restriction_of_its_own_outlives_a_deletion_taken_back(subscriber, topic, first):
    second = {Kind.RESTRICTION: Kind.DELETION, Kind.DELETION: Kind.RESTRICTION}[first]
    asked = {first: requests.ask(subscriber, first), second: requests.ask(subscriber, second)}

    requests.take_back(asked[Kind.DELETION], address=subscriber)

    assert eligibility.objection(subscriber, topic) == "restricted"


def test_a_restriction_that_colleagues_had_set_outlives_a_deletion_refused(subscriber, officer, topic):
    contacts.restrict(subscriber.contact, by=officer)
    request = requests.ask(subscriber, Kind.DELETION)

    requests.refuse(request, by=officer, because="We are bound to keep it.")

    assert eligibility.objection(subscriber, topic) == "restricted"


def test_the_restriction_of_a_deletion_is_not_lifted_alone(subscriber):
    restriction = requests.ask(subscriber, Kind.RESTRICTION)
    requests.ask(subscriber, Kind.DELETION)

    with pytest.raises(NotAllowed, match="Withdraw that request first"):
        requests.take_back(restriction, address=subscriber)


def test_nobody_takes_back_what_somebody_else_asked(subscriber):
    request = requests.ask(subscriber, Kind.DELETION)

    with pytest.raises(NotAllowed, match="belongs to another person"):
        requests.take_back(request, address=factories.email_address())


def test_carrying_out_forgets_the_person_and_their_words(subscriber, officer):
    request = requests.ask(subscriber, Kind.DELETION, words="I moved to Lisbon.")

    done = requests.carry_out(request, by=officer)

    subscriber.refresh_from_db()
    assert (done.status, done.words, done.answered_by) == (Status.DONE, "", officer)
    assert subscriber.erased_at is not None
    assert not Evidence.objects.filter(event__address=subscriber).exists()


@pytest.mark.parametrize("kind", [Kind.RESTRICTION, Kind.ACCESS])
def test_what_is_done_is_not_carried_out_again(subscriber, officer, kind):
    with pytest.raises(NotAllowed, match="closed"):
        requests.carry_out(requests.ask(subscriber, kind), by=officer)


def test_a_deletion_taken_back_is_not_carried_out(subscriber, officer):
    request = requests.ask(subscriber, Kind.DELETION)
    requests.take_back(request, address=subscriber)

    with pytest.raises(NotAllowed, match="closed: Withdrawn"):
        requests.carry_out(request, by=officer)
    subscriber.refresh_from_db()
    assert subscriber.erased_at is None


def test_what_was_carried_out_is_not_taken_back(subscriber, officer):
    request = requests.ask(subscriber, Kind.DELETION)
    requests.carry_out(request, by=officer)

    with pytest.raises(NotAllowed, match="deleted at their request"):
        requests.take_back(request, address=subscriber)


@pytest.mark.parametrize("because", ["", "   "])
def test_nothing_is_refused_without_a_reason(subscriber, officer, because):
    request = requests.ask(subscriber, Kind.DELETION)

    with pytest.raises(NotAllowed, match="Enter a reason"):
        requests.refuse(request, by=officer, because=because)

    request.refresh_from_db()
    assert request.status == Status.OPEN


def test_a_refusal_is_kept_with_its_reason_and_things_go_on(subscriber, officer, topic):
    request = requests.ask(subscriber, Kind.DELETION)

    refused = requests.refuse(request, by=officer, because="We are bound to keep it.")

    assert (refused.status, refused.answer) == (Status.REFUSED, "We are bound to keep it.")
    assert eligibility.objection(subscriber, topic) == ""


def test_a_person_forgotten_by_another_door_has_no_open_request(subscriber, officer):
    request = requests.ask(subscriber, Kind.DELETION, words="Please.")
    erasure.erase(subscriber.contact, by=officer)

    tasks.settle_forgotten()

    assert requests.settle_forgotten() == 0
    request.refresh_from_db()
    assert (request.status, request.words) == (Status.DONE, "")


def test_a_reason_for_refusing_is_forgotten_with_the_person_and_only_once(subscriber, officer):
    request = requests.ask(subscriber, Kind.DELETION)
    requests.refuse(request, by=officer, because="Ana owes us money.")
    erasure.erase(subscriber.contact, by=officer)
    requests.settle_forgotten()
    before = request.history.count()

    requests.settle_forgotten()

    request.refresh_from_db()
    assert (request.answer, request.history.count()) == (requests.ERASED, before)


def test_the_words_of_a_person_stay_out_of_the_history(subscriber):
    request = requests.ask(subscriber, Kind.DELETION, words="I moved to Lisbon.")

    assert not any(hasattr(row, "words") for row in request.history.all())


@pytest.mark.parametrize("kind", ["", "everything", "DELETION"])
def test_a_kind_that_does_not_exist_is_refused(subscriber, kind):
    with pytest.raises((NotAllowed, ValidationError)):
        requests.ask(subscriber, kind)

    assert not SubjectRequest.objects.exists()
