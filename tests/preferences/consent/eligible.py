"""The addresses that a topic may be sent to, for tests."""

from preferences.consent import eligibility
from preferences.models import Address


def addresses(topic, channel):
    """Those on this channel without any exclusion reason."""
    return eligibility.with_objections(Address.objects.filter(channel=channel), topic).filter(objection="")
