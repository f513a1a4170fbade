"""The office in the browser: publish, sign, look who was reminded, and read a person's dossier."""

import json

import pytest
from django.test import Client
from django.urls import reverse

from compliance.models import PolicyDocument, PolicyReview
from compliance.policies import review_reminders
from compliance.policies import service as policies
from preferences.consent import service as consent
from preferences.consent.evidence import Proof
from preferences.contacts import erasure
from preferences.models import Source
from tests import roles


def at_the_desk(role):
    client = Client()
    client.force_login(roles.colleague(role, username=role.replace(" ", "-")))
    return client


@pytest.fixture
def officer_desk(db):
    return at_the_desk("compliance officer")


@pytest.fixture
def auditor_desk(db):
    return at_the_desk("auditor")


def page(name, *args, **query):
    return reverse(f"admin:compliance_{name}", args=args, query=query or None)


def dossier_of(address, **query):
    return page("timeline", address.contact_id, **query)


def test_an_officer_adds_a_policy_and_publishes_its_first_text(officer_desk, policy):
    button = page("policydocument_publish_new_version", policy.pk)
    assert officer_desk.get(button).status_code == 200

    answer = officer_desk.post(button, {"text": "We ask first.", "summary": "First"}, follow=True)

    assert "Version 1 is in force." in answer.content.decode()
    assert policy.versions.get().published_by.username == "compliance-officer"


def test_what_the_verb_refuses_is_shown_on_the_form(officer_desk, review):
    button = page("policydocument_publish_new_version", review.document_id)

    answer = officer_desk.post(button, {"text": "We ask before we write."})

    assert "This text is already in force" in answer.content.decode()


def test_an_officer_signs_a_review_and_reads_when_the_next_is_due(officer_desk, review):
    button = page("policyreview_sign_review", review.pk)

    answer = officer_desk.post(button, {"findings": "Good.", "decision": "kept"}, follow=True)

    assert "The next review is due on" in answer.content.decode()
    assert PolicyReview.objects.get(pk=review.pk).signed_by.username == "compliance-officer"


def test_a_decision_that_needs_a_new_version_says_so(officer_desk, review):
    button = page("policyreview_sign_review", review.pk)

    answer = officer_desk.post(button, {"findings": "", "decision": "changed"})

    assert "Publish it first" in answer.content.decode()


def test_a_signed_review_offers_no_button(officer_desk, review, owner):
    policies.complete_review(review, findings="", decision="kept", by=owner)

    assert officer_desk.get(page("policyreview_sign_review", review.pk)).status_code == 403


@pytest.mark.parametrize("button", ["policyreview_sign_review", "policydocument_publish_new_version"])
def test_an_auditor_neither_signs_nor_publishes(auditor_desk, review, button):
    row = {"policyreview_sign_review": review.pk, "policydocument_publish_new_version": review.document_id}[button]

    assert auditor_desk.get(page(button, row)).status_code == 403
    assert auditor_desk.post(page(button, row), {}).status_code == 403


def test_the_lists_say_what_is_overdue(review, time_machine):
    time_machine.move_to("2027-07-01")
    officer_desk = at_the_desk("compliance officer")

    assert "Overdue since 20 Jun" in officer_desk.get(page("policyreview_changelist")).content.decode()
    assert "Overdue since 20 Jun" in officer_desk.get(page("policydocument_changelist")).content.decode()


@pytest.mark.parametrize(("state", "count"), [("open", 1), ("overdue", 0), ("signed", 1)])
def test_reviews_are_filtered_by_state(officer_desk, review, owner, state, count):
    policies.complete_review(review, findings="", decision="kept", by=owner)

    answer = officer_desk.get(page("policyreview_changelist", state=state))

    assert answer.context["cl"].result_count == count


def test_a_reminder_shows_what_became_of_its_letter(officer_desk, review, mail_sink):
    (reminder,) = review_reminders.send_due_reminders(review.due_on)

    assert "1 days before" in officer_desk.get(page("policyreview_change", review.pk)).content.decode()
    assert "Sent" in officer_desk.get(page("reviewreminder_changelist")).content.decode()
    assert officer_desk.get(page("reviewreminder_change", reminder.pk)).status_code == 200


def test_a_version_is_shown_whole_and_offers_no_edit(officer_desk, review):
    url = page("policyversion_change", review.version_id)

    assert "We ask before we write." in officer_desk.get(url).content.decode()
    assert officer_desk.post(url, {"text": "Other"}).status_code == 403


@pytest.mark.parametrize("name", ["policydocument", "policyreview"])
def test_histories_can_be_read(auditor_desk, review, name):
    row = {"policydocument": review.document, "policyreview": review}[name]

    assert auditor_desk.get(page(f"{name}_history", row.pk)).status_code == 200
    assert auditor_desk.get(page(f"{name}_simple_history", row.pk, row.history.first().pk)).status_code == 200


@pytest.mark.parametrize("role", ["auditor", "compliance officer", "administrator"])
def test_nobody_brings_back_or_changes_an_old_version(review, owner, role):
    old = page("policydocument_simple_history", review.document_id, review.document.history.first().pk)

    answer = at_the_desk(role).post(old, {"title": "Other", "review_months": 1, "owner": owner.pk})

    review.document.refresh_from_db()
    assert (answer.status_code, review.document.title) == (403, "Consent policy")


def test_lists_cost_the_same_however_long_they_are(officer_desk, review, owner, django_assert_max_num_queries):
    another(owner, 1)
    officer_desk.get(page("policydocument_changelist"))
    another(owner, 2)
    another(owner, 3)

    with django_assert_max_num_queries(12):
        officer_desk.get(page("policydocument_changelist"))


def another(owner, number):
    document = PolicyDocument.objects.create(title=f"Policy {number}", owner=owner)
    return policies.publish_version(document, "Words.", by=owner)


def test_the_dossier_is_found_by_address_and_opens_as_a_timeline(auditor_desk, subscriber):
    found = auditor_desk.get(page("contactrecord_changelist", q=subscriber.value)).content.decode()
    answer = auditor_desk.get(page("contactrecord_change", subscriber.contact_id), follow=True)

    assert subscriber.value in found
    assert answer.redirect_chain == [(dossier_of(subscriber), 302)]
    assert "Granted · Health tips" in answer.content.decode()


def test_the_dossier_is_filtered_by_kind(auditor_desk, subscriber):
    answer = auditor_desk.get(dossier_of(subscriber, kind="subscription"))

    assert {entry.kind for entry in answer.context["entries"]} == {"subscription"}


def test_the_dossier_is_exported_whole(auditor_desk, subscriber):
    answer = auditor_desk.get(page("timeline_export", subscriber.contact_id))
    data = json.loads(answer.content)

    assert answer["Content-Disposition"].startswith("attachment")
    assert data["addresses"][0]["value"] == subscriber.value
    assert [entry["what"] for entry in data["entries"] if entry["kind"] == "said"] == [
        "Requested · Health tips",
        "Granted · Health tips",
    ]


def test_the_dossier_of_a_forgotten_person_opens_and_tells_nobody(auditor_desk, subscriber, officer):
    value = subscriber.value
    erasure.erase(subscriber.contact, by=officer)

    shown = auditor_desk.get(dossier_of(subscriber)).content.decode()
    exported = auditor_desk.get(page("timeline_export", subscriber.contact_id)).content.decode()
    assert "This person's data was deleted on" in shown
    assert value not in shown + exported


def test_words_of_a_stranger_are_shown_and_never_run(auditor_desk, subscriber, topic):
    words = Proof(words="<script>alert(1)</script>")
    consent.withdraw(subscriber, topic, source=Source.UNSUBSCRIBE_PAGE, proof=words)

    assert "<script>alert(1)" not in auditor_desk.get(dossier_of(subscriber)).content.decode()


@pytest.mark.parametrize("name", ["timeline", "timeline_export", "contactrecord_change"])
def test_an_author_reads_no_dossier(subscriber, name):
    assert at_the_desk("author").get(page(name, subscriber.contact_id)).status_code == 403


@pytest.mark.parametrize("name", ["timeline", "timeline_export", "contactrecord_change"])
def test_a_dossier_of_nobody_is_not_found(auditor_desk, name):
    assert auditor_desk.get(page(name, 999)).status_code == 404


def test_a_stranger_is_asked_to_log_in(subscriber):
    assert Client().get(dossier_of(subscriber)).status_code == 302
