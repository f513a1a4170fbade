"""The letters that tell of a change: what, by whom, when, the way back, and the receipt; once, and never marketing."""

from datetime import timedelta
from email import message_from_bytes, policy
from uuid import uuid4

import pytest
from django.test import override_settings
from django.utils import timezone

from preferences import tasks
from preferences.consent import endings, frequency, suppressions
from preferences.consent import service as consent
from preferences.contacts import address_change, erasure
from preferences.contacts import service as contacts
from preferences.models import ConsentEvent, Method, ServiceMessage, Source, Suppression
from preferences.outbox import service as outbox
from preferences.presentation import change_text, message_templates
from preferences.text import sms_segments
from tests import factories
from tests.conftest import subscribe
from tests.preferences.imports.contact_files import apply, file, line
from tests.preferences.web.visitors import open_link
from tests.sinks import MailSink

Kind = ServiceMessage.Kind


def told_of(address, interaction_id):
    """The mail that tells of this act, as text and as HTML."""
    service_message = outbox.enqueue(
        address, Kind.CHANGED, sender=outbox.latest_sender(address), interaction_id=interaction_id
    )
    message = message_from_bytes(message_templates.compose_message(service_message).content, policy=policy.default)
    return message.get_body(("plain",)).get_content(), message.get_body(("html",)).get_content()


def mail(service_message):
    return message_from_bytes(message_templates.compose_message(service_message).content, policy=policy.default)


def plain(service_message):
    return mail(service_message).get_body(("plain",)).get_content()


def last_act(address):
    return address.events.latest("pk").interaction_id


def by_staff(address, topic, **said):
    return consent.grant(address, topic, source=Source.STAFF, method=Method.VERBAL, by=factories.UserFactory(), **said)


WORDS = {
    "granted": (lambda address, topic: None, "Subscribed to Health tips."),
    "withdrawn": (
        lambda address, topic: consent.withdraw(address, topic, source=Source.ONE_CLICK),
        "Unsubscribed from Health tips.",
    ),
    "everything": (
        lambda address, topic: consent.withdraw_all(address, sender=topic.sender, source=Source.UNSUBSCRIBE_PAGE),
        "Unsubscribed from everything.",
    ),
    "limited": (
        lambda address, topic: frequency.set_frequency_cap(address, topic, most_per_month=1, source=Source.PREFERENCES),
        "Health tips: at most 1 message in 30 days.",
    ),
    "limited overall": (
        lambda address, topic: frequency.set_frequency_cap(address, None, most_per_month=3, source=Source.PREFERENCES),
        "All topics: at most 3 messages in 30 days.",
    ),
}


@pytest.mark.parametrize(("say", "sentence"), WORDS.values(), ids=WORDS)
def test_each_change_is_told_in_words(subscriber, topic, say, sentence):
    say(subscriber, topic)

    text, html = told_of(subscriber, last_act(subscriber))

    assert sentence in text
    assert sentence in html


def test_a_pause_is_told_with_the_day_where_the_person_lives(topic):
    address = subscribe(factories.email_address(time_zone="Pacific/Auckland"), topic)
    until = (timezone.now() + timedelta(days=30)).replace(hour=13, minute=0)
    frequency.pause_messages(address, topic, until=until, source=Source.PREFERENCES)
    there = until + timedelta(days=1)

    text, _html = told_of(address, last_act(address))

    assert f"Health tips is paused until {there.day} {there:%B %Y}." in text
    assert "(NZ" in text


def test_the_end_of_a_pause_and_of_a_limit_is_told(subscriber, topic):
    interaction_id, said = uuid4(), {"source": Source.PREFERENCES}
    frequency.pause_messages(subscriber, topic, until=timezone.now() + timedelta(days=30), **said)
    frequency.set_frequency_cap(subscriber, topic, most_per_month=2, **said)
    frequency.resume_messages(subscriber, topic, interaction_id=interaction_id, **said)
    frequency.set_frequency_cap(subscriber, topic, most_per_month=None, interaction_id=interaction_id, **said)

    text, _html = told_of(subscriber, interaction_id)

    assert "The pause on Health tips has ended." in text
    assert "The limit on Health tips was removed." in text


WHO = {
    Source.STAFF: "Changed by: our staff",
    Source.ONE_CLICK: "Changed by: you, or someone who opened a link in a message to you",
    Source.EMAIL: "Changed by: you, by email",
}


@pytest.mark.parametrize(("source", "words"), WHO.items())
def test_the_letter_says_who_it_was_and_names_no_colleague(subscriber, topic, source, words):
    clerk = {Source.STAFF: factories.UserFactory(username="verysecretclerk")}.get(source)
    consent.withdraw(subscriber, topic, source=source, by=clerk)

    text, html = told_of(subscriber, last_act(subscriber))

    assert words in text
    assert "verysecretclerk" not in text + html


def test_the_letter_leads_back_to_the_preferences_and_to_the_receipt(client, subscriber, topic):
    consent.withdraw(subscriber, topic, source=Source.ONE_CLICK)

    text, html = told_of(subscriber, last_act(subscriber))

    doors = ["http://testserver/z/", "http://testserver/p/", "http://testserver/r/"]
    assert [door for door in doors if door not in text or door not in html] == []


def test_the_links_in_it_open_their_pages(client, subscriber, topic):
    consent.withdraw(subscriber, topic, source=Source.ONE_CLICK)
    text, _html = told_of(subscriber, last_act(subscriber))

    urls = [word for word in text.split() if word.startswith("http://testserver/")]

    assert [open_link(client, url).status_code for url in urls] == [200] * len(urls)


def test_there_is_no_way_back_from_what_was_changed_again_since(subscriber, topic):
    consent.withdraw(subscriber, topic, source=Source.ONE_CLICK)
    interaction_id = last_act(subscriber)
    subscribe(subscriber, topic)

    assert "/z/" not in told_of(subscriber, interaction_id)[0]


def test_leaving_is_confirmed_with_a_way_back_and_a_receipt(subscriber, topic):
    consent.withdraw(subscriber, topic, source=Source.UNSUBSCRIBE_PAGE)

    text = plain(subscriber.service_messages.get(kind=Kind.UNSUBSCRIBED))

    assert "about: Health tips." in text
    assert "http://testserver/z/" in text
    assert "http://testserver/r/" in text


def test_leaving_for_good_is_confirmed_without_a_way_back(subscriber, topic):
    consent.withdraw_permanently(subscriber, sender=topic.sender, source=Source.PREFERENCES)

    text = plain(subscriber.service_messages.get(kind=Kind.UNSUBSCRIBED))

    assert "http://testserver/z/" not in text
    assert "http://testserver/r/" in text


def test_signing_up_is_confirmed_with_its_ways_out_and_a_receipt(subscriber):
    text = plain(subscriber.service_messages.get(kind=Kind.SUBSCRIBED))

    assert "http://testserver/u/" in text
    assert "http://testserver/r/" in text


def test_one_letter_tells_all_of_an_act(subscriber, topic):
    interaction_id = uuid4()
    consent.withdraw(subscriber, topic, source=Source.PREFERENCES, interaction_id=interaction_id)
    frequency.set_frequency_cap(
        subscriber, None, most_per_month=2, source=Source.PREFERENCES, interaction_id=interaction_id
    )

    text = plain(subscriber.service_messages.get(kind=Kind.UNSUBSCRIBED, interaction_id=interaction_id))

    assert "All topics: at most 2 messages in 30 days." in text


def test_the_old_address_hears_that_the_person_moved_and_gets_no_key_to_anything(subscriber, topic):
    asked = address_change.request(subscriber, "email", "new.place@example.net")
    address_change.confirm(asked)
    subscriber.refresh_from_db()

    message = mail(subscriber.service_messages.get(kind=Kind.CHANGED))

    text = "".join(part.get_content() for part in message.iter_parts())
    assert "now go to another address of yours" in text
    assert "new.place" not in text
    assert [door for door in ("/z/", "/p/", "/s/", "/r/") if f"http://testserver{door}" in text] == []


def test_no_letter_of_change_is_marketing_or_says_a_word_of_a_stranger(topic):
    address = subscribe(factories.email_address(name="Win at http://evil.example"), topic)
    consent.withdraw(address, topic, source=Source.UNSUBSCRIBE_PAGE)

    message = mail(outbox.enqueue(address, Kind.CHANGED, sender=topic.sender, interaction_id=last_act(address)))

    assert message["Auto-Submitted"] == "auto-generated"
    assert "evil" not in message.as_string()
    assert topic.description not in message.as_string()


# Texts


def text_of(address, interaction_id):
    sender = outbox.latest_sender(address)
    return message_templates.compose_message(
        outbox.enqueue(address, Kind.CHANGED, sender=sender, interaction_id=interaction_id)
    ).body


def test_a_text_says_what_by_whom_and_the_way_back_in_two_segments(texter, topic):
    by_staff(texter, factories.TopicFactory(sender=topic.sender, name="Offers"))

    body = message_templates.compose_message(texter.service_messages.get(kind=Kind.CHANGED)).body

    assert body.startswith("Harbour Clinic: Subscribed to Offers. Changed by: our staff. If correct, do nothing.")
    assert "http://testserver/z/" in body
    assert sms_segments.measure_sms(body).segments <= 2


def test_a_long_text_says_less_before_it_gets_longer(texter, topic):
    interaction_id = uuid4()
    many = factories.TopicFactory.create_batch(4, sender=topic.sender, name="Everything about your knees and more")
    subscribe(texter, *many)
    [consent.withdraw(texter, one, source=Source.UNSUBSCRIBE_PAGE, interaction_id=interaction_id) for one in many]

    body = text_of(texter, interaction_id)

    assert body.startswith("Harbour Clinic: Your preferences were changed. If correct, do nothing.")
    assert "http://testserver/z/" in body
    assert sms_segments.measure_sms(body).segments <= 2


def test_where_not_even_the_way_back_fits_the_text_goes_without(texter, topic):
    interaction_id = uuid4()
    consent.withdraw(texter, topic, source=Source.UNSUBSCRIBE_PAGE, interaction_id=interaction_id)
    topic.sender.name = "Клиника у самой гавани на набережной"
    topic.sender.save()

    body = text_of(texter, interaction_id)

    assert "/z/" not in body
    assert body.endswith("Reply STOP to end.")
    assert sms_segments.measure_sms(body).segments <= 2


# Which doors tell, and how often


def owed(address):
    """What somebody is owed after they were known and everything earlier was delivered."""
    return list(
        address.service_messages.filter(status="queued", due_at__lte=timezone.now()).values_list("kind", flat=True)
    )


@pytest.fixture
def known(subscriber):
    """Somebody who has signed up, and was told so."""
    outbox.cancel_queued(subscriber, *Kind.values, reason="Told before.")
    return subscriber


def test_a_yes_written_down_by_staff_is_told_to_somebody_known(known, topic):
    by_staff(known, factories.TopicFactory(sender=topic.sender))

    assert owed(known) == [Kind.CHANGED]


def test_several_topics_in_one_act_of_staff_are_told_together(known, topic):
    interaction_id = uuid4()
    [
        by_staff(known, one, interaction_id=interaction_id)
        for one in factories.TopicFactory.create_batch(2, sender=topic.sender)
    ]

    assert owed(known) == [Kind.CHANGED]
    assert plain(known.service_messages.get(kind=Kind.CHANGED)).count("- Subscribed to ") == 2


def test_a_yes_from_a_file_is_told_once_to_somebody_known_and_to_nobody_new(known, topic, author):
    other = factories.TopicFactory(sender=topic.sender)

    apply(file(line(known.value, other), line("new.person@example.net", other)), by=author)

    assert owed(known) == [Kind.CHANGED]
    assert not contacts.find("email", "new.person@example.net").service_messages.exists()


def test_a_no_written_down_by_staff_is_confirmed_once(known, topic, author):
    consent.withdraw(known, topic, source=Source.STAFF, by=author)
    consent.withdraw(known, topic, source=Source.STAFF, by=author)

    assert owed(known) == [Kind.UNSUBSCRIBED]


def test_everything_off_by_staff_is_confirmed_once(known, topic, author):
    consent.withdraw_all(known, sender=topic.sender, source=Source.STAFF, by=author)
    consent.withdraw_all(known, sender=topic.sender, source=Source.STAFF, by=author)

    assert owed(known) == [Kind.UNSUBSCRIBED]


def test_a_bounce_that_staff_lift_is_told_once(known, author):
    bounced = suppressions.suppress(known, Suppression.Reason.BOUNCED)
    suppressions.lift_by_staff(bounced, by=author, because="The mailbox works again.")
    suppressions.lift_by_staff(bounced, by=author, because="The mailbox works again.")

    assert owed(known) == [Kind.CHANGED]
    assert "Emails to this address could not be delivered" in plain(known.service_messages.get(kind=Kind.CHANGED))


def test_a_bounce_that_staff_lift_is_told_by_text(texter, author):
    suppressions.lift_by_staff(
        suppressions.suppress(texter, Suppression.Reason.BOUNCED), by=author, because="It works."
    )

    body = message_templates.compose_message(texter.service_messages.get(kind=Kind.CHANGED)).body

    assert body == (
        "Harbour Clinic: Texts to this number failed. Sending has resumed. If correct, do nothing. Reply STOP to end."
    )


def test_lifting_a_bounce_of_somebody_who_gets_nothing_is_not_told(known, topic, author):
    consent.withdraw(known, topic, source=Source.UNSUBSCRIBE_PAGE)
    outbox.cancel_queued(known, *Kind.values, reason="Told before.")

    suppressions.lift_by_staff(suppressions.suppress(known, Suppression.Reason.BOUNCED), by=author, because="It works.")

    assert owed(known) == []


SILENT = {
    "never good": lambda address, topic: endings.invalidate(address, topic, source=Source.SYSTEM),
    "run out": lambda address, topic: endings.expire(address, topic),
    "a complaint": lambda address, topic: endings.record_complaint(address, provider="test"),
    "a bounce": lambda address, topic: suppressions.suppress(address, Suppression.Reason.BOUNCED),
    "erased": lambda address, topic: erasure.erase(address.contact, by=factories.UserFactory()),
    "restricted": lambda address, topic: contacts.restrict(address.contact),
}


@pytest.mark.parametrize("end", SILENT.values(), ids=SILENT)
def test_whoever_must_not_or_need_not_be_written_to_is_told_nothing(known, topic, end):
    end(known, topic)

    assert owed(known) == []


def test_a_stop_takes_back_the_news_of_an_earlier_change(texter, topic):
    by_staff(texter, factories.TopicFactory(sender=topic.sender))

    consent.withdraw_all(texter, sender=topic.sender, source=Source.SMS)

    assert Kind.CHANGED not in owed(texter)
    assert Kind.UNSUBSCRIBED in owed(texter)


def test_a_complaint_takes_back_the_news_of_an_earlier_change(known, topic):
    by_staff(known, factories.TopicFactory(sender=topic.sender))

    endings.record_complaint(known, provider="test")

    assert owed(known) == []


def test_the_letter_goes_out_by_mail_and_its_receipt_is_written(known, topic):
    by_staff(known, factories.TopicFactory(sender=topic.sender, name="Offers"))

    with MailSink() as sink, override_settings(EMAIL_HOST=sink.host, EMAIL_PORT=sink.port):
        tasks.deliver_to_address(known.pk)

    assert [message.to for message in sink.messages] == [[known.value]]
    assert b"Subscribed to Offers." in sink.messages[0].content
    assert known.receipts.filter(interaction_id=last_act(known)).exists()


def test_every_word_of_the_ledger_has_its_sentence():
    assert set(ConsentEvent.Kind) - set(change_text.TOPIC_SENTENCES) == {ConsentEvent.Kind.LIMITED}
