"""All, or just one? Who stopped several topics by text may keep one of them, within a day; silence means all.

47 CFR 64.1200(a)(12): the one confirmation of a stop may ask how much was meant.
"""

from datetime import datetime, timedelta

from preferences.consent import expiry, ledger
from preferences.models import Address, ConsentEvent, Sender, ServiceMessage, Source, Subscription
from preferences.text import sms_segments

AGREED_KINDS = (Subscription.Status.ACTIVE, Subscription.Status.PAUSED)
KEEP_WINDOW = timedelta(hours=24)
MAX_OFFERED = 3
MAX_OFFER_LENGTH = 100  # characters; with the rest of the confirmation that is two segments


def ended_by_stop(address: Address, sender: Sender) -> list[Subscription]:
    """What this sender's texts were about before the person's own STOP ended them."""
    stopped = address.subscriptions.filter(
        status=Subscription.Status.ENDED,
        event__kind=ConsentEvent.Kind.WITHDRAWN,
        event__source=Source.SMS,
        topic__sender=sender,
        topic__by_sms=True,
        topic__retired_at=None,
    )
    in_order = stopped.select_related("address", "topic", "event").order_by("topic__name", "pk")
    return [row for row in in_order if _was_agreed(row)]


def restorable_subscription(
    address: Address, sender: Sender, keyword: str, *, said_at: datetime
) -> Subscription | None:
    """The one topic that KEEP and this keyword bring back, if its STOP is not older than a day."""
    since = said_at - KEEP_WINDOW
    rows = ended_by_stop(address, sender)
    return next((row for row in rows if _has_keyword(row, keyword) and row.event.occurred_at >= since), None)


def expiring_subscriptions(address: Address, sender: Sender, keyword: str) -> list[Subscription]:
    """What of this sender's texts ends soon: what KEEP keeps. With a keyword, just that topic."""
    rows = address.subscriptions.filter(status__in=AGREED_KINDS, granted__isnull=False, topic__sender=sender)
    in_order = rows.filter(topic__by_sms=True).select_related("address", "topic", "granted").order_by("pk")
    named = [row for row in in_order if not keyword or _has_keyword(row, keyword)]
    return [row for row in named if (soon := expiry.expiry_of(row)) and soon.days_left <= expiry.HORIZON]


def keep_offer_text(service_message: ServiceMessage) -> str:
    """What the confirmation of a STOP offers to keep, like "KEEP TIPS (Health tips), KEEP NEWS (News)".

    Empty when there was only one topic, or none with a keyword: then there is nothing to ask.
    """
    ended = [
        row.topic
        for row in ended_by_stop(service_message.address, service_message.sender)
        if row.event.interaction_id == service_message.interaction_id
    ]
    named = [topic for topic in ended if topic.keyword][:MAX_OFFERED]
    if len(ended) < 2 or not named:
        return ""
    in_full = ", ".join(f"KEEP {topic.keyword} ({topic.name})" for topic in named)
    short = ", ".join(f"KEEP {topic.keyword}" for topic in named)
    return in_full if len(in_full) <= MAX_OFFER_LENGTH and not sms_segments.costly_characters(in_full) else short


def _was_agreed(subscription: Subscription) -> bool:
    """Only what they had agreed to comes back, not a question that the STOP had closed."""
    return ledger.fold(subscription.address, subscription.topic, before=subscription.event) in AGREED_KINDS


def _has_keyword(subscription: Subscription, keyword: str) -> bool:
    return bool(keyword) and subscription.topic.keyword.casefold() == keyword.casefold()
