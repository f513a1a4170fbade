"""Replies we owe because of what a person did, for tests."""

from preferences import consent, replies
from preferences.models import Reply, Source

Kind = Reply.Kind


def owed(address, kind, topic):
    """The reply of this kind, owed because of what the person did."""
    notice = topic.notices.get(language="en")
    asked = consent.ask(address, [notice], source=Source.SIGN_UP)
    if kind in (Kind.CONFIRM, Kind.REMINDER):
        return address.replies.get(kind=kind, act=asked.act)
    consent.confirm(asked)
    OWE[kind](address, topic)
    return address.replies.get(kind=kind)


OWE = {
    Kind.SIGNED_UP: lambda address, topic: None,
    Kind.OPTED_OUT: lambda address, topic: consent.withdraw(address, topic, source=Source.LEAVE),
    Kind.HELP: lambda address, topic: replies.owe(address, Kind.HELP, sender=topic.sender, act=address.reference),
    Kind.LINK: lambda address, topic: replies.owe_link(address),
}
