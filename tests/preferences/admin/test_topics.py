"""Topics: how the words we ask with are published."""

from django.urls import reverse

from preferences.models import Notice


def test_a_notice_is_published_in_the_words_on_the_page(administrator, topic):
    button = reverse("admin:preferences_topic_publish_notice", args=[topic.pk])
    words = administrator.get(button).context["form"].initial | {"language": "es", "frequency": "Dos al mes"}

    administrator.post(button, words)

    notice = Notice.objects.current(topic, "es")
    assert (notice.frequency, notice.published_by) == ("Dos al mes", administrator.colleague)


def test_an_empty_slot_stops_publishing_with_its_sentence(administrator, topic):
    button = reverse("admin:preferences_topic_publish_notice", args=[topic.pk])
    words = administrator.get(button).context["form"].initial | {"language": "en", "how_to_leave": ""}

    answer = administrator.post(button, words)

    assert "cannot be published: fill in how to leave" in answer.content.decode()
    assert Notice.objects.count() == 1
