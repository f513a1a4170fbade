"""Forms on other websites lead to our own page: what they bring is shown there, and nothing is written before."""

import re

import pytest
from django.test import Client

from preferences.collection import consent_forms, notices
from preferences.contacts import service as contacts
from preferences.models import Address
from preferences.web.forms.subscribe import embed_code
from tests import factories
from tests.conftest import subscribe
from tests.preferences.web.visitors import filled

WORDS = {"title": "Stay well", "intro": "Short tips.", "thank_you": "You are nearly one of us."}


@pytest.fixture
def clock(time_machine):
    time_machine.move_to("2026-05-01 10:00", tick=False)
    return time_machine


@pytest.fixture
def version(topic):
    page = factories.ConsentFormFactory(sender=topic.sender, topics=[topic], slug="welcome")
    return consent_forms.publish(page, language="en", **WORDS)


def by_email(topic):
    return f"topic-{topic.pk}-email"


def _without_tokens(answer):
    return re.sub(rb'(csrfmiddlewaretoken"|started") value="[^"]*"', b"", answer.content)


@pytest.fixture
def elsewhere(version):
    return "/forms/welcome/embedded/"


@pytest.mark.parametrize("send", ["get", "post"])
def test_what_was_filled_in_elsewhere_is_shown_and_nothing_is_written(client, elsewhere, topic, send):
    given = {"email": "ana@example.org", "name": "Ana", by_email(topic): "on"}

    page = getattr(client, send)(elsewhere, given).content.decode()

    assert 'value="ana@example.org"' in page
    assert page.count(" checked") == 1
    assert "Please check what you filled in" in page
    assert not Address.objects.exists()


def test_one_press_is_enough_after_a_form_elsewhere(client, elsewhere, topic, version):
    page = client.post(elsewhere, {"email": "ana@example.org", by_email(topic): "on"})
    action = re.search(r'action="(/forms/welcome/[^"]*)"', page.content.decode())[1]

    answer = client.post(action, filled(page), follow=True)

    assert contacts.find("email", "ana@example.org").events.get().form == version
    assert "You are nearly one of us." in answer.content.decode()


@pytest.mark.parametrize("origin", ["null", "https://harbour.example", ""])
def test_a_form_elsewhere_needs_no_token_of_ours_and_the_page_still_does(elsewhere, topic, origin):
    visitor = Client(enforce_csrf_checks=True)

    page = visitor.post(elsewhere, {"email": "ana@example.org", by_email(topic): "on"}, HTTP_ORIGIN=origin)

    assert page.status_code == 200
    assert visitor.post("/forms/welcome/", filled(page) | {"csrfmiddlewaretoken": ""}).status_code == 403
    assert visitor.post("/forms/welcome/", filled(page)).status_code == 302


@pytest.mark.parametrize("send", ["get", "post"])
@pytest.mark.parametrize(
    "given",
    [
        {"email": '"><script>alert(1)</script>'},
        {"name": "javascript:alert(1)"},
        {"name": "é" * 2048},
        {"name": "Ana\r\nBcc: b@y.org\u202e\x00"},
        {"email": ["a@x.org", "b@y.org"]},
        {"started": "forged", "words": "forged", "sure": "forged", "csrfmiddlewaretoken": "forged"},
        {"topic-999999999999999999-email": "on", "topic-x-email": "on", "topic-1-pigeon": "on"},
        {"email": "", "phone": "", "name": ""},
        {},
    ],
)
def test_whatever_comes_from_elsewhere_is_only_a_value_in_a_form(client, elsewhere, send, given):
    answer = getattr(client, send)(elsewhere, given)
    page = answer.content.decode().partition("<main")[2].partition("</main>")[0]

    assert answer.status_code == 200
    assert "<script" not in answer.content.decode()
    assert "forged" not in page
    assert " checked" not in page
    assert max(len(value) for value in re.findall(r'value="([^"]*)"', page)) <= 330
    assert not re.search("[\x00\u202e]", page)


def test_hidden_and_foreign_topics_are_not_taken_from_elsewhere(client, elsewhere, topic):
    hidden = factories.TopicFactory(sender=topic.sender, name="Hidden", is_public=False)
    foreign = factories.TopicFactory(name="Foreign")

    page = client.post(elsewhere, {by_email(hidden): "on", by_email(foreign): "on"}).content.decode()

    assert " checked" not in page
    assert "Hidden" not in page
    assert "Foreign" not in page


def test_the_page_is_the_same_whether_the_address_is_known(client, clock, elsewhere, topic):
    given = {"email": "ana@example.org", by_email(topic): "on"}
    before = _without_tokens(client.post(elsewhere, given))
    subscribe(factories.email_address("ana@example.org"), topic)

    assert _without_tokens(client.post(elsewhere, given)) == before


def test_a_trap_filled_in_elsewhere_is_still_a_trap_here(client, elsewhere, topic):
    page = client.post(elsewhere, {"email": "ana@example.org", "website": "x", by_email(topic): "on"})

    client.post("/forms/welcome/", filled(page))

    assert not Address.objects.exists()


def test_the_html_to_paste_leads_to_the_page_with_its_answers(client, settings, topic, version):
    html = embed_code.embed_html(version)
    action = re.search(r'action="([^"]*)"', html)[1]
    names = re.findall(r'<input[^>]* name="([^"]*)"', html)

    page = client.post(action.removeprefix(settings.BASE_URL), {name: "on" for name in names if "topic" in name})

    assert action.startswith(f"{settings.BASE_URL}/forms/welcome/embedded/?language=en")
    assert set(names) == {by_email(topic), f"topic-{topic.pk}-sms", "email", "phone", "website"}
    assert page.content.decode().count(" checked") == 2


def test_the_html_to_paste_ticks_nothing_runs_nothing_and_escapes_everything(topic, version):
    topic.name = '"><script>alert(1)</script>'
    topic.save()

    html = embed_code.embed_html(version)

    assert "checked" not in html
    assert "<script" not in html
    assert "style=" not in html


def test_the_html_to_paste_speaks_the_language_of_its_version(version, topic):
    notices.publish(topic, language="de", kind_of_messages="Ein kurzer Rat.")
    german = consent_forms.publish(version.form, language="de", **{**WORDS, "title": "Bleib gesund"})

    assert 'lang="de"' in embed_code.embed_html(german)
    assert "Ein kurzer Rat." in embed_code.embed_html(german)
