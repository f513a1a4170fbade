"""At which hour a text we owe somebody may reach them.

What answers their own act within five minutes goes at any hour, as they are awake. What comes later, or tells of
something they did not do themselves, keeps the hours of informational texts where they are (47 CFR
64.1200(a)(12), (c)(1)).
"""

from datetime import datetime, timedelta

from django.utils import timezone

from preferences.geo import jurisdictions
from preferences.models import RECORDED_BY_STAFF, Channel, ConsentEvent, ServiceMessage, Source, SourceKind, Topic
from preferences.rulebook import book as rulebook
from preferences.rulebook import sending_hours

IMMEDIATE_FOR = timedelta(minutes=5)
RECHECK_AFTER = timedelta(hours=1)  # where nobody knows which hour it is there
NOT_THEIR_OWN = RECORDED_BY_STAFF | Source.of_kind(SourceKind.SYSTEM)


def earliest_send_at(service_message: ServiceMessage) -> datetime:
    """From when on this reply may go: now, or the next moment at which a text is welcome there."""
    now = timezone.now()
    if service_message.address.channel != Channel.SMS or _is_immediate_answer(service_message, now):
        return now
    number, sender = service_message.address.normal_form or "", service_message.sender.country
    place = jurisdictions.locate_contact(service_message.address.contact, number=number, sender_country=sender)
    places = place.jurisdictions or frozenset({rulebook.ELSEWHERE})
    terms = rulebook.current_rulebook().at(places, Channel.SMS, Topic.Purpose.INFORMATIONAL, now)
    return sending_hours.next_opening(terms.window, place.zones, now, terms.holidays) or now + RECHECK_AFTER


def _is_immediate_answer(service_message: ServiceMessage, now: datetime) -> bool:
    if now - service_message.queued_at > IMMEDIATE_FOR:
        return False
    return not ConsentEvent.objects.filter(
        interaction_id=service_message.interaction_id, source__in=NOT_THEIR_OWN
    ).exists()
