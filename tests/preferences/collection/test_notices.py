"""The words we ask with are published once and never edited."""

import pytest
from django.db import DatabaseError, connection, transaction

from preferences.collection import notices
from preferences.errors import NotAllowed
from preferences.models import Notice
from tests import factories

pytestmark = pytest.mark.django_db


def test_a_change_is_a_new_version(topic, author):
    second = notices.publish(topic, by=author, kind_of_messages="Two short tips.")

    assert (second.version, Notice.objects.current(topic, "en")) == (2, second)
    assert topic.notices.get(version=1).kind_of_messages == topic.description


@pytest.mark.parametrize(("slot", "named"), [("frequency", "frequency"), ("privacy_url", "privacy policy")])
def test_publishing_is_refused_while_a_required_slot_is_empty(topic, slot, named):
    with pytest.raises(NotAllowed, match=named):
        notices.publish(topic, **{slot: " "})


def test_somebody_who_reads_another_language_is_asked_in_english_until_there_is_a_translation(topic):
    english = Notice.objects.current(topic, "es")
    spanish = notices.publish(topic, language="es", kind_of_messages="Un consejo corto.")

    assert english.language == "en"
    assert Notice.objects.current(topic, "es") == spanish


def test_a_topic_without_a_notice_asks_nobody():
    assert Notice.objects.current(factories.TopicFactory(notice=False), "en") is None


def test_the_database_refuses_to_change_a_notice(topic):
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        connection.cursor().execute("UPDATE preferences_notice SET frequency = 'daily'")
