"""One person's story: whole, in order, and without the person once they are forgotten."""

import datetime
import uuid

from django.utils import timezone

from campaigns.models import DeliveryEvent, Message
from compliance.dossier import timeline
from preferences.consent import frequency, opt_out_reasons, suppressions
from preferences.consent import service as consent
from preferences.consent.evidence import Proof
from preferences.contacts import erasure
from preferences.contacts import service as contacts
from preferences.models import ConsentForm, ConsentFormVersion, Inbound, Method, Receipt, Source, Suppression
from tests import factories
from tests.compliance.dossier.sample_person import opened, story
from tests.conftest import subscribe

Kind = timeline.Kind
SEEN = Proof(ip="203.0.113.7", user_agent="Firefox", page="/sign-up", words="yes please")


def told(address, kind):
    return [entry.what for entry in story(address, kind)]


def message(address, **row):
    campaign = factories.CampaignFactory(topic=address.subscriptions.get().topic)
    return Message.objects.create(campaign=campaign, address=address, **row)


def test_the_story_is_told_in_the_order_of_time(ana, topic):
    consent.withdraw(ana, topic, source=Source.LEAVE)

    moments = [entry.at for entry in story(ana)]

    assert moments == sorted(moments)
    assert told(ana, Kind.SAID) == ["Requested · Health tips", "Granted · Health tips", "Withdrawn · Health tips"]


def test_a_word_is_told_with_its_door_its_words_and_its_speaker(ana):
    said = story(ana, Kind.SAID)[0]

    assert said.detail == "Sign-up page, Ticked a box · consent wording Health tips · en · 1"
    assert (said.who, said.where) == ("The person", "Email: ana@example.org")


def test_evidence_is_marked_as_personal(ana):
    evidence = story(ana, Kind.EVIDENCE)[0]

    assert evidence.personal
    assert evidence.detail == "IP 203.0.113.7 · Firefox · /sign-up · “yes please”"


def test_what_a_colleague_wrote_down_carries_their_name(ana, topic, colleague):
    consent.withdraw(ana, topic, source=Source.STAFF, method=Method.VERBAL, by=colleague)

    assert story(ana, Kind.SAID)[-1].who == "Sam Reed"
    assert story(ana, Kind.SUBSCRIPTION)[-1].who == "Sam Reed"


def test_the_subscription_is_told_with_each_of_its_turns(ana, topic):
    consent.withdraw(ana, topic, source=Source.LEAVE)

    expected = ["Health tips · Waiting for confirmation", "Health tips · Active", "Health tips · Ended"]
    assert told(ana, Kind.SUBSCRIPTION) == expected
    assert story(ana, Kind.SUBSCRIPTION)[-1].detail == "Because of: Withdrawn"


def test_a_suppression_is_told_with_who_lifted_it_and_why(ana, colleague):
    bounced = consent.suppress(ana, Suppression.Reason.BOUNCED, detail="550 no such user")
    consent.lift(bounced, by=colleague, because="The mailbox works again.")

    suppressed, lifted = story(ana, Kind.SUPPRESSION)
    assert (suppressed.who, suppressed.detail) == ("Sayso", "550 no such user")
    assert (lifted.who, lifted.detail) == ("Sam Reed", "The mailbox works again.")


def test_a_suppression_that_the_person_lifted_says_so(ana, topic, notice):
    consent.withdraw_all(ana, sender=topic.sender, source=Source.PREFERENCES)
    consent.confirm(consent.ask(ana, [notice], source=Source.SIGN_UP))

    assert story(ana, Kind.SUPPRESSION)[-1].who == "The person"


def test_replies_are_told(ana):
    assert "Confirmation request: Queued" in told(ana, Kind.REPLY)


def test_a_skipped_message_says_why_in_words(ana):
    message(ana, status="skipped", skipped_because="bounced")

    entry = story(ana, Kind.MESSAGE)[0]
    assert entry.what == "Spring letter · Skipped"
    assert entry.detail == "Skipped: the address is undeliverable."


def test_a_message_of_a_cancelled_campaign_says_so(ana):
    message(ana, status="skipped", skipped_because="campaign_cancelled")

    assert story(ana, Kind.MESSAGE)[0].detail == "Skipped: the campaign was cancelled before."


def test_what_the_provider_reported_is_told(ana):
    DeliveryEvent.objects.create(
        provider="mailgun",
        provider_event_id="1",
        message=message(ana),
        kind="hard_bounce",
        detail="550",
        occurred_at=timezone.now(),
    )

    entry = story(ana, Kind.DELIVERY)[0]
    assert (entry.what, entry.who) == ("Hard bounce (permanent) · Spring letter", "mailgun")


def test_a_report_about_the_address_alone_is_found_by_fingerprint(ana):
    facts = {"provider": "mailgun", "provider_event_id": "2", "kind": "complained"}
    DeliveryEvent.objects.create(fingerprint=ana.fingerprint, occurred_at=timezone.now(), **facts)

    assert told(ana, Kind.DELIVERY) == ["Complained · unknown message"]


def test_a_text_that_came_back_is_personal(phone):
    Inbound.objects.create(provider="demo", provider_id="1", address=phone, raw_text="please stop", meaning="opt_out")

    entry = story(phone, Kind.INBOUND)[0]
    assert (entry.what, entry.detail, entry.personal) == ("Opt-out", "“please stop”", True)


def test_the_reason_for_leaving_is_told(ana, topic):
    opt_out_reasons.give(ana, topic, reason="too_often", words="every day!")

    entry = story(ana, Kind.SAID)[-1]
    assert (entry.detail, entry.personal) == ("Too many messages · every day!", True)


def test_what_was_looked_into_is_told_with_who_did_and_what_they_found(ana, topic, colleague):
    said = opt_out_reasons.give(ana, topic, reason="never_signed_up")
    opt_out_reasons.review(said, by=colleague, finding="Signed at the fair.")

    entry = story(ana, Kind.RECORD)[-1]
    assert (entry.what, entry.who) == ("Investigated · Health tips", "Sam Reed")
    assert (entry.detail, entry.personal) == ("Signed at the fair.", True)


def test_a_pause_is_told_with_its_end(ana, topic):
    until = timezone.now() + datetime.timedelta(days=30)
    frequency.pause(ana, topic, until=until, source=Source.PREFERENCES)

    assert story(ana, Kind.SAID)[-1].detail.endswith(f"until {until.date()}")


def test_the_form_somebody_was_asked_on_is_told(topic, notice):
    form = ConsentForm.objects.create(slug="fair", name="Autumn fair", sender=topic.sender, kind="paper")
    version = ConsentFormVersion.objects.create(
        form=form, version=3, title="Fair", intro="Hello", thank_you="Thanks", notices=[notice.pk], digest="0" * 64
    )
    address = factories.email_address()
    consent.ask(address, [notice], source=Source.SIGN_UP, form=version)

    assert "form Autumn fair · en · 3" in story(address, Kind.SAID)[0].detail


def test_what_a_colleague_decided_about_a_doubtful_text_carries_their_name(phone, colleague):
    facts = {"provider": "demo", "raw_text": "enough already", "meaning": "review", "matched_by": "intent-en-3"}
    decided = {"decision": "opt_out", "decided_at": timezone.now(), "decided_by": colleague}
    Inbound.objects.create(provider_id="1", address=phone, **facts, **decided)

    came, answered = sorted(story(phone, Kind.INBOUND), key=lambda entry: entry.who)[::-1]
    assert came.detail == "“enough already” · matched by intent-en-3"
    assert (answered.what, answered.who) == ("Decided · Opt out", "Sam Reed")


def test_a_hold_is_told_as_long_as_it_lasted(phone, colleague):
    consent.suppress(phone, Suppression.Reason.HELD, detail="A text needs review")
    suppressions.release(phone, by=colleague, because="Not about messages.")

    assert [entry.what for entry in story(phone, Kind.SUPPRESSION)] == [
        "Suppressed · On hold: needs review (Everything)",
        "Lifted · On hold: needs review (Everything)",
    ]


def test_a_restriction_and_a_browsers_wish_are_told(ana, colleague):
    contacts.restrict(ana.contact, by=colleague)
    contacts.never_sell(ana.contact)

    restricted, wished = story(ana, Kind.RECORD)[-2:]
    assert restricted.detail.startswith("restricted: – → ")
    assert restricted.who == "Sam Reed"
    assert wished.detail.startswith("do not sell or share since: – → ")
    assert wished.detail.endswith(" · Global Privacy Control")


def test_what_colleagues_changed_is_told_without_old_names(ana, colleague):
    contacts.correct(ana.contact, by=colleague, language="de")
    contacts.correct(ana.contact, by=colleague, name="Anna")

    changed, renamed = story(ana, Kind.RECORD)[-2:]
    assert (changed.who, changed.detail) == ("Sam Reed", "language: en → de")
    assert renamed.detail == "name (values not stored)"


def test_after_erasure_the_story_stays_and_the_person_is_gone(ana, topic, colleague):
    opt_out_reasons.give(ana, topic, words="ana was here")
    erasure.erase(ana.contact, by=colleague)
    ana.contact.refresh_from_db()

    entries = story(ana)
    whole = " ".join(f"{entry.what} {entry.where} {entry.detail}" for entry in entries)
    assert "Contact erased" in whole
    assert "Evidence erased" in whole
    assert not any(entry.personal for entry in entries)
    assert not [secret for secret in ["ana@example.org", "203.0.113.7", "yes please", "ana was"] if secret in whole]


def test_nobody_elses_story_is_mixed_in(ana, topic):
    other = subscribe(factories.email_address(), topic)

    assert {entry.where for entry in story(other)} <= {"", f"Email: {other.value}"}


def test_the_number_of_queries_does_not_grow_with_the_story(ana, topic, colleague, django_assert_num_queries):
    with django_assert_num_queries(18):
        timeline.dossier(ana.contact)
    second = contacts.add_address("sms", "+12075550123", contact=ana.contact)
    [lived(address, topic, colleague) for address in (ana, second) for _year in range(3)]

    with django_assert_num_queries(18):
        assert len(timeline.dossier(ana.contact)) > 60


def lived(address, topic, colleague):
    """A year of somebody's life: out, in again, a bounce, a message, a text and a report."""
    consent.withdraw(address, topic, source=Source.LEAVE, proof=SEEN)
    subscribe(address, topic)
    bounced = consent.suppress(address, Suppression.Reason.BOUNCED)
    consent.lift(bounced, by=colleague, because="It works again.")
    campaign = factories.CampaignFactory(topic=topic)
    sent = Message.objects.create(campaign=campaign, address=address, status="sent", finished_at=timezone.now())
    facts = {"provider": "demo", "kind": "delivered", "occurred_at": timezone.now() + datetime.timedelta(minutes=1)}
    DeliveryEvent.objects.create(message=sent, provider_event_id=str(sent.pk), **facts)
    Inbound.objects.create(provider="demo", provider_id=str(sent.pk), address=address, raw_text="hi", meaning="other")
    contacts.correct(address.contact, by=colleague, language="de")
    frequency.limit(address, topic, most_per_month=len(address.inbound.all()), source=Source.PREFERENCES)
    opened(address, "person")
    opt_out_reasons.review(
        opt_out_reasons.give(address, topic, reason="never_signed_up"), by=colleague, finding="They did."
    )
    Receipt.objects.create(address=address, act=uuid.uuid4(), document="{}")
