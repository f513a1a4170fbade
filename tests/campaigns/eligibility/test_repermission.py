"""Asking again: exactly those whose permission ends, once for each consent; and silence ends it."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from campaigns import tasks
from campaigns.audience import service as audience
from campaigns.content import lint, rendering
from campaigns.decision import facts
from campaigns.eligibility import repermission
from campaigns.models import Campaign, Message
from campaigns.sending import delivery_events, sender
from campaigns.workflow import lifecycle
from preferences.collection import consent_forms, offline_consent
from preferences.consent import expiry, frequency, renewal
from preferences.consent import service as consent
from preferences.consent.evidence import Proof
from preferences.errors import NotAllowed
from preferences.links import tokens
from preferences.models import Address, Basis, ConsentEvent, InboundMessage, Method, Source, Subscription
from tests import factories
from tests.conftest import subscribe

ASKED_ON = "2026-03-16T16:00"  # a Monday noon in New York


@pytest.fixture
def clock(time_machine):
    return lambda moment: time_machine.move_to(datetime.fromisoformat(moment).replace(tzinfo=UTC), tick=False)


@pytest.fixture
def old(topic, clock):
    """A function: somebody in the USA who agreed nearly two years ago. It is the day of the question afterwards."""

    def old(address=None, when="2024-04-01T12:00"):
        clock(when)
        address = address or factories.email_address(country="US", time_zone="America/New_York")
        subscribe(address, topic)
        clock(ASKED_ON)
        return address

    return old


@pytest.fixture
def ask(topic, author, approver):
    """A function: draft it, have it read by a second person, start it and send all of it; the campaign."""

    def ask(topic=topic, channel="email"):
        campaign = repermission.draft_campaign(topic, channel, by=author)
        campaign = lifecycle.approve(lifecycle.submit(campaign, by=author), by=approver)
        return send(lifecycle.start(campaign, by=approver))

    return ask


def send(campaign):
    audience.freeze(campaign)
    while sender.send_batch(campaign):
        continue
    lifecycle.finish_if_done(campaign.pk)
    campaign.refresh_from_db()
    return campaign


def fates(campaign):
    rows = campaign.messages.order_by("address_id").values_list("address_id", "status", "skipped_because")
    return {address: because or status for address, status, because in rows}


def standing(address):
    return Subscription.objects.get(address=address)


def implied(topic, basis, day, **person):
    address = factories.email_address(country="CA", time_zone="America/Toronto", **person)
    on = date.fromisoformat(day)
    consent.grant(address, topic, source=Source.IMPORT, method=Method.NONE, basis=basis, basis_on=on)
    return address


def test_exactly_those_whose_permission_ends_soon_are_asked(old, topic, ask, mail_server):
    ending, fresh, left = old(), old(when="2025-04-01T12:00"), old()
    consent.withdraw(left, topic, source=Source.UNSUBSCRIBE_PAGE)

    campaign = ask()

    assert fates(campaign) == {ending.pk: "sent", fresh.pk: "not_ending", left.pk: "left"}
    assert [mail.to for mail in mail_server.messages] == [[ending.value]]
    assert campaign.status == Campaign.Status.FINISHED


def test_the_preview_the_freeze_and_the_hand_over_agree(old, topic, author, approver):
    ending, fresh = old(), old(when="2025-04-01T12:00")
    campaign = repermission.draft_campaign(topic, "email", by=author)
    counted = audience.count_by_objection(campaign)
    known = facts.facts_for(Address.objects.all(), facts.question_for(campaign), timezone.now())
    campaign = lifecycle.start(lifecycle.approve(lifecycle.submit(campaign, by=author), by=approver), by=approver)
    audience.freeze(campaign)

    assert counted == {"": 1, "not_ending": 1}
    assert {pk: one.facts.objection for pk, one in known.items()} == {ending.pk: "", fresh.pk: "not_ending"}
    assert fates(campaign) == {ending.pk: "queued", fresh.pk: "not_ending"}


def test_one_that_is_too_old_still_carries_the_question_and_nothing_else(
    old, topic, ask, mail_server, author, approver
):
    address = old(when="2024-03-01T12:00")
    ordinary = factories.CampaignFactory(topic=topic, author=author)
    ordinary = lifecycle.start(lifecycle.approve(lifecycle.submit(ordinary, by=author), by=approver), by=approver)

    assert fates(send(ordinary)) == {address.pk: "permission_too_old"}
    assert fates(ask()) == {address.pk: "sent"}


def test_after_a_relationship_is_over_not_even_the_question_goes(clock, ask, mail_server):
    letter = factories.TopicFactory(sender__country="CA")
    clock(ASKED_ON)
    over = implied(letter, Basis.INQUIRY, "2025-09-16")
    last = implied(letter, Basis.INQUIRY, "2025-09-17")

    assert fates(ask(letter)) == {over.pk: "carries_no_question", last.pk: "sent"}


def test_nobody_is_asked_twice_about_one_permission(old, topic, ask, author, mail_server):
    address = old()
    first = ask()

    with pytest.raises(NotAllowed, match="nobody to ask"):
        repermission.draft_campaign(topic, "email", by=author)
    other = old(when="2024-04-02T12:00")
    second = ask()
    assert fates(first) == {address.pk: "sent"}
    assert fates(second) == {address.pk: "already_asked", other.pk: "sent"}
    assert len(mail_server.messages) == 2


def test_of_two_questions_on_their_way_the_first_goes(old, topic, author, approver, mail_server):
    address = old()
    drafts = [
        Campaign.objects.create(
            name=name, topic=topic, kind="repermission", subject="Still?", body="Still?", author=author
        )
        for name in ("first", "second")
    ]
    begun = [
        lifecycle.start(lifecycle.approve(lifecycle.submit(d, by=author), by=approver), by=approver) for d in drafts
    ]
    [audience.freeze(campaign) for campaign in begun]

    assert [fates(send(campaign)) for campaign in reversed(begun)] == [
        {address.pk: "already_asked"},
        {address.pk: "sent"},
    ]


def test_a_message_that_never_arrived_did_not_ask(old, topic, ask, mail_server, time_machine):
    address = old()
    message = ask().messages.get()
    delivery_events.record_report(provider="p", event_id="1", kind="soft_bounce", reference=message.reference)
    time_machine.shift(timedelta(days=2))

    assert Message.objects.get(pk=message.pk).status == "failed"
    assert fates(ask()) == {address.pk: "sent"}
    time_machine.shift(timedelta(days=29))
    repermission.expire_due()
    assert standing(address).status == "active"


def test_whoever_kept_it_and_whose_permission_ends_again_is_asked_again(old, topic, ask, mail_server, clock):
    address = old()
    ask()
    renewal.renew(address, topic, source=Source.CONFIRM, method=Method.DOUBLE_OPT_IN)
    clock("2028-02-14T16:00")

    assert fates(ask()) == {address.pk: "sent"}


def test_what_was_written_down_has_asked_them_already(topic, author):
    address = factories.email_address(country="US")
    form = factories.ConsentFormFactory(sender=topic.sender, topics=[topic], kind="paper")
    version = consent_forms.publish(form, language="en", title="t", intro="i", thank_you="t")
    offline_consent.record_consent(
        address, [topic], form=version, said_at=timezone.now(), proof=Proof(words="On paper."), by=author
    )

    assert [one.why for one in expiry.expiring()] == [expiry.ExpiryReason.TERM]
    assert audience.count_by_objection(Campaign(topic=topic, channel="email", kind="repermission")) == {
        "already_asked": 1
    }


def test_while_one_question_is_under_way_there_is_no_second_draft(old, topic, author):
    old()
    draft = repermission.draft_campaign(topic, "email", by=author)

    with pytest.raises(NotAllowed, match="is already asking them"):
        repermission.draft_campaign(topic, "email", by=author)
    lifecycle.cancel(draft, by=author)
    assert repermission.draft_campaign(topic, "email", by=author).kind == "repermission"


def test_the_draft_is_free_of_problems_and_goes_through_review(old, topic, author):
    old()
    draft = repermission.draft_campaign(topic, "email", by=author)

    assert lint.error_sentences(draft) == []
    with pytest.raises(NotAllowed, match="other than"):
        lifecycle.approve(lifecycle.submit(draft, by=author), by=author)
    assert draft.history.first().history_user == author


def test_the_mail_carries_its_two_links_whatever_the_text(old, topic, ask, mail_server):
    address = old()

    message = ask().messages.get()

    content = mail_server.messages[0].content.decode()
    parcel = rendering.prepare(message.campaign).words(message, address, address.contact)
    assert (
        tokens.read_token(tokens.LinkPurpose.RENEWAL, parcel.text.partition("/k/")[2].partition("/")[0]).message
        == message.reference.int
    )
    assert "/k/" in content
    assert f"Yes, stay subscribed to {topic}" in parcel.text
    assert f"No, unsubscribe from {topic}" in parcel.html
    assert "/k/" not in rendering.preview(factories.CampaignFactory.build(topic=topic)).words.text


def test_a_text_says_how_to_answer_in_two_segments(topic, clock, author):
    clock("2024-09-20T12:00")
    subscribe(factories.phone_address(country="US"), topic)
    clock(ASKED_ON)

    shown = rendering.preview(repermission.draft_campaign(topic, "sms", by=author))

    assert "Reply KEEP to renew. Reply STOP to stop" in shown.words.text
    assert shown.size.segments <= 2


def test_a_mail_asks_in_every_language_they_speak(old, topic, author):
    old()
    old(factories.email_address(country="US", language="es"))

    draft = repermission.draft_campaign(topic, "email", by=author)

    assert "{{ topic }}" in draft.body
    assert draft.body.count("\n\n---\n\n") == len(set(draft.body.split("\n\n---\n\n"))) - 1


def test_silence_ends_it_after_thirty_days_once(old, ask, mail_server, time_machine):
    address = old()
    ask()
    time_machine.shift(timedelta(days=29, hours=23))
    early = repermission.expire_due()
    time_machine.shift(timedelta(hours=1))

    assert (early, repermission.expire_due(), repermission.expire_due()) == (0, 1, 0)
    assert standing(address).status == "ended"
    assert standing(address).event.kind == ConsentEvent.Kind.EXPIRED
    assert standing(address).event.source == Source.SYSTEM


@pytest.mark.parametrize("interaction_id", ["keep", "pause", "limit", "withdraw"])
def test_whoever_did_anything_since_was_not_silent(old, topic, ask, mail_server, time_machine, interaction_id):
    address = old(when="2024-05-20T12:00")
    ask()
    time_machine.shift(timedelta(days=1))
    acts = {
        "keep": lambda: renewal.renew(address, topic, source=Source.CONFIRM, method=Method.DOUBLE_OPT_IN),
        "pause": lambda: frequency.pause_messages(
            address, topic, until=timezone.now() + timedelta(days=60), source=Source.PREFERENCES
        ),
        "limit": lambda: frequency.set_frequency_cap(address, None, most_per_month=1, source=Source.PREFERENCES),
        "withdraw": lambda: consent.withdraw(address, topic, source=Source.UNSUBSCRIBE_PAGE),
    }
    acts[interaction_id]()
    time_machine.shift(timedelta(days=30))

    assert repermission.expire_due() == 0
    assert not address.events.filter(kind="expired").exists()


def test_what_was_written_back_is_read_before_silence_is_concluded(old, topic, ask, mail_server, time_machine):
    address = old()
    ask()
    unread = InboundMessage.objects.create(
        provider="p", provider_id="1", address=address, meaning="other", due_at=timezone.now() + timedelta(days=3)
    )
    time_machine.shift(timedelta(days=31))
    before = repermission.expire_due()
    unread.decision, unread.decided_at = "nothing", timezone.now()
    unread.save()

    assert (before, repermission.expire_due()) == (0, 1)


def test_being_asked_late_still_leaves_thirty_days_to_answer(old, ask, mail_server, time_machine):
    address = old(when="2024-02-20T12:00")
    ask()
    time_machine.shift(timedelta(days=20))
    waited = repermission.expire_due(), standing(address).status
    time_machine.shift(timedelta(days=10))

    assert waited == (0, "active")
    assert repermission.expire_due() == 1


def test_nobody_asked_and_it_ends_all_the_same(old, time_machine):
    address = old(when="2024-02-10T12:00")

    tasks.expire_consents()

    assert standing(address).status == "ended"


def test_nothing_is_lost_when_it_is_stopped_in_the_middle(old, ask, mail_server, time_machine):
    addresses = [old(), old(), old()]
    campaign = ask()
    time_machine.shift(timedelta(days=30))
    now = timezone.now()

    first = repermission._expire_unanswered(campaign.messages.order_by("pk")[1].pk, now)
    rest = repermission.expire_due()

    assert (first, rest) == (True, 2)
    assert {standing(address).status for address in addresses} == {"ended"}
