"""The signed proof of what somebody said: whole, nameless, written once."""

import json
import threading
import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from preferences import tasks
from preferences.consent import endings, frequency
from preferences.consent import service as consent
from preferences.consent.evidence import Proof
from preferences.contacts import erasure
from preferences.errors import NotAllowed
from preferences.models import Method, Receipt, Source
from preferences.proof import ledger_verification, receipt_signing, receipts, transparency_log
from tests import factories
from tests.conftest import subscribe

SECRETS = Proof(ip="198.51.100.7", user_agent="Telltale/1.0", page="/unsubscribe/secret", words="my words are mine")


def last_act(address):
    return address.events.latest("pk").interaction_id


def said(address):
    """What the receipt of the last act says."""
    return json.loads(receipts.issue(address, last_act(address)).document)["receipt"]


def test_a_receipt_says_who_what_when_how_and_under_which_words(subscriber, topic, notice):
    receipt = said(subscriber)

    sender, event = topic.sender, subscriber.events.latest("pk")
    assert receipt["pii_principal_id"] == str(subscriber.reference)
    assert receipt["record_id"] == str(event.interaction_id)
    assert receipt["pii_controllers"][0]["party_name"] == sender.legal_name
    assert receipt["pii_controllers"][0]["party_address"] == sender.postal_address
    assert receipt["privacy_notices"][0]["text"] == notice.text
    assert receipt["privacy_notices"][0]["notice_id"] == notice.digest
    assert receipt["purposes"][0]["name"] == topic.name
    assert receipt["purposes"][0]["purpose"] == "dpv:DirectMarketing"
    assert receipt["events"][0]["event_state"] == "dpv:ConsentGiven"
    assert receipt["events"][0]["source"] == Source.CONFIRM
    assert receipt["events"][0]["method"] == Method.DOUBLE_OPT_IN
    assert receipt["events"][0]["ledger"]["leaf"] == transparency_log.event_leaf_hash(event).hex()


# The mandatory fields of ISO/IEC TS 27560, by the names it gives them.
MANDATORY = {"schema_version", "receipt_id", "record_id", "pii_principal_id", "language", "pii_controllers"}
MANDATORY |= {"privacy_notices", "purposes", "events", "withdrawal_methods"}
OF_A_PURPOSE = {"pii_information", "storage_locations", "retention_period", "jurisdiction", "recipient_third_parties"}


def test_no_mandatory_field_is_missing(subscriber):
    receipt = said(subscriber)

    assert {name for name in MANDATORY if not receipt.get(name)} == set()
    assert {name for name in OF_A_PURPOSE if not receipt["purposes"][0].get(name)} == set()


STATES = {
    "withdrawn": lambda address, topic: consent.withdraw(address, topic, source=Source.UNSUBSCRIBE_PAGE),
    "paused": lambda address, topic: frequency.pause_messages(
        address, topic, until=timezone.now() + timedelta(days=30), source=Source.PREFERENCES
    ),
    "limited": lambda address, topic: frequency.set_frequency_cap(
        address, topic, most_per_month=2, source=Source.PREFERENCES
    ),
    "invalidated": lambda address, topic: endings.invalidate(address, topic, source=Source.SYSTEM),
}


@pytest.mark.parametrize(("kind", "say"), STATES.items())
def test_every_kind_of_word_has_its_receipt(subscriber, topic, kind, say):
    say(subscriber, topic)

    assert said(subscriber)["events"][0]["event_type"] == kind


def test_a_pause_and_a_limit_are_on_it_with_their_terms(subscriber, topic):
    until, interaction_id = timezone.now() + timedelta(days=30), uuid.uuid4()
    frequency.pause_messages(subscriber, topic, until=until, source=Source.PREFERENCES, interaction_id=interaction_id)
    frequency.set_frequency_cap(
        subscriber, None, most_per_month=2, source=Source.PREFERENCES, interaction_id=interaction_id
    )

    paused, limited = said(subscriber)["events"]

    assert paused["paused_until"][:16] == until.isoformat()[:16]
    assert (limited["most_in_30_days"], limited["about_everything"]) == (2, True)


def test_a_no_to_everything_names_each_topic_it_ended(subscriber, topic):
    other = factories.TopicFactory(sender=topic.sender, name="Offers")
    subscribe(subscriber, other)
    consent.withdraw_all(subscriber, sender=topic.sender, source=Source.UNSUBSCRIBE_PAGE)

    receipt = said(subscriber)

    assert [purpose["name"] for purpose in receipt["purposes"]] == ["Health tips", "Offers"]
    assert receipt["events"][0]["about_everything"] is True


def test_a_topic_that_reveals_health_is_marked(address):
    subscribe(address, factories.TopicFactory(reveals_health=True))

    assert said(address)["purposes"][0]["special_category"] is True


def test_nothing_personal_is_on_it(topic):
    address = factories.email_address("ana.silva@example.org", name="Ana Silva", time_zone="Europe/Lisbon")
    subscribe(address, topic)
    consent.withdraw(address, topic, source=Source.UNSUBSCRIBE_PAGE, proof=SECRETS)

    document = receipts.issue(address, last_act(address)).document

    telltales = ["ana", "silva", "198.51.100.7", "Telltale", "my words", "secret", "Lisbon"]
    assert [word for word in telltales if word.lower() in document.lower()] == []


def test_the_colleague_who_wrote_it_down_is_not_named_on_it(subscriber, topic):
    clerk = factories.UserFactory(username="verysecretclerk")
    consent.withdraw(subscriber, topic, source=Source.STAFF, by=clerk)

    document = receipts.issue(subscriber, last_act(subscriber)).document

    assert "verysecretclerk" not in document
    assert '"entity_id":"pii-controller-staff"' in document


def test_ways_to_withdraw_carry_no_link_that_acts(texter):
    receipt = said(texter)

    ways = receipt["withdrawal_methods"]
    assert [way["method"] for way in ways] == ["page", "text", "mail"]
    assert ways[0]["url"] == "http://testserver/secure-link/"


def test_a_receipt_is_written_once_and_given_out_as_it_was_written(subscriber, topic):
    first = receipts.issue(subscriber, last_act(subscriber))
    topic.name, topic.sender.legal_name = "Another name", "Another company"
    topic.save()
    topic.sender.save()

    second = receipts.issue(subscriber, last_act(subscriber))

    assert (second.pk, second.document) == (first.pk, first.document)


def test_a_receipt_can_neither_be_changed_nor_removed(subscriber):
    receipt = receipts.issue(subscriber, last_act(subscriber))

    with pytest.raises(NotAllowed):
        receipt.save()
    with pytest.raises(NotAllowed):
        Receipt.objects.all().delete()


def test_there_is_no_receipt_of_what_was_never_said(subscriber):
    with pytest.raises(NotAllowed):
        receipts.issue(subscriber, uuid.uuid4())


def test_there_is_no_receipt_of_somebody_elses_act(subscriber, address):
    with pytest.raises(NotAllowed):
        receipts.issue(address, last_act(subscriber))


def test_no_new_receipt_is_written_for_the_forgotten_and_the_old_one_still_names_nobody(subscriber, author):
    interaction_id, earlier = last_act(subscriber), subscriber.events.earliest("pk").interaction_id
    kept = receipts.issue(subscriber, interaction_id)
    erasure.erase(subscriber.contact, by=author)
    subscriber.refresh_from_db()

    with pytest.raises(NotAllowed):
        receipts.issue(subscriber, earlier)

    assert receipts.receipt_of(subscriber, interaction_id) == kept
    assert receipt_signing.check_receipt(kept.document)[0] == receipt_signing.ReceiptCheck.GENUINE


def test_the_place_in_the_sealed_ledger_is_on_it_once_there_is_one(subscriber):
    transparency_log.seal_next_events()

    place = said(subscriber)["events"][0]["ledger"]

    leaf = subscriber.events.latest("pk").leaf
    assert place == {"leaf": leaf.digest, "index": leaf.index}


def test_receipts_are_written_by_themselves_after_each_change(subscriber, topic):
    consent.withdraw(subscriber, topic, source=Source.UNSUBSCRIBE_PAGE)
    tasks.deliver_to_address(subscriber.pk)

    acts = set(subscriber.receipts.values_list("interaction_id", flat=True))

    assert acts == {event.interaction_id for event in subscriber.events.exclude(kind="asked")}


def test_the_sweep_writes_what_a_lost_task_left_and_nothing_twice(subscriber, topic):
    consent.withdraw(subscriber, topic, source=Source.UNSUBSCRIBE_PAGE)

    assert receipts.issue_missing_receipts() == 2
    assert receipts.issue_missing_receipts() == 0


def test_a_question_nobody_answered_has_no_receipt(address, notice):
    consent.ask(address, [notice], source=Source.SIGN_UP)

    assert receipts.issue_missing_receipts() == 0


def test_a_line_of_a_file_has_a_receipt_only_once_the_person_was_told_of_it(address, subscriber, topic):
    other = factories.TopicFactory(sender=topic.sender)
    consent.grant(address, topic, source=Source.IMPORT, method=Method.WRITTEN)
    consent.grant(subscriber, other, source=Source.IMPORT, method=Method.WRITTEN)
    told = last_act(subscriber)

    receipts.issue_missing_receipts()

    assert receipts.receipt_of(subscriber, told)
    assert not address.receipts.exists()


def test_receipts_leave_the_ledger_as_it_was(subscriber):
    receipts.issue(subscriber, last_act(subscriber))

    assert list(ledger_verification.verify()) == []


@pytest.mark.django_db(transaction=True)
def test_two_at_once_get_the_same_receipt(topic):
    address = subscribe(factories.email_address(), topic)
    interaction_id, got, start = last_act(address), [], threading.Barrier(4)

    def ask():
        start.wait()
        got.append(receipts.issue(address, interaction_id).document)
        connection.close()

    threads = [threading.Thread(target=ask) for _number in range(4)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]

    assert len(got) == 4
    assert set(got) == {address.receipts.get().document}
