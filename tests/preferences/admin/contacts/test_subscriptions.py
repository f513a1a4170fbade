"""Suppressions: what a colleague may lift, and what nobody may but the person."""

from django.urls import reverse

from preferences.consent import service as consent
from preferences.consent import suppressions
from preferences.models import Source, Suppression


def test_a_bounce_is_lifted_with_a_reason_and_a_stop_never(support, subscriber, topic):
    bounced = suppressions.suppress(subscriber, Suppression.Reason.BOUNCED)
    stopped = consent.withdraw_all(subscriber, sender=topic.sender, source=Source.UNSUBSCRIBE_PAGE)

    support.post(reverse("admin:preferences_suppression_lift", args=[bounced.pk]), {"because": "New mailbox"})
    answer = support.post(reverse("admin:preferences_suppression_lift", args=[stopped.pk]), {"because": "Please"})

    assert Suppression.objects.in_force().get() == stopped
    assert "Only the person can undo this" in answer.content.decode()


def test_lifting_without_a_reason_says_what_is_missing(support, subscriber):
    bounced = suppressions.suppress(subscriber, Suppression.Reason.BOUNCED)

    answer = support.post(reverse("admin:preferences_suppression_lift", args=[bounced.pk]), {"because": " "})

    assert "Enter why this address can be contacted again" in answer.content.decode()
    assert Suppression.objects.in_force().exists()
