"""Replies we owe because of what a person did, for tests."""

from uuid import uuid4

from django.utils import timezone

from preferences.collection import consent_forms, offline_consent
from preferences.consent import service as consent
from preferences.consent.evidence import Proof
from preferences.models import ConsentForm, Method, ServiceMessage, Source
from preferences.outbox import service as outbox
from tests import factories

Kind = ServiceMessage.Kind


def owed(address, kind, topic):
    """The reply of this kind, owed because of what the person did."""
    notice = topic.notices.get(language="en")
    asked = consent.ask(address, [notice], source=Source.SIGN_UP)
    if kind in (Kind.CONFIRM, Kind.REMINDER):
        return address.service_messages.get(kind=kind, interaction_id=asked.interaction_id)
    consent.confirm(asked)
    OWE[kind](address, topic)
    return address.service_messages.get(kind=kind)


def changed_by_staff(address, topic):
    """A colleague wrote down that this person agreed to another topic of the same sender."""
    other = factories.TopicFactory(sender=topic.sender, name="Offers")
    said = {"source": Source.STAFF, "method": Method.VERBAL, "by": factories.UserFactory()}
    consent.grant(address, other, notice=other.notices.get(), **said)


def written_down(address, topic):
    """A colleague wrote down what this person had handed in on paper."""
    other = factories.TopicFactory(sender=topic.sender)
    paper = ConsentForm.objects.create(kind="paper", slug="front-desk", name="Front desk", sender=topic.sender)
    paper.topics.add(other)
    words = {"title": "May we write?", "intro": "Let me read this to you.", "thank_you": "So it is yes."}
    form = consent_forms.publish(paper, language="en", **words)
    proof, by = Proof(words="Signed at the front desk."), factories.UserFactory()
    offline_consent.record_consent(address, [other], form=form, said_at=timezone.now(), proof=proof, by=by)


OWE = {
    Kind.SUBSCRIBED: lambda address, topic: None,
    Kind.UNSUBSCRIBED: lambda address, topic: consent.withdraw(address, topic, source=Source.UNSUBSCRIBE_PAGE),
    Kind.HELP: lambda address, topic: outbox.enqueue(
        address, Kind.HELP, sender=topic.sender, interaction_id=address.reference
    ),
    Kind.SECURE_LINK: lambda address, topic: outbox.enqueue_secure_link(address),
    Kind.CHANGED: lambda address, topic: changed_by_staff(address, topic),
    Kind.OFFLINE_CONSENT: lambda address, topic: written_down(address, topic),
    Kind.NEW_ADDRESS: lambda address, topic: outbox.enqueue(
        address, Kind.NEW_ADDRESS, sender=topic.sender, interaction_id=uuid4()
    ),
}
