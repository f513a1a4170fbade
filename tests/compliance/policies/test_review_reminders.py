"""The owner is reminded in time, the officers when it is late, and each once."""

import datetime
import threading
from concurrent.futures import ThreadPoolExecutor
from email import message_from_bytes, policy

import pytest
from django.db import DatabaseError, connection, transaction

from compliance import tasks
from compliance.models import ReminderOutcome, ReviewReminder
from compliance.policies import review_reminders
from compliance.policies import service as policies
from tests.sinks import ScriptedMailServer, free_port

Result = ReminderOutcome.Result
DUE = datetime.date(2027, 6, 20)


def before(days):
    return DUE - datetime.timedelta(days=days)


def late(days):
    return DUE + datetime.timedelta(days=days)


def sent():
    return list(ReviewReminder.objects.order_by("pk").values_list("occasion", "to__username"))


def read(received):
    return message_from_bytes(received.content, policy=policy.default)


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (before(31), ""),
        (before(30), "before-30"),
        (before(15), "before-30"),
        (before(14), "before-14"),
        (before(7), "before-7"),
        (before(6), "before-7"),
        (before(2), "before-7"),
        (before(1), "before-1"),
        (DUE, "before-1"),
        (late(1), "overdue-1"),
        (late(7), "overdue-1"),
        (late(8), "overdue-2"),
        (late(400), "overdue-58"),
    ],
)
def test_the_nearest_occasion_that_has_come_is_the_one(today, expected):
    assert review_reminders.current_occasion(DUE, today) == expected


def test_nobody_is_reminded_long_before(review, mail_sink):
    assert review_reminders.send_due_reminders(before(31)) == []
    assert mail_sink.messages == []


def test_the_owner_gets_a_letter_that_leads_to_the_review(review, owner, mail_sink):
    review_reminders.send_due_reminders(before(30))

    mail = read(mail_sink.messages[0])
    assert mail["To"] == owner.email
    assert mail["Subject"] == "Policy review due in 30 days: Consent policy"
    assert f"/admin/compliance/policyreview/{review.pk}/change/" in mail.get_body(["plain"]).get_content()
    assert "20 June 2027" in mail.get_body(["html"]).get_content()


def test_running_often_reminds_once(review, mail_sink):
    review_reminders.send_due_reminders(before(30))
    review_reminders.send_due_reminders(before(30))
    review_reminders.send_due_reminders(before(29))

    assert sent() == [("before-30", "owner")]
    assert len(mail_sink.messages) == 1


def test_every_occasion_on_the_way_is_reminded_of(review, mail_sink):
    days = [before(30), before(14), before(7), before(1), DUE]

    assert [len(review_reminders.send_due_reminders(day)) for day in days] == [1, 1, 1, 1, 0]


def test_a_worker_that_was_down_makes_up_for_the_nearest_occasion_only(review, mail_sink):
    review_reminders.send_due_reminders(before(6))

    assert sent() == [("before-7", "owner")]


def test_overdue_reaches_the_officers_too_every_week(review, owner, officer, mail_sink):
    review_reminders.send_due_reminders(late(1))
    review_reminders.send_due_reminders(late(5))
    review_reminders.send_due_reminders(late(8))

    expected = [("overdue-1", "owner"), ("overdue-1", "officer"), ("overdue-2", "owner"), ("overdue-2", "officer")]
    assert sent() == expected
    assert "as a compliance officer" in read(mail_sink.messages[1]).get_body(["plain"]).get_content()


def test_an_owner_who_is_an_officer_gets_one_letter(review, owner, officer, mail_sink):
    owner.groups.set(officer.groups.all())
    review_reminders.send_due_reminders(late(1))

    assert sorted(sent()) == [("overdue-1", "officer"), ("overdue-1", "owner")]


def test_the_officers_stand_in_for_an_owner_who_has_left(review, owner, officer, mail_sink):
    owner.is_active = False
    owner.save()
    review_reminders.send_due_reminders(before(30))

    assert sent() == [("before-30", "officer")]


def test_a_signed_review_is_silent(review, owner, mail_sink):
    policies.complete_review(review, findings="", decision="kept", by=owner)

    assert review_reminders.send_due_reminders(before(1)) == []


def test_what_became_of_the_letter_is_written_down(review, mail_sink):
    (reminder,) = review_reminders.send_due_reminders(before(30))

    assert reminder.outcome.result == Result.SENT


def test_a_letter_that_certainly_did_not_leave_is_tried_again_but_not_for_ever(review, settings):
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()
    tries = [len(review_reminders.send_due_reminders(before(30))) for _run in range(4)]

    assert tries == [1, 1, 1, 0]
    assert [occasion for occasion, _to in sent()] == ["before-30", "before-30/2", "before-30/3"]
    assert set(ReminderOutcome.objects.values_list("result", flat=True)) == {Result.TRY_LATER}


def test_a_letter_that_went_out_at_the_second_try_is_not_sent_a_third_time(review, settings, mail_sink):
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, free_port()
    review_reminders.send_due_reminders(before(30))
    settings.EMAIL_PORT = port
    review_reminders.send_due_reminders(before(30))
    review_reminders.send_due_reminders(before(30))

    assert len(mail_sink.messages) == 1


def test_a_letter_whose_end_is_unknown_is_shown_and_never_sent_again(review, settings):
    with ScriptedMailServer({"dot": lambda connection, stopped: connection.close()}) as server:
        settings.EMAIL_HOST, settings.EMAIL_PORT = server.host, server.port
        (reminder,) = review_reminders.send_due_reminders(before(30))
        again = review_reminders.send_due_reminders(before(30))

    assert (reminder.outcome.result, again) == (Result.UNKNOWN, [])


def test_a_worker_lost_between_the_row_and_the_letter_costs_that_letter(review, owner, mail_sink):
    ReviewReminder.objects.create(review=review, occasion="before-30", to=owner)

    assert review_reminders.send_due_reminders(before(30)) == []
    assert mail_sink.messages == []


def test_a_colleague_without_an_address_is_refused_with_a_sentence(review, owner, mail_sink):
    owner.email = ""
    owner.save()
    (reminder,) = review_reminders.send_due_reminders(before(30))

    assert reminder.outcome.result == Result.REFUSED
    assert "not a single email address" in reminder.outcome.detail_label


def test_the_clock_calls_the_task_by_the_name_in_the_schedule(review, settings, mail_sink, time_machine):
    time_machine.move_to(datetime.datetime(2027, 6, 13, 3, tzinfo=datetime.UTC))
    names = [entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()]

    tasks.send_review_reminders()

    assert tasks.send_review_reminders.name in names
    assert sent() == [("before-7", "owner")]


@pytest.mark.django_db(transaction=True)
def test_workers_that_run_at_the_same_moment_send_one_letter(review, mail_sink):
    start = threading.Barrier(4)

    def work(_worker):
        start.wait(5)
        try:
            return len(review_reminders.send_due_reminders(before(30)))
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as workers:
        sent_by_each = list(workers.map(work, range(4)))

    assert sorted(sent_by_each) == [0, 0, 0, 1]
    assert len(mail_sink.messages) == 1


@pytest.mark.parametrize("table", ["compliance_reviewreminder", "compliance_reminderoutcome"])
@pytest.mark.parametrize("statement", ["UPDATE {table} SET {column} = {column}", "DELETE FROM {table}"])
def test_reminders_and_outcomes_refuse_raw_sql(review, mail_sink, table, statement):
    review_reminders.send_due_reminders(before(30))
    column = "detail" if table.endswith("outcome") else "occasion"

    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        connection.cursor().execute(statement.format(table=table, column=column))


@pytest.mark.parametrize(
    ("occasion", "words"),
    [
        ("before-30", "30 days before"),
        ("overdue-2", "overdue, week 2"),
        ("before-7/2", "7 days before, attempt 2"),
    ],
)
def test_occasions_read_as_words(occasion, words):
    assert review_reminders.occasion_label(occasion) == words
