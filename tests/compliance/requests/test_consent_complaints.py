"""Somebody says nobody asked them: compliance sees the record beside it, and decides."""

import pytest
from django.test import Client
from django.urls import reverse

from compliance.requests import consent_complaints
from preferences.consent import opt_out_reasons
from preferences.consent import service as consent
from preferences.consent.evidence import Proof
from preferences.contacts import erasure
from preferences.errors import NotAllowed
from preferences.models import ConsentEvent, LeaveReason, Method, Notice, Source
from tests import factories, roles
from tests.conftest import subscribe

FOUND = "The line in the file names no source."
FROM_FILE = Proof(page="people.csv, line 12", ip="203.0.113.7", words="Said so at the fair.")


@pytest.fixture
def imported(topic):
    """Somebody brought by a file, who left and says nobody asked them."""
    address = factories.email_address()
    notice = Notice.objects.current(topic, "en")
    consent.grant(
        address, topic, source=Source.IMPORT, method=Method.WRITTEN, notice=notice, proof=FROM_FILE, until=None
    )
    consent.withdraw(address, topic, source=Source.LEAVE)
    return address


@pytest.fixture
def claim(imported, topic):
    return opt_out_reasons.give(imported, topic, reason="never_signed_up", words="who are you?")


def at_the_desk(role):
    client = Client()
    client.force_login(roles.colleague(role, username=role.replace(" ", "-")))
    return client


def page(name, claim):
    return reverse(f"admin:preferences_leavereason_{name}", args=[claim.pk])


def shown(client, claim):
    return client.get(page("change", claim)).content.decode()


def kinds(address, topic):
    return list(address.events.filter(topic=topic).order_by("pk").values_list("kind", flat=True))


def test_the_record_stands_beside_what_they_say(db, claim):
    text = shown(at_the_desk("compliance officer"), claim)

    assert "who are you?" in text
    assert "Granted · Health tips" in text
    assert "Import, In writing" in text
    assert "Health tips · en · 1" in text
    assert "people.csv, line 12" in text
    assert "Said so at the fair." in text


def test_whoever_may_not_see_evidence_is_told_that_there_is_some(claim):
    text = shown(at_the_desk("support"), claim)

    assert "There is evidence. Only compliance staff can view it." in text
    assert "203.0.113.7" not in text
    assert "people.csv" not in text


def test_words_of_another_topic_are_no_part_of_it(claim, imported):
    subscribe(imported, factories.TopicFactory(name="Clinic news"))

    assert "Clinic news" not in {str(event.topic) for event in consent_complaints.record(claim)}


def test_who_left_everything_is_shown_with_everything(imported):
    subscribe(imported, factories.TopicFactory(name="Clinic news"))
    claim = opt_out_reasons.give(imported, None, reason="never_signed_up")

    assert {str(event.topic) for event in consent_complaints.record(claim)} == {"Health tips", "Clinic news"}


def test_a_finding_is_kept_with_the_name_and_closes_the_review(claim):
    officer_desk = at_the_desk("compliance officer")

    answer = officer_desk.post(page("record_finding", claim), {"finding": " Signed at the fair. "}, follow=True)

    claim.refresh_from_db()
    assert "Recorded." in answer.content.decode()
    assert (claim.finding, claim.reviewed_by.username) == ("Signed at the fair.", "compliance-officer")
    assert officer_desk.get(page("record_finding", claim)).status_code == 403


def test_a_finding_changes_nothing_in_the_ledger(claim, imported, topic, officer):
    opt_out_reasons.review(claim, by=officer, finding="Signed at the fair.")

    assert kinds(imported, topic) == ["granted", "withdrawn"]


def test_a_consent_that_was_not_good_is_declared_invalid_by_name(claim, imported, topic):
    answer = at_the_desk("compliance officer").post(
        page("consent_was_not_good", claim), {"finding": FOUND}, follow=True
    )

    event = imported.events.order_by("-pk").first()
    assert "The consent has been invalidated." in answer.content.decode()
    assert (event.kind, event.source, event.by.username) == ("invalidated", "staff", "compliance-officer")
    assert event.evidence.words == FOUND
    assert LeaveReason.objects.get().finding == FOUND


def test_who_left_everything_has_every_consent_declared_invalid(imported, officer):
    news = factories.TopicFactory(name="Clinic news")
    subscribe(imported, news)
    claim = opt_out_reasons.give(imported, None, reason="never_signed_up")

    consent_complaints.was_not_good(claim, by=officer, finding=FOUND)

    assert kinds(imported, news)[-1] == "invalidated"
    assert imported.events.filter(kind=ConsentEvent.Kind.INVALIDATED).count() == 2


def test_other_topics_stay_as_they_are(claim, imported, officer):
    news = factories.TopicFactory(name="Clinic news")
    subscribe(imported, news)

    consent_complaints.was_not_good(claim, by=officer, finding=FOUND)

    assert kinds(imported, news)[-1] == "granted"


@pytest.mark.parametrize("verb", [opt_out_reasons.review, consent_complaints.was_not_good])
@pytest.mark.parametrize("finding", ["", "   ", "\r\n"])
def test_nothing_found_closes_nothing(claim, officer, verb, finding):
    with pytest.raises(NotAllowed, match="Enter what you found"):
        verb(claim, by=officer, finding=finding)


@pytest.mark.parametrize("verb", [opt_out_reasons.review, consent_complaints.was_not_good])
def test_it_is_looked_into_once(claim, imported, officer, verb):
    consent_complaints.was_not_good(claim, by=officer, finding=FOUND)

    with pytest.raises(NotAllowed, match="already investigated"):
        verb(claim, by=officer, finding="Other")
    assert imported.events.filter(kind=ConsentEvent.Kind.INVALIDATED).count() == 1


@pytest.mark.parametrize("verb", [opt_out_reasons.review, consent_complaints.was_not_good])
def test_another_reason_is_not_looked_into(imported, topic, officer, verb):
    claim = opt_out_reasons.give(imported, topic, reason="too_often")

    with pytest.raises(NotAllowed, match="Only the reason “I never signed up"):
        verb(claim, by=officer, finding=FOUND)


def test_a_consent_declared_invalid_before_says_so_and_keeps_the_review_open(claim, imported, topic, officer):
    consent.invalidate(imported, topic, source=Source.STAFF, by=officer)

    with pytest.raises(NotAllowed, match="no consent here to invalidate"):
        consent_complaints.was_not_good(claim, by=officer, finding=FOUND)
    claim.refresh_from_db()
    assert claim.reviewed_at is None


def test_of_a_forgotten_person_nothing_can_be_declared_any_more(claim, imported, officer):
    erasure.erase(imported.contact, by=officer)

    with pytest.raises(NotAllowed, match="data was erased at their request"):
        consent_complaints.was_not_good(claim, by=officer, finding=FOUND)


def test_a_finding_is_forgotten_with_the_person(claim, imported, officer):
    opt_out_reasons.review(claim, by=officer, finding="Ana signed at the fair.")
    erasure.erase(imported.contact, by=officer)

    claim.refresh_from_db()
    assert (claim.words, claim.finding) == ("", "")


@pytest.mark.parametrize("role", ["support", "auditor", "author", "approver"])
@pytest.mark.parametrize("button", ["record_finding", "consent_was_not_good"])
def test_only_compliance_decides(claim, role, button):
    desk = at_the_desk(role)

    assert desk.get(page(button, claim)).status_code == 403
    assert desk.post(page(button, claim), {"finding": FOUND}).status_code == 403


def test_a_finding_that_is_too_long_is_refused_on_the_form(claim):
    answer = at_the_desk("compliance officer").post(page("record_finding", claim), {"finding": "x" * 1001})

    assert "at most 1000 characters" in answer.content.decode()


def test_words_of_a_stranger_are_shown_and_never_run(imported, topic):
    claim = opt_out_reasons.give(imported, topic, reason="never_signed_up", words="<script>alert(1)</script> \u202e😀")

    assert "<script>alert(1)" not in shown(at_the_desk("compliance officer"), claim)


def test_the_list_says_what_is_still_to_be_looked_into(claim, imported, topic):
    opt_out_reasons.give(imported, topic, reason="too_often")

    text = at_the_desk("auditor").get(reverse("admin:preferences_leavereason_changelist")).content.decode()

    assert text.count("To investigate") == 1
