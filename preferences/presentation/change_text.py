"""One change in plain words, whoever made it: what is different now, who did it, and when. Reads only.

For somebody who is told of a change that they may not have made themselves. What a person chose is described by
consent_history_text.py.
"""

from datetime import datetime

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from preferences.geo import local_time
from preferences.models import Basis, ConsentEvent, Contact, Source, Subscription, Topic

EventKind = ConsentEvent.Kind

TOPIC_SENTENCES = {
    EventKind.ASKED: gettext_lazy("Sign-up for %(topic)s is waiting to be confirmed."),
    EventKind.GRANTED: gettext_lazy("Subscribed to %(topic)s."),
    EventKind.REFUSED: gettext_lazy("Unsubscribed from %(topic)s."),
    EventKind.WITHDRAWN: gettext_lazy("Unsubscribed from %(topic)s."),
    EventKind.PAUSED: gettext_lazy("%(topic)s is paused until %(day)s."),
    EventKind.RESUMED: gettext_lazy("The pause on %(topic)s has ended."),
    EventKind.EXPIRED: gettext_lazy("Your consent to %(topic)s has expired."),
    EventKind.INVALIDATED: gettext_lazy("Unsubscribed from %(topic)s, because there was no consent."),
}
OVERALL_SENTENCES = {
    EventKind.WITHDRAWN: gettext_lazy("Unsubscribed from everything."),
    EventKind.PAUSED: gettext_lazy("Everything is paused until %(day)s."),
    EventKind.RESUMED: gettext_lazy("The pause on all topics has ended."),
}


def change_sentence(event: ConsentEvent, contact: Contact) -> str:
    """What is different now."""
    if event.kind == EventKind.LIMITED:
        return _cap_sentence(event)
    words = TOPIC_SENTENCES[EventKind(event.kind)] if event.topic else OVERALL_SENTENCES[EventKind(event.kind)]
    return str(words) % {
        "topic": event.topic,
        "day": local_time.format_day(event.until, contact) if event.until else "",
    }


def affected_topics(event: ConsentEvent) -> list[Topic]:
    """Which topics a change of everything reached; a change of one topic names it itself."""
    if event.topic_id:
        return []
    rows = Subscription.objects.filter(event=event).select_related("topic").order_by("topic__name")
    return [row.topic for row in rows]


def actor_label(event: ConsentEvent) -> str:
    """Who made it, as far as we can tell. Fits after a colon."""
    if event.basis != Basis.EXPRESS and event.source == Source.IMPORT:
        return _("our staff, from a list of customers, members or people who contacted us")
    return str(Source(event.source).traits.change_actor)


def moment_label(moment: datetime, contact: Contact) -> str:
    """Day and hour where the person lives, with the name of the time zone."""
    local = moment.astimezone(local_time.time_zone_of(contact))
    return f"{formats.date_format(local, 'DATETIME_FORMAT')} ({local.tzname()})"


def _cap_sentence(event: ConsentEvent) -> str:
    most, named = event.most_per_month, {"topic": event.topic, "number": event.most_per_month}
    if most is None:
        limitless = _("The limit on %(topic)s was removed."), _("The limit on all messages was removed.")
        return limitless[event.topic is None] % named
    if event.topic:
        return (
            ngettext(
                "%(topic)s: at most %(number)s message in 30 days.",
                "%(topic)s: at most %(number)s messages in 30 days.",
                most,
            )
            % named
        )
    return (
        ngettext(
            "All topics: at most %(number)s message in 30 days.",
            "All topics: at most %(number)s messages in 30 days.",
            most,
        )
        % named
    )
