"""At which hour a text we owe somebody may reach them.

What answers their own act within five minutes goes at any hour, as they are awake. What comes later, or tells of
something they did not do themselves, keeps the hours of informational texts where they are (47 CFR
64.1200(a)(12), (c)(1)).
"""

from datetime import datetime, timedelta

from django.utils import timezone

from preferences.geo import jurisdictions
from preferences.models import Channel, ConsentEvent, Reply, Source, Topic
from preferences.rulebook import book as rulebook
from preferences.rulebook import sending_hours

AT_ONCE = timedelta(minutes=5)
LOOK_AGAIN = timedelta(hours=1)  # where nobody knows which hour it is there
NOT_THEIR_OWN = (Source.STAFF, Source.IMPORT, Source.SYSTEM)


def opens(reply: Reply) -> datetime:
    """From when on this reply may go: now, or the next moment at which a text is welcome there."""
    now = timezone.now()
    if reply.address.channel != Channel.SMS or _answers_at_once(reply, now):
        return now
    number, sender = reply.address.normal_form or "", reply.sender.country
    place = jurisdictions.of(reply.address.contact, number=number, sender_country=sender)
    places = place.jurisdictions or frozenset({rulebook.ELSEWHERE})
    terms = rulebook.book().at(places, Channel.SMS, Topic.Purpose.INFORMATIONAL, now)
    return sending_hours.opens(terms.window, place.zones, now, terms.holidays) or now + LOOK_AGAIN


def _answers_at_once(reply: Reply, now: datetime) -> bool:
    if now - reply.owed_at > AT_ONCE:
        return False
    return not ConsentEvent.objects.filter(act=reply.act, source__in=NOT_THEIR_OWN).exists()
