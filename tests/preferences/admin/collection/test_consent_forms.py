"""Sign-up pages in the back office: composed, previewed, published, pasted elsewhere, retired."""

import pytest
from django.urls import reverse

from preferences.collection import consent_forms
from preferences.models import ConsentForm, ConsentFormVersion
from tests import factories, roles

WORDS = {"language": "en", "title": "Stay well", "intro": "Short tips.", "thank_you": "Thank you."}


@pytest.fixture
def page(topic):
    return factories.ConsentFormFactory(sender=topic.sender, topics=[topic], slug="welcome")


def url(name, *args):
    return reverse(f"admin:preferences_consentform_{name}", args=args)


def compose(client, topic, **answers):
    about = {"name": "Welcome", "slug": "welcome", "kind": "page", "sender": topic.sender.pk, "topics": [topic.pk]}
    return client.post(url("add"), about | answers, follow=True)


def test_a_page_is_composed_of_a_senders_topics(administrator, topic):
    compose(administrator, topic)

    page = ConsentForm.objects.get()
    assert (page.slug, page.sender, list(page.topics.all())) == ("welcome", topic.sender, [topic])


@pytest.mark.parametrize(
    ("answers", "sentence"),
    [
        ({"topics": []}, "Choose at least one topic"),
        ({"slug": "two words"}, "valid “slug”"),
        ({"slug": ""}, "required"),
        ({"name": "x" * 101}, "at most 100"),
    ],
)
def test_what_is_missing_gets_a_sentence(administrator, topic, answers, sentence):
    answer = compose(administrator, topic, **answers)

    assert sentence in answer.content.decode()
    assert not ConsentForm.objects.exists()


def test_topics_of_another_sender_are_refused_with_their_name(administrator, topic):
    other = factories.TopicFactory(name="Not theirs")

    answer = compose(administrator, topic, topics=[topic.pk, other.pk])

    assert "Not theirs is not a topic of Harbour Clinic" in answer.content.decode()
    assert not ConsentForm.objects.exists()


def test_what_links_and_versions_refer_to_is_chosen_once(administrator, page, topic):
    other = factories.SenderFactory()
    change = {"name": "Hello", "slug": "other", "sender": other.pk, "kind": "paper", "topics": [topic.pk]}
    inline = {"versions-TOTAL_FORMS": "0", "versions-INITIAL_FORMS": "0"}

    administrator.post(
        url("change", page.pk), change | inline | {"retired_at_0": "2026-01-01", "retired_at_1": "10:00"}
    )

    page.refresh_from_db()
    assert (page.name, page.slug, page.sender, page.kind) == ("Hello", "welcome", topic.sender, "page")
    assert page.retired_at is None


def test_the_words_are_looked_at_before_they_are_published(administrator, page):
    answer = administrator.post(url("publish", page.pk), {**WORDS, "preview": "1"})

    shown = answer.context_data["preview"]
    assert "Stay well" in shown
    assert "The form is not published and cannot be sent." in shown
    assert "<form" not in shown
    assert 'srcdoc="&lt;!doctype html&gt;' in answer.content.decode()
    assert not ConsentFormVersion.objects.exists()


def test_the_words_on_the_page_are_published(administrator, client, page, notice):
    administrator.post(url("publish", page.pk), {**WORDS, "publish": "1"})

    version = page.versions.get()
    assert (version.title, version.notices, version.published_by) == (
        "Stay well",
        [notice.pk],
        administrator.colleague,
    )
    assert "Stay well" in client.get("/forms/welcome/").content.decode()


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ({"title": ""}, "fill in title"),
        ({"language": "xx"}, "valid choice"),
        ({"intro": "<b>bold</b>"}, "Use plain text"),
        ({"title": "x" * 151}, "at most 150"),
    ],
)
@pytest.mark.parametrize("button", ["preview", "publish"])
def test_what_cannot_be_published_says_why_on_the_page(administrator, page, words, sentence, button):
    answer = administrator.post(url("publish", page.pk), {**WORDS, **words, button: "1"})

    assert sentence in answer.content.decode()
    assert not ConsentFormVersion.objects.exists()


def test_the_html_to_paste_is_shown_as_text_to_copy(administrator, page):
    consent_forms.publish(page, **WORDS)

    shown = administrator.get(url("snippet", page.pk)).content.decode()

    assert "<textarea" in shown
    assert "&lt;form action=" in shown
    assert "/forms/welcome/embedded/" in shown


def test_a_page_is_retired_after_a_question(administrator, page):
    consent_forms.publish(page, **WORDS)

    administrator.post(url("retire", page.pk))

    page.refresh_from_db()
    assert page.retired_at
    assert page.history.first().history_user == administrator.colleague
    assert url("publish", page.pk) not in administrator.get(url("change", page.pk)).content.decode()


@pytest.mark.parametrize("state", ["Not published yet", "Published", "publish again", "Retired"])
def test_the_list_says_how_each_page_stands(administrator, page, topic, state):
    STATES[state](page, topic)

    assert state in administrator.get(url("changelist")).content.decode()


STATES = {
    "Not published yet": lambda page, topic: None,
    "Published": lambda page, topic: consent_forms.publish(page, **WORDS),
    "publish again": lambda page, topic: [
        consent_forms.publish(page, **WORDS),
        factories.notices.publish(topic, frequency="Daily"),
    ],
    "Retired": lambda page, topic: consent_forms.retire(page),
}


def test_a_version_is_looked_at_and_never_edited(administrator, page):
    version = consent_forms.publish(page, **WORDS)
    path = reverse("admin:preferences_consentformversion_change", args=[version.pk])

    administrator.post(path, {"title": "Changed"})

    shown = administrator.get(path).content.decode()
    assert version.digest in shown
    assert 'name="title"' not in shown
    assert ConsentFormVersion.objects.get().title == "Stay well"


@pytest.mark.parametrize("name", ["publish", "retire"])
def test_who_may_only_look_can_neither_publish_nor_retire(client, page, name):
    client.force_login(roles.colleague("auditor"))

    assert client.post(url(name, page.pk), {**WORDS, "publish": "1"}).status_code == 403
    assert client.get(url("change", page.pk)).status_code == 200
    page.refresh_from_db()
    assert (page.versions.count(), page.retired_at) == (0, None)


def test_the_list_asks_little_however_many_topics_a_page_has(administrator, page, topic, django_assert_max_num_queries):
    page.topics.add(*[factories.TopicFactory(sender=topic.sender, name=f"Topic {n}") for n in range(5)])
    consent_forms.publish(page, **WORDS)

    with django_assert_max_num_queries(14):
        administrator.get(url("changelist"))
