"""Keep getting it? The page behind the question, and KEEP by text."""

import time
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from preferences.collection import notices
from preferences.consent import endings, expiry, frequency, renewal
from preferences.consent import service as consent
from preferences.errors import NotAllowed
from preferences.inbound import sms
from preferences.links import tokens
from preferences.models import Basis, ConsentEvent, InboundMessage, Notice, ServiceMessage, Source, Subscription
from preferences.presentation import consent_history_text, message_templates
from preferences.text import keywords
from tests import factories
from tests.conftest import subscribe
from tests.preferences.web.visitors import filled, open_link, path

MESSAGE = 0x1234567890ABCDEF1234567890ABCDEF
URL = "/renewal/"


@pytest.fixture(autouse=True)
def _long_ago(request, time_machine):
    """They agreed nearly two years ago; today it ends soon."""
    time_machine.move_to("2024-04-01 12:00", tick=False)
    if "subscriber" in request.fixturenames:
        request.getfixturevalue("subscriber")
    if "texter" in request.fixturenames:
        request.getfixturevalue("texter")
    time_machine.move_to("2026-03-15 12:00", tick=False)


@pytest.fixture
def link(subscriber, topic):
    return tokens.renewal_url(subscriber, topic, MESSAGE)


@pytest.fixture
def asked(client, link):
    """Her browser, with the page open."""
    return open_link(client, link)


def standing(address):
    return Subscription.objects.get(address=address)


def words(response):
    return " ".join(response.content.decode().split())


def test_opening_the_page_or_the_link_answers_nothing(client, subscriber, link):
    before = subscriber.events.count()

    for method in ("get", "head"):
        getattr(client, method)(path(link), follow=True)
        getattr(client, method)(URL)

    assert subscriber.events.count() == before
    assert standing(subscriber).granted.occurred_at.year == 2024


def test_the_page_says_what_it_is_about_until_when_and_in_which_words(asked, topic, notice):
    assert f"Stay subscribed to {topic}?" in words(asked)
    assert "Your consent is valid until 31 March 2026." in words(asked)
    assert notice.kind_of_messages.splitlines()[0] in words(asked)
    assert "p•••@e•••.org" in words(asked)


def test_yes_begins_the_clocks_anew_under_the_words_on_the_page(client, subscriber, topic, asked):
    shown = notices.publish(topic)
    page = client.get(URL)

    answer = client.post(URL, filled(page, answer="keep"), follow=True)

    said = standing(subscriber).granted
    assert (said.kind, said.source, said.method, said.notice) == ("granted", "confirm", "double_opt_in", shown)
    assert said.origin.int == MESSAGE
    assert said.occurred_at == timezone.now()
    assert expiry.expiry_of(standing(subscriber)).day.year == 2028
    assert f"You stay subscribed to {topic}" in words(answer)


def test_yes_is_confirmed_by_a_letter_with_its_receipt_and_ways_out(client, subscriber, asked):
    client.post(URL, filled(asked, answer="keep"))

    service_message = subscriber.service_messages.get(
        kind=ServiceMessage.Kind.SUBSCRIBED, interaction_id=standing(subscriber).granted.interaction_id
    )
    content = message_templates.compose_message(service_message).content.decode()
    assert "/r/" in content
    assert "List-Unsubscribe" in content


def test_yes_pressed_twice_is_said_once(client, subscriber, asked):
    answer = filled(asked, answer="keep")

    client.post(URL, answer)
    again = client.post(URL, answer)

    assert again.status_code == 200
    assert subscriber.events.filter(origin__isnull=False).count() == 1


def test_no_ends_it_at_once_and_the_page_says_so(client, subscriber, topic, asked):
    answer = client.post(URL, filled(asked, answer="leave"), follow=True)

    event = standing(subscriber).event
    assert (event.kind, event.source, event.origin.int) == ("withdrawn", "leave", MESSAGE)
    assert f"{topic} has ended" in words(answer)
    assert subscriber.service_messages.filter(kind=ServiceMessage.Kind.UNSUBSCRIBED).exists()
    assert client.post(URL, filled(asked, answer="keep")).status_code == 200
    assert standing(subscriber).status == "ended"


def test_a_pause_goes_on_after_yes(client, subscriber, topic, asked):
    until = timezone.now() + timedelta(days=20)
    frequency.pause_messages(subscriber, topic, until=until, source=Source.PREFERENCES)

    client.post(URL, filled(asked, answer="keep"))

    assert (standing(subscriber).status, standing(subscriber).paused_until) == ("paused", until)
    assert standing(subscriber).granted.occurred_at == timezone.now()


def test_what_ended_meanwhile_cannot_be_kept(client, subscriber, topic, asked):
    endings.expire(subscriber, topic)

    answer = client.post(URL, filled(asked, answer="keep"))

    assert f"{topic} has ended" in words(answer)
    assert "Sign up again" in words(answer)
    assert standing(subscriber).status == "ended"


def test_implied_consent_becomes_their_own_word(client, db):
    topic = factories.TopicFactory(sender__country="CA")
    ana = factories.email_address(country="CA")
    day = timezone.now().date()
    consent.grant(ana, topic, source=Source.IMPORT, method="none", basis=Basis.INQUIRY, basis_on=day)
    page = open_link(client, tokens.renewal_url(ana, topic, MESSAGE))

    client.post(URL, filled(page, answer="keep"))

    said = standing(ana).granted
    assert (said.basis, said.basis_on, said.notice) == (Basis.EXPRESS, None, Notice.objects.current(topic, "en"))
    ana.refresh_from_db()
    assert ana.verified_at == timezone.now()


@pytest.mark.parametrize("answer", ["", "maybe", "😀", "keep\r\nleave", "x" * 10_000])
def test_neither_button_is_no_answer(client, subscriber, asked, answer):
    response = client.post(URL, filled(asked, answer=answer))

    assert response.status_code == 422
    assert "Press one of the two" in words(response)
    assert standing(subscriber).granted.origin is None


def test_words_that_changed_meanwhile_are_shown_first_but_no_stays_no(client, subscriber, topic, asked):
    topic.frequency = "Every day"
    topic.save()
    notices.publish(topic)

    kept = client.post(URL, filled(asked, answer="keep"))

    assert kept.status_code == 422
    assert "The wording changed" in words(kept)
    assert client.post(URL, filled(asked, answer="leave")).status_code == 302


def test_a_page_made_for_somebody_else_is_not_taken(client, subscriber, topic, asked):
    other = subscribe(factories.email_address(), topic)
    open_link(client, tokens.renewal_url(other, topic, MESSAGE))

    assert client.post(URL, filled(asked, answer="keep")).status_code == 409
    assert not ConsentEvent.objects.filter(origin__isnull=False).exists()


@pytest.mark.parametrize(("days", "status"), [(34, 303), (36, 410)])
def test_the_link_lives_a_few_days_longer_than_silence(client, link, time_machine, days, status):
    time_machine.shift(timedelta(days=days))

    assert client.get(path(link)).status_code == status


def test_a_link_about_no_message_or_no_topic_opens_nothing(client, subscriber, topic):
    about_nothing = tokens.make_token(tokens.LinkPurpose.RENEWAL, subscriber, message=MESSAGE)
    from_nothing = tokens.make_token(tokens.LinkPurpose.RENEWAL, subscriber, topic=topic.pk)

    assert open_link(client, f"http://testserver/k/{about_nothing}/").status_code == 404
    assert open_link(client, f"http://testserver/k/{from_nothing}/").status_code == 404


def test_the_link_of_a_sign_up_keeps_nothing_and_this_one_confirms_nothing(client, subscriber, notice, link):
    confirm = tokens.confirm_url(consent.ask(subscriber, [notice], source=Source.SIGN_UP))

    assert client.get(path(confirm).replace("/c/", "/k/")).status_code == 404
    assert client.get(path(link).replace("/k/", "/c/")).status_code == 404


def test_without_the_forms_stamp_nothing_is_taken(link):
    strict = Client(enforce_csrf_checks=True)
    open_link(strict, link)

    assert strict.post(URL, {"answer": "keep"}).status_code == 403


@pytest.fixture
def say(texter, topic):
    """A function: the phone sends these words; what we did."""

    def say(text):
        told = {"sender_number": topic.sender.text_number, "from_number": texter.normal_form, "text": text}
        return sms.receive_sms(provider="t", provider_id=f"{text}-{time.time()}", sent_at=timezone.now(), **told)

    return say


@pytest.mark.parametrize("text", ["KEEP", "keep.", "Keep yes", "GARDER", "garder oui", "Conservar", "BEHALTEN"])
def test_keep_by_text_begins_the_clocks_anew(say, texter, text):
    answer = say(text)

    said = standing(texter).granted
    assert (answer.meaning, said.source, said.method) == (InboundMessage.Meaning.OPT_IN, "text", "keyword")
    assert said.occurred_at == timezone.now()
    assert (
        texter.service_messages.filter(kind=ServiceMessage.Kind.SUBSCRIBED, interaction_id=said.interaction_id).count()
        == 1
    )


def test_keep_and_a_keyword_keeps_just_that_topic(say, texter, topic, time_machine):
    topic.keyword = "TIPS"
    topic.save()
    time_machine.move_to("2024-09-20 12:00", tick=False)
    news = factories.TopicFactory(sender=topic.sender, name="News", keyword="NEWS")
    subscribe(texter, news)
    time_machine.move_to("2026-03-15 12:00", tick=False)

    say("KEEP NEWS")

    assert texter.subscriptions.get(topic=news).granted.occurred_at == timezone.now()
    assert texter.subscriptions.get(topic=topic).granted.occurred_at.year == 2024


@pytest.mark.parametrize("text", ["keep walking", "keep it up", "keep me posted about the weather", "YES"])
def test_other_words_keep_nothing(say, texter, text):
    say(text)

    assert standing(texter).granted.occurred_at.year == 2024


def test_keep_when_nothing_ends_is_answered_with_help(topic):
    fresh = subscribe(factories.phone_address(), topic)
    told = {"sender_number": topic.sender.text_number, "from_number": fresh.normal_form, "text": "KEEP"}
    sms.receive_sms(provider="t", provider_id="1", sent_at=timezone.now(), **told)

    assert fresh.events.filter(kind="granted").count() == 1
    assert fresh.service_messages.filter(kind=ServiceMessage.Kind.HELP).exists()


def test_stop_after_the_question_is_a_no(say, texter):
    say("STOP")
    say("KEEP")

    assert standing(texter).status == "ended"


def test_keep_alone_is_read_as_an_answer():
    assert keywords.classify_text("KEEP").keeps
    assert not keywords.classify_text("KEEP WALKS").keeps


def test_the_page_has_an_address_without_the_token(client, link):
    assert client.get(path(link))["Location"] == reverse("preferences:renewal")


def test_the_history_tells_that_it_was_kept(client, subscriber, topic, asked):
    client.post(URL, filled(asked, answer="keep"))

    newest, oldest = list(
        consent_history_text.history_lines(
            list(consent_history_text.events_of(subscriber.contact)), visiting=subscriber
        )
    )[::2]
    assert newest.what == f"You renewed {topic}, by email"
    assert newest.door == "in a message that asked you to confirm"
    assert oldest.what == f"Sign-up for {topic} was requested, by email"


def test_the_history_tells_on_what_a_yes_rests(topic):
    ana = factories.email_address()
    day = timezone.now().date()
    consent.grant(ana, topic, source=Source.IMPORT, method="none", basis=Basis.INQUIRY, basis_on=day)

    [line] = consent_history_text.history_lines(list(consent_history_text.events_of(ana.contact)), visiting=ana)
    assert line.what == f"You made an enquiry, which counts as consent to {topic} for a limited time, by email"
    assert line.how == "Enquiry, 15 March 2026"


def test_a_question_asked_anew_after_leaving_is_not_answered_by_an_old_link(client, subscriber, topic, notice, asked):
    """A mail that was forwarded: whoever has it signs the address up again, and must not confirm that themselves."""
    consent.withdraw(subscriber, topic, source=Source.UNSUBSCRIBE_PAGE)
    consent.ask(subscriber, [notice], source=Source.SIGN_UP)

    client.post(URL, filled(asked, answer="keep"), follow=True)

    assert standing(subscriber).status == "pending"
    with pytest.raises(NotAllowed):
        renewal.renew(subscriber, topic, source=Source.CONFIRM, method="double_opt_in")
