"""What the organisation promises, and the yearly reading of it."""

import datetime
import hashlib

import pytest
import time_machine
from django.db import DatabaseError, connection, transaction

from compliance.models import PolicyReview, PolicyVersion, ReviewReminder
from compliance.policies import service as policies
from preferences.errors import NotAllowed

Decision = PolicyReview.Decision


def sign(review, decision=Decision.KEPT, **said):
    return policies.sign(review, findings="All is well.", decision=decision, by=review.document.owner, **said)


def test_the_first_version_opens_the_first_review_a_year_on(policy, owner):
    with time_machine.travel(datetime.datetime(2026, 6, 20, 9, tzinfo=datetime.UTC), tick=False):
        version = policies.publish_version(policy, "We ask before we write.", by=owner, summary="First")

    review = policy.reviews.get()
    assert (version.number, version.published_by) == (1, owner)
    assert version.digest == hashlib.sha256(b"We ask before we write.").hexdigest()
    assert (review.due_on, review.version) == (datetime.date(2027, 6, 20), version)
    assert review.history.get().history_user == owner


def test_a_further_version_takes_the_next_number_and_leaves_the_review_open(review, owner):
    version = policies.publish_version(review.document, "We ask twice.", by=owner)

    assert version.number == 2
    assert review.document.reviews.get() == review


@pytest.mark.parametrize(
    ("text", "sentence"), [("  \n", "Enter the full policy text"), ("We ask before we write.", "already in force")]
)
def test_an_empty_or_unchanged_text_is_not_published(review, owner, text, sentence):
    with pytest.raises(NotAllowed, match=sentence):
        policies.publish_version(review.document, text, by=owner)

    assert review.document.versions.count() == 1


def test_signing_records_who_decided_what_and_opens_the_next(review, owner):
    with time_machine.travel(datetime.datetime(2027, 6, 1, 9, tzinfo=datetime.UTC), tick=False):
        signed = sign(review)

    assert (signed.decision, signed.findings, signed.signed_by) == (Decision.KEPT, "All is well.", owner)
    assert signed.document.reviews.open().get().due_on == datetime.date(2028, 6, 1)
    assert signed.history.first().history_user == owner


def test_signing_twice_is_refused_and_opens_no_further_review(review):
    sign(review)

    with pytest.raises(NotAllowed, match="already completed"):
        sign(review)
    assert review.document.reviews.count() == 2


@pytest.mark.parametrize("decision", ["", "perhaps"])
def test_a_review_is_not_signed_without_a_decision(review, decision):
    with pytest.raises(NotAllowed, match="Choose a decision"):
        sign(review, decision)

    review.refresh_from_db()
    assert review.signed_at is None


def test_changed_needs_a_version_published_since_the_review_was_opened(review, owner):
    with pytest.raises(NotAllowed, match="Publish it first"):
        sign(review, Decision.CHANGED)
    version = policies.publish_version(review.document, "We ask twice.", by=owner)

    assert sign(review, Decision.CHANGED).version == version


def test_a_version_of_the_last_year_does_not_count_as_changed_this_year(review, owner):
    policies.publish_version(review.document, "We ask twice.", by=owner)
    sign(review, Decision.CHANGED)

    with pytest.raises(NotAllowed, match="Publish it first"):
        sign(review.document.reviews.open().get(), Decision.CHANGED)


def test_retiring_ends_the_policy_and_opens_no_review(review, owner):
    sign(review, Decision.RETIRED)

    review.document.refresh_from_db()
    assert review.document.retired_at
    assert not review.document.reviews.open().exists()
    with pytest.raises(NotAllowed, match="retired"):
        policies.publish_version(review.document, "We ask again.", by=owner)


@pytest.mark.parametrize("table", ["compliance_policyversion", "compliance_historicalpolicydocument"])
@pytest.mark.parametrize("statement", ["UPDATE {table} SET id = id", "DELETE FROM {table}"])
def test_facts_refuse_raw_sql(review, table, statement):
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        connection.cursor().execute(statement.format(table=table))


def test_a_version_refuses_to_be_changed_or_removed(review):
    version = review.version

    with pytest.raises(NotAllowed):
        version.save()
    with pytest.raises(NotAllowed):
        version.delete()
    with pytest.raises(NotAllowed):
        PolicyVersion.objects.update(text="")


def test_a_reminder_refuses_raw_sql(review, owner):
    ReviewReminder.objects.create(review=review, occasion="before-30", to=owner)

    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        connection.cursor().execute("DELETE FROM compliance_reviewreminder")
