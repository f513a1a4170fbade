"""Topics: how the words we ask with are published."""

from django.urls import reverse

from preferences.consent import opt_out_reasons
from preferences.consent import service as consent
from preferences.models import Notice, Source


def test_a_notice_is_published_in_the_words_on_the_page(administrator, topic):
    button = reverse("admin:preferences_topic_publish_notice", args=[topic.pk])
    words = administrator.get(button).context["form"].initial | {"language": "es", "frequency": "Dos al mes"}

    administrator.post(button, words)

    notice = Notice.objects.current(topic, "es")
    assert (notice.frequency, notice.published_by) == ("Dos al mes", administrator.colleague)


def test_an_empty_slot_stops_publishing_with_its_sentence(administrator, topic):
    button = reverse("admin:preferences_topic_publish_notice", args=[topic.pk])
    words = administrator.get(button).context["form"].initial | {"language": "en", "how_to_unsubscribe": ""}

    answer = administrator.post(button, words)

    assert "cannot be published: fill in how to unsubscribe" in answer.content.decode()
    assert Notice.objects.count() == 1


def test_staff_see_how_many_left_a_topic_and_why(administrator, topic, subscriber):
    consent.withdraw(subscriber, topic, source=Source.UNSUBSCRIBE_PAGE)
    opt_out_reasons.record_reason(subscriber, topic, reason="never_signed_up")

    page = administrator.get(reverse("admin:preferences_topic_change", args=[topic.pk])).content.decode()

    assert "1 address opted out." in page
    assert "I never signed up for this" in page


def test_a_new_topic_has_nobody_who_could_have_left(administrator):
    page = administrator.get(reverse("admin:preferences_topic_add")).content.decode()

    assert "Opt-outs and reasons" not in page
