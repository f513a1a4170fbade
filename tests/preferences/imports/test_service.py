"""Files of contacts: what they may bring, what they never can, and that no line is lost or done twice."""

from datetime import timedelta

import pytest
from django.utils import timezone

from preferences.consent import eligibility
from preferences.consent import service as consent
from preferences.contacts import erasure
from preferences.contacts import service as contacts
from preferences.imports import service as imports
from preferences.models import Address, ConsentEvent, Contact, Import, Method, Source, Subscription, Suppression
from tests import factories
from tests.conftest import subscribe
from tests.preferences.imports.contact_files import apply, file, line, only, sentences

Status = Import.Status


def test_a_dry_run_says_what_would_happen_and_changes_nothing(topic, author):
    import_ = imports.dry_run(file(line("ana@example.org", topic)), name="C:\\lists\\people.csv", by=author)

    assert only(import_, "new") == {"new": 1}
    assert (import_.status, import_.file_name, import_.by) == (Status.CHECKED, "people.csv", author)
    assert not Contact.objects.exists()
    assert not ConsentEvent.objects.exists()


def test_applying_brings_the_person_their_consent_and_its_proof(topic, author):
    apply(file(line("Ana@Example.org", topic)), by=author)

    address = Address.objects.get()
    event = address.events.get()
    assert (address.contact.name, address.contact.country) == ("Zoë Ångström", "GB")
    assert eligibility.first_objection(address, topic) == ""
    assert (event.source, event.method, event.by) == (Source.IMPORT, Method.CHECKBOX, author)
    assert event.occurred_at.isoformat() == "2025-03-01T09:00:00+00:00"
    assert event.evidence.words == "Form 12: Yes, send me tips\nSpring fair, reception desk"
    assert event.evidence.page == "people.csv, line 2"


def test_a_second_run_adds_nothing(topic):
    first = apply(file(line("ana@example.org", topic)))
    second = apply(file(line("ana@example.org", topic)))

    assert first == second
    assert ConsentEvent.objects.count() == 1


def test_the_same_people_in_another_file_are_unchanged(topic):
    apply(file(line("ana@example.org", topic)))
    second = apply(file(line("ANA@example.org", topic, name="Zoë Ångström ")))

    assert only(second, "unchanged") == {"unchanged": 1}
    assert ConsentEvent.objects.count() == 1


def test_a_line_said_twice_counts_once(topic):
    content = file(line("ana@example.org", topic), line(" ana@EXAMPLE.org ", topic))

    import_ = apply(content)

    assert only(import_, "new", "repeated") == {"new": 1, "repeated": 1}
    assert import_.problems[0]["line"] == 3


def test_a_second_topic_is_added_to_a_known_person(topic):
    other = factories.TopicFactory()

    import_ = apply(file(line("ana@example.org", topic), line("ana@example.org", other)))

    assert only(import_, "new", "changed") == {"new": 1, "changed": 1}
    assert Contact.objects.count() == 1


def test_a_dry_run_counts_what_applying_then_counts(topic, subscriber):
    lines = [line("ana@example.org", topic), line("ana@example.org", topic), line(subscriber.value, topic)]
    lines += [line("bo@example.org", topic, evidence=""), line("nonsense", topic)]

    checked = imports.dry_run(file(*lines), name="people.csv")
    applied = imports.apply(imports.start(checked))

    assert checked.counts == applied.counts
    assert checked.problems == applied.problems
    assert sum(applied.counts.values()) - applied.counts["lines"] == len(lines)


def test_an_import_never_undoes_a_no(subscriber, topic):
    consent.withdraw(subscriber, topic, source=Source.UNSUBSCRIBE_PAGE)

    import_ = apply(file(line(subscriber.value, topic)))

    assert only(import_, "suppressed") == {"suppressed": 1}
    assert subscriber.subscriptions.get().status == Subscription.Status.ENDED


def test_an_import_never_lifts_a_stop(subscriber, topic):
    consent.withdraw_all(subscriber, sender=topic.sender, source=Source.UNSUBSCRIBE_PAGE)

    apply(file(line(subscriber.value, topic), line(subscriber.value, factories.TopicFactory())))

    assert Suppression.objects.in_force().get()
    assert eligibility.first_objection(subscriber, topic) == "stopped"


def test_a_no_to_everything_outlives_coming_back_for_one_topic(subscriber, topic):
    other = factories.TopicFactory()
    consent.withdraw_all(subscriber, sender=topic.sender, source=Source.UNSUBSCRIBE_PAGE)
    subscribe(subscriber, topic)

    import_ = apply(file(line(subscriber.value, other)))

    assert only(import_, "suppressed") == {"suppressed": 1}


def test_a_stranger_signing_up_an_opted_out_person_opens_no_door_for_a_file(subscriber, topic, notice):
    consent.withdraw(subscriber, topic, source=Source.UNSUBSCRIBE_PAGE)
    consent.ask(subscriber, [notice], source=Source.SIGN_UP)

    import_ = apply(file(line(subscriber.value, topic)))

    assert only(import_, "suppressed") == {"suppressed": 1}


def test_somebody_who_was_asked_answers_for_themselves(address, topic, notice):
    consent.ask(address, [notice], source=Source.SIGN_UP)

    import_ = apply(file(line(address.value, topic)))

    assert only(import_, "unchanged") == {"unchanged": 1}
    assert address.subscriptions.get().status == Subscription.Status.PENDING


def test_a_forgotten_person_is_not_brought_back(subscriber, topic, author):
    value = subscriber.value
    erasure.erase(subscriber.contact, by=author)

    import_ = apply(file(line(value, topic)))

    assert only(import_, "suppressed") == {"suppressed": 1}
    assert not Address.objects.live().exists()


def test_what_we_know_of_a_person_is_not_overwritten(topic):
    contacts.add_address("email", "ana@example.org", name="Ana Ferreira")

    import_ = apply(file(line("ana@example.org", topic)))

    assert "Name differs; existing name kept" in sentences(import_)
    assert Contact.objects.get().name == "Ana Ferreira"


def test_no_personal_value_is_in_the_report(topic):
    lines = [
        line("ana@example.org", topic, evidence=""),
        line("Ana.Ferreira", topic),
        line("+1 12", topic, channel="sms"),
    ]

    import_ = apply(file(*lines))

    assert len(import_.problems) == 3
    assert not any(word in str(import_.problems).casefold() for word in ["ana", "ferreira", "zoë"])


class Killed(BaseException):
    """What kill -9 looks like from inside."""


def test_an_old_proof_does_not_add_to_what_a_forgotten_person_came_back_for(subscriber, topic, author):
    value, other = subscriber.value, factories.TopicFactory(sender=topic.sender)
    erasure.erase(subscriber.contact, by=author)
    back = subscribe(factories.email_address(value), topic)

    import_ = apply(file(line(value, other)))

    assert only(import_, "suppressed") == {"suppressed": 1}
    assert eligibility.first_objection(back, other) == "never_subscribed"


def test_a_killed_import_goes_on_where_it_stopped(topic, settings, monkeypatch):
    settings.IMPORT_CHUNK = 10
    lines = [line(f"person{number}@example.org", topic) for number in range(35)]
    started = imports.start(imports.dry_run(file(*lines, lines[0]), name="people.csv"))
    monkeypatch.setattr("time.sleep", _dies_the_second_time())

    with pytest.raises(Killed):
        imports.apply(started)
    monkeypatch.undo()
    half = ConsentEvent.objects.count()
    import_ = imports.apply(started)

    assert half == 20
    assert only(import_, "new", "repeated") == {"new": 35, "repeated": 1}
    assert (ConsentEvent.objects.count(), Contact.objects.count()) == (35, 35)
    assert import_.status == Status.APPLIED


def _dies_the_second_time():
    breaths = iter([None, Killed()])

    def sleep(seconds):
        if death := next(breaths):
            raise death

    return sleep


def test_two_workers_on_one_import_do_each_line_once(topic):
    lines = [line(f"person{number}@example.org", topic) for number in range(5)]
    started = imports.start(imports.dry_run(file(*lines), name="people.csv"))

    imports.apply(started)
    late = imports.apply(started)

    assert late.status == Status.APPLIED
    assert late.counts["new"] == ConsentEvent.objects.count() == 5


def test_an_import_nobody_moves_on_is_found(topic, time_machine):
    started = imports.start(imports.dry_run(file(line("ana@example.org", topic)), name="people.csv"))

    assert imports.stalled_import_ids() == []
    time_machine.move_to(timezone.now() + timedelta(minutes=2))
    assert imports.stalled_import_ids() == [started.pk]


def test_the_file_is_let_go_once_it_is_applied(topic, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        checked = imports.dry_run(file(line("ana@example.org", topic)), name="people.csv")
        applied = imports.apply(imports.start(checked))

    assert not applied.file
    assert not checked.file.storage.exists(f"imports/{checked.digest}.csv")


def test_a_file_that_changed_since_it_was_checked_is_not_applied(topic):
    checked = imports.dry_run(file(line("ana@example.org", topic)), name="people.csv")
    with checked.file.storage.open(checked.file.name, "ab") as stored:
        stored.write(line("bo@example.org", topic).encode())

    import_ = imports.apply(imports.start(checked))

    assert import_.status == Status.REFUSED
    assert "not the one that was checked" in sentences(import_)
    assert not Contact.objects.exists()


def test_only_so_many_problems_are_listed_and_the_rest_counted(topic):
    import_ = imports.dry_run(file(*["nonsense"] * 1_010), name="people.csv")

    assert len(import_.problems) == 1_000
    assert import_.counts["problems_left_out"] == 10
