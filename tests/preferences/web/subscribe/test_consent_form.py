"""Sign-up pages that staff composed, and forms on other websites that lead to them."""

import re

import pytest

from preferences.collection import consent_forms, notices
from preferences.consent import service as consent
from preferences.consent import suppressions
from preferences.contacts import service as contacts
from preferences.models import Address, ConsentEvent, Method, ServiceMessage, Source, Suppression
from tests import factories
from tests.conftest import subscribe
from tests.preferences.web.visitors import filled

WORDS = {
    "title": "Stay well",
    "intro": "Short tips <3\n\nNo more & no less.",
    "thank_you": "You are nearly one of us.",
}


@pytest.fixture
def clock(time_machine):
    time_machine.move_to("2026-05-01 10:00", tick=False)
    return time_machine


@pytest.fixture
def version(topic):
    page = factories.ConsentFormFactory(sender=topic.sender, topics=[topic], slug="welcome")
    return consent_forms.publish(page, language="en", **WORDS)


@pytest.fixture
def url(version):
    return "/forms/welcome/"


@pytest.fixture
def form(clock, client, url):
    """The page as somebody sees it who then takes ten seconds to fill it in."""
    page = client.get(url)
    clock.shift(10)
    return page


def by_email(topic):
    return f"topic-{topic.pk}-email"


def test_the_page_shows_the_published_words_and_notices_and_nothing_is_ticked(form, notice):
    page = form.content.decode()

    assert '<h1 lang="en">Stay well</h1>' in page
    assert "<p>Short tips &lt;3</p>" in page
    assert notice.kind_of_messages in page
    assert " checked" not in page


def test_signing_up_keeps_which_version_was_seen(client, form, url, topic, version, notice):
    answer = client.post(url, filled(form, email="ana@example.org", **{by_email(topic): "on"}))

    event = contacts.find("email", "ana@example.org").events.get()
    assert (event.kind, event.form, event.notice) == ("asked", version, notice)
    assert (event.source, event.method, event.evidence.page) == (Source.SIGN_UP, Method.CHECKBOX, url)
    assert answer.url == f"{url}sent/"


def test_confirming_keeps_the_version_too(client, form, url, topic, version):
    client.post(url, filled(form, email="ana@example.org", **{by_email(topic): "on"}))

    consent.confirm(ServiceMessage.objects.get(kind=ServiceMessage.Kind.CONFIRM))

    assert ConsentEvent.objects.get(kind="granted").form == version


def test_the_thank_you_of_the_page_is_shown_and_what_to_do_next(client, url):
    page = client.get(f"{url}sent/").content.decode()

    assert "You are nearly one of us." in page
    assert "open the link in the message" in page


def test_only_the_topics_of_the_page_are_offered_and_taken(client, form, url, topic):
    other = factories.TopicFactory(sender=topic.sender, name="Elsewhere")

    answer = client.post(url, filled(form, email="ana@example.org", **{by_email(other): "on"}))

    assert answer.status_code == 422
    assert "Elsewhere" not in form.content.decode()
    assert not Address.objects.exists()


@pytest.mark.parametrize("change", ["words", "notices"])
def test_a_newer_version_is_shown_before_it_is_agreed_to(client, form, url, topic, version, change):
    if change == "notices":
        notices.publish(topic, frequency="Every day")
    consent_forms.publish(version.form, language="en", **{**WORDS, "intro": "Other words."})

    page = client.post(url, filled(form, email="ana@example.org", **{by_email(topic): "on"}))

    assert "The wording changed" in page.content.decode()
    assert not Address.objects.exists()


@pytest.mark.parametrize(
    ("headers", "query", "spoken"),
    [
        ({}, "", "Stay well"),
        ({"HTTP_ACCEPT_LANGUAGE": "de"}, "", "Bleib gesund"),
        ({"HTTP_ACCEPT_LANGUAGE": "fr"}, "", "Stay well"),
        ({}, "?language=de", "Bleib gesund"),
        ({}, "?language=xx&language=../..", "Stay well"),
    ],
)
def test_the_page_speaks_the_language_chosen_or_the_browsers(client, version, topic, headers, query, spoken):
    notices.publish(topic, language="de", kind_of_messages="Ein kurzer Rat.")
    consent_forms.publish(version.form, language="de", **{**WORDS, "title": "Bleib gesund"})

    assert spoken in client.get(f"/forms/welcome/{query}", **headers).content.decode()


@pytest.mark.parametrize("known", ["new", "known", "waiting", "stopped", "never"])
def test_the_answer_is_the_same_for_everybody(client, form, url, topic, known):
    KNOWN[known](topic)

    answer = client.post(url, filled(form, email="ana@example.org", **{by_email(topic): "on"}), follow=True)

    assert answer.redirect_chain == [(f"{url}sent/", 302)]
    assert _without_tokens(answer) == _without_tokens(client.get(f"{url}sent/"))


def _ana():
    return factories.email_address("ana@example.org")


KNOWN = {
    "new": lambda topic: None,
    "known": lambda topic: subscribe(_ana(), topic),
    "waiting": lambda topic: consent.ask(_ana(), [topic.notices.get()], source=Source.SIGN_UP),
    "stopped": lambda topic: consent.withdraw_all(_ana(), sender=topic.sender, source=Source.UNSUBSCRIBE_PAGE),
    "never": lambda topic: suppressions.suppress(_ana(), Suppression.Reason.PERMANENT),
}


def _without_tokens(answer):
    return re.sub(rb'(csrfmiddlewaretoken"|started") value="[^"]*"', b"", answer.content)


@pytest.mark.parametrize("sign", [{"website": "http://spam.example"}, {"started": "forged"}, {"started": None}])
def test_a_robot_gets_the_same_answer_and_nothing_happens(client, form, url, topic, sign):
    answer = client.post(url, filled(form, email="ana@example.org", **{by_email(topic): "on"}, **sign))

    assert answer.url == f"{url}sent/"
    assert not Address.objects.exists()


@pytest.mark.parametrize(
    ("answers", "sentence"),
    [
        ({}, "Tick at least one box"),
        ({"BOX": "on"}, "Enter your email address"),
        ({"BOX": "on", "email": "ana at example"}, "This is not an email address"),
        ({"BOX": "on", "email": "a@x.org\r\nBcc: b@y.org"}, "This is not an email address"),
        ({"BOX": "on", "email": "a\u202e@x.org"}, "This is not an email address"),
        ({"BOX": "on", "email": "🌊"}, "This is not an email address"),
        ({"BOX": "on", "email": "x" * 400 + "@example.org"}, "320"),
        ({"BOX": "on", "email": "ana@example.org", "name": "x" * 2000}, "200"),
    ],
)
def test_what_is_missing_or_unreadable_gets_a_sentence(client, form, url, topic, answers, sentence):
    answers = {name.replace("BOX", by_email(topic)): value for name, value in answers.items()}

    page = client.post(url, filled(form, **answers))

    assert page.status_code == 422
    assert sentence in page.content.decode()
    assert not Address.objects.exists()


def test_sent_twice_it_is_one_contact_and_one_standing_question(client, form, url, topic):
    answers = filled(form, email="ana@example.org", **{by_email(topic): "on"})

    client.post(url, answers)
    client.post(url, answers)

    assert Address.objects.get().subscriptions.get().status == "pending"


def test_the_same_parameter_twice_is_one_answer(client, form, url, topic):
    answers = filled(form, **{by_email(topic): "on"}) | {"email": ["eve@example.org", "ana@example.org"]}

    client.post(url, answers)

    assert [address.value for address in Address.objects.all()] == ["ana@example.org"]


@pytest.mark.parametrize("path", ["", "sent/", "embedded/"])
def test_a_page_that_is_not_there_or_not_published_is_not_found(client, topic, path):
    factories.ConsentFormFactory(sender=topic.sender, topics=[topic], slug="draft")

    assert client.get(f"/forms/nobody/{path}").status_code == 404
    assert client.get(f"/forms/draft/{path}").status_code == 404


def test_a_call_script_is_no_page(client, topic):
    script = factories.ConsentFormFactory(kind="script", sender=topic.sender, topics=[topic], slug="script")
    consent_forms.publish(script, language="en", **WORDS)

    assert client.get("/forms/script/").status_code == 404


@pytest.mark.parametrize("path", ["", "embedded/"])
def test_a_retired_page_says_so_and_takes_nothing(client, form, url, topic, version, path):
    consent_forms.retire(version.form)

    answer = client.post(url + path, filled(form, email="ana@example.org", **{by_email(topic): "on"}))

    assert answer.status_code == 410
    assert "This page is closed" in answer.content.decode()
    assert not Address.objects.exists()


def test_a_page_whose_topics_were_all_closed_offers_nothing(client, url, topic):
    topic.is_public = False
    topic.save()

    assert "nothing to sign up for" in client.get(url).content.decode()
