"""The words around the notices are published once and never edited."""

import pytest

from preferences.collection import consent_forms, notices
from preferences.errors import NotAllowed
from preferences.models import ConsentForm, ConsentFormVersion
from tests import factories

pytestmark = pytest.mark.django_db
WORDS = {"title": "Stay well", "intro": "Short tips.\n\nNo more than that.", "thank_you": "Thank you."}


@pytest.fixture
def page(topic):
    return factories.ConsentFormFactory(sender=topic.sender, topics=[topic])


def publish(page, language="en", **words):
    return consent_forms.publish(page, language=language, **{**WORDS, **words})


def test_a_version_holds_the_words_and_the_notices_of_today(page, notice, author):
    version = consent_forms.publish(page, language="en", by=author, **WORDS)

    assert (version.version, version.notices, version.published_by) == (1, [notice.pk], author)
    assert len(version.digest) == 64


def test_a_change_is_a_new_version_and_another_digest(page):
    first, second = publish(page), publish(page, title="Keep well")

    assert (first.version, second.version) == (1, 2)
    assert consent_forms.current(page, "en") == second
    assert ConsentFormVersion.objects.get(pk=first.pk).title == "Stay well"
    assert first.digest != second.digest


def test_a_new_notice_changes_the_digest_though_the_words_stay(page, topic):
    first = publish(page)
    notices.publish(topic, frequency="Every day")

    assert consent_forms.is_behind(first)
    assert publish(page).digest != first.digest


def test_a_published_version_cannot_be_changed(page):
    version = publish(page)
    version.title = "Something else"

    with pytest.raises(NotAllowed, match="add a new one"):
        version.save()


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ({"title": " "}, "fill in title"),
        ({"intro": ""}, "fill in introduction"),
        ({"thank_you": "\n"}, "fill in thank-you"),
        ({"title": "Two\nlines"}, "on one line"),
        ({"title": "x" * 151}, "150 characters"),
        ({"intro": "x" * 2001}, "2000 characters"),
        ({"intro": "<script>alert(1)</script>"}, "plain text"),
        ({"intro": "<!-- -->"}, "plain text"),
        ({"thank_you": "a</p>b"}, "plain text"),
        ({"title": "Stay \u202ellew"}, "invisible"),
        ({"intro": "nothing\x00here"}, "invisible"),
    ],
)
def test_words_that_are_missing_or_hostile_are_refused_with_a_sentence(page, words, sentence):
    with pytest.raises(NotAllowed, match=sentence):
        publish(page, **words)


@pytest.mark.parametrize("words", ["3 < 5, and 5 > 3 & so on", "🌊 Bleib gesund", "ابقَ بصحة جيدة", "A\r\n\r\nB"])
def test_plain_words_of_all_kinds_are_taken(page, words):
    assert publish(page, intro=words).intro == words.replace("\r\n", "\n")


@pytest.mark.parametrize(
    ("topic_is", "sentence"),
    [
        ({"is_public": False}, "not public"),
        ({"retired_at": "2026-01-01T00:00Z"}, "is retired"),
        ({"notice": False}, "no consent wording"),
    ],
)
def test_a_topic_nobody_may_be_asked_about_keeps_the_page_from_being_published(page, topic_is, sentence):
    page.topics.add(factories.TopicFactory(sender=page.sender, name="Secret", **topic_is))

    with pytest.raises(NotAllowed, match=f"Secret.*{sentence}"):
        publish(page)


def test_a_notice_in_another_language_is_not_enough(page, topic):
    with pytest.raises(NotAllowed, match="no consent wording in this language"):
        publish(page, "de")

    notices.publish(topic, language="de", kind_of_messages="Ein kurzer Rat.")

    assert publish(page, "de").language == "de"


def test_a_topic_of_another_sender_is_refused(page):
    page.topics.add(factories.TopicFactory(name="Not ours"))

    with pytest.raises(NotAllowed, match="Not ours is not a topic of"):
        publish(page)


def test_a_page_without_topics_is_refused():
    with pytest.raises(NotAllowed, match="at least one topic"):
        publish(factories.ConsentFormFactory())


def test_a_script_may_ask_about_a_topic_that_is_not_public(topic):
    topic.is_public = False
    topic.save()
    script = factories.ConsentFormFactory(kind=ConsentForm.Kind.SCRIPT, sender=topic.sender, topics=[topic])

    assert publish(script).version == 1


def test_a_retired_form_publishes_nothing_more_and_keeps_its_history(page, author):
    version = publish(page)
    retired = consent_forms.retire(page, by=author)

    assert consent_forms.retire(page).retired_at == retired.retired_at
    assert page.history.first().history_user == author
    assert list(page.versions.all()) == [version]
    with pytest.raises(NotAllowed, match="retired"):
        publish(page)


@pytest.mark.parametrize(("wanted", "spoken"), [("de", "de"), ("en", "en"), ("fr", "en")])
def test_people_see_their_language_or_else_english(page, topic, wanted, spoken):
    notices.publish(topic, language="de", kind_of_messages="Ein kurzer Rat.")
    publish(page)
    publish(page, "de")

    assert consent_forms.current(page, wanted).language == spoken


def test_people_see_any_language_when_there_is_no_english(page, topic):
    notices.publish(topic, language="de", kind_of_messages="Ein kurzer Rat.")
    publish(page, "de")

    assert consent_forms.current(page, "fr").language == "de"


def test_a_topic_that_was_closed_since_is_no_longer_offered(page, topic):
    other = factories.TopicFactory(sender=page.sender, name="Another")
    page.topics.add(other)
    version = publish(page)
    other.is_public = False
    other.save()

    assert [offered for offered, _notice in consent_forms.offered_topics(version)] == [topic]


def test_the_first_words_are_suggested_in_the_language_asked_for(page):
    assert consent_forms.suggest_texts(page, "en")["title"] == "Messages from Harbour Clinic"
    publish(page, title="Stay well")
    assert consent_forms.suggest_texts(page, "en")["title"] == "Stay well"


@pytest.mark.parametrize(
    "words", ["Thank you. 20% off today!", "Danke. Jetzt kaufen!", "Merci. Co\u200bde promo: WALK", "Cоupon inside"]
)
def test_what_confirms_does_not_sell(words, page):
    with pytest.raises(NotAllowed, match="must only confirm; it must not promote anything"):
        consent_forms.draft(page, language="en", title="Letters", intro="Choose.", thank_you=words)
