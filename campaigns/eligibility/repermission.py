"""Asking again before a permission ends: whom, once for each consent, and what silence means.

The question is an ordinary campaign of its own kind: a second person reads it, and each message is evaluated like any
other. Who does not answer within 30 days gets nothing more.

Writes: Campaign.
"""

import json
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import islice

from django.conf import settings
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.expressions import RawSQL
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from campaigns.eligibility import frequency_caps
from campaigns.models import Campaign, Message
from preferences import audit
from preferences.consent import eligibility, expiry
from preferences.consent import endings as consent_endings
from preferences.consent.expiry import ConsentExpiry
from preferences.errors import NotAllowed
from preferences.models import (
    NOT_SAID_TO_US,
    Address,
    Channel,
    ConsentEvent,
    InboundMessage,
    ServiceMessage,
    Subscription,
    Topic,
)
from preferences.outbox import send_fence

MessageStatus = Message.Status
ASKS = Campaign.Kind.REPERMISSION
ANSWER_WITHIN = timedelta(days=30)
REACHED = (MessageStatus.SENT, MessageStatus.UNKNOWN, MessageStatus.SENDING)
ON_ITS_WAY = (MessageStatus.QUEUED, MessageStatus.LEASED, MessageStatus.WAITING)
CLOSED = (Campaign.Status.FINISHED, Campaign.Status.CANCELLED)
LISTED = {"sqlite": "SELECT value FROM json_each(%s)", "postgresql": "SELECT unnest(%s::bigint[])"}
CHUNK = 1_000


def repermission_objections(
    topic: Topic, campaign: Campaign, *, among: QuerySet[Address] | None = None
) -> dict[str, Q]:
    """Why somebody is not asked again: it does not end soon, it carries no question any more, or they were asked."""
    ending: list[int] = []
    over: list[int] = []
    for one in expiry.expiring(topic=topic, channel=campaign.channel, among=among):
        (ending if one.is_carrying else over).append(one.address)
    return {
        "carries_no_question": Q(pk__in=_listed(over)),
        "not_ending": ~Q(pk__in=_listed(ending)),
        "already_asked": _asked_before(topic, campaign),
    }


def _listed(ids: Iterable[int]) -> RawSQL:
    """Any number of ids as one parameter."""
    numbers = sorted(ids)
    listed = json.dumps(numbers) if connection.vendor == "sqlite" else numbers
    return RawSQL(LISTED[connection.vendor], [listed])  # noqa: S611 our own words, the ids as a parameter


def _asked_before(topic: Topic, campaign: Campaign) -> Q:
    """Another campaign asked about this very consent, or is about to; or we asked when it was written down."""
    granted = Subscription.objects.filter(address=OuterRef("address"), topic=topic)
    earlier = Q(campaign__lt=campaign.pk) if campaign.pk else Q()
    asked = Message.objects.filter(
        Q(status__in=REACHED) | (Q(status__in=ON_ITS_WAY) & earlier),
        address=OuterRef("pk"),
        campaign__kind=ASKS,
        campaign__topic=topic,
        event__gte=Subquery(granted.values("granted")[:1]),
    )
    asked = asked.exclude(campaign=campaign.pk) if campaign.pk else asked
    told = ServiceMessage.objects.filter(
        kind=ServiceMessage.Kind.OFFLINE_CONSENT,
        address=OuterRef("pk"),
        interaction_id=Subquery(granted.values("granted__interaction_id")[:1]),
    ).exclude(status__in=[ServiceMessage.Status.CANCELLED, ServiceMessage.Status.FAILED])
    return Q(Exists(asked)) | Q(Exists(told))


@transaction.atomic
def draft_campaign(topic: Topic, channel: str, *, by: User) -> Campaign:
    """A draft that asks everybody whose permission for this ends soon. Raises NotAllowed when that is nobody."""
    campaign = Campaign(
        name=_("Consent renewal: %(topic)s") % {"topic": topic}, topic=topic, channel=channel, kind=ASKS, author=by
    )
    if open_one := Campaign.objects.filter(topic=topic, channel=channel, kind=ASKS).exclude(status__in=CLOSED).first():
        raise NotAllowed(_("“%(name)s” is already asking them. Finish or cancel it first.") % {"name": open_one})
    languages = _languages(campaign)
    if not languages:
        raise NotAllowed(
            _("There is nobody to ask: either no consent expires soon, or everyone has already been asked.")
        )
    campaign.subject, campaign.body = question_texts(campaign, languages)
    audit.save_with_history(campaign, by=by)
    return campaign


def count_recipients(topic: Topic, channel: str) -> int:
    """How many people a question would go to now."""
    return sum(_asked_now(Campaign(topic=topic, channel=channel, kind=ASKS)).values())


def _languages(campaign: Campaign) -> list[str]:
    """What those who would be asked speak, the most spoken first."""
    counted = _asked_now(campaign)
    return sorted(counted, key=lambda language: (-counted[language], language))


def _asked_now(campaign: Campaign) -> dict[str, int]:
    topic, crowd = campaign.topic, Address.objects.filter(channel=campaign.channel)
    also = {**repermission_objections(topic, campaign), **frequency_caps.cap_objections(topic)}
    allowed = eligibility.with_objections(crowd, topic, also=also).filter(objection="").order_by()
    return dict(allowed.values("contact__language").annotate(n=Count("pk")).values_list("contact__language", "n"))


def question_texts(campaign: Campaign, languages: list[str]) -> tuple[str, str]:
    """Subject and text of the question. A mail says it in every language they speak; a text has room for one."""
    if campaign.channel == Channel.SMS:
        return "", _in_language(settings.LANGUAGE_CODE, _text)
    subject = _in_language(languages[0], _subject) % {"topic": campaign.topic.name}
    return subject, "\n\n---\n\n".join(dict.fromkeys(_in_language(language, _mail) for language in languages))


def _in_language(language: str, write) -> str:
    with translation.override(language):
        return write()


def _subject() -> str:
    return _("Do you want to stay subscribed to “%(topic)s”?")


def _mail() -> str:
    return _(
        "Hello,\n\nyou receive “{{ topic }}” from {{ sender }}. Your consent to it expires soon, "
        "so we ask you: do you want to stay subscribed?\n\nUse the link below to stay subscribed. "
        "If you do nothing, your subscription ends after 30 days. We ask only this once."
    )


def _text() -> str:
    return _("Do you still want {{ topic }}? If not renewed, it ends in 30 days.")


def expire_due() -> int:
    """Write down what is over, and what nobody kept; how many ended. Harmless twice."""
    now = timezone.now()
    return expiry.expire_due(spared=_may_still_answer, at=now) + sum(
        _expire_unanswered(pk, now) for pk in _ids(unanswered_questions(now))
    )


def _may_still_answer(endings: list[ConsentExpiry]) -> set[int]:
    """Those of whom the question is on its way, or not yet 30 days old."""
    asked = Message.objects.filter(
        Q(status__in=ON_ITS_WAY) | Q(status__in=REACHED, sent_to_provider_at__gt=timezone.now() - ANSWER_WITHIN),
        address__subscriptions=OuterRef("pk"),
        campaign__topic=OuterRef("topic"),
        campaign__kind=ASKS,
        event__gte=OuterRef("granted"),
    )
    rows = Subscription.objects.filter(pk__in=_listed(one.subscription for one in endings))
    return set(rows.filter(Exists(asked)).values_list("pk", flat=True))


def unanswered_questions(at: datetime) -> QuerySet[Message]:
    """Questions that arrived 30 days ago, and to which nothing was said since."""
    stands = expiry.running_consents().filter(
        address=OuterRef("address"), topic=OuterRef("campaign__topic"), granted__lte=OuterRef("event")
    )
    said = ConsentEvent.objects.filter(
        Q(topic=OuterRef("campaign__topic")) | Q(topic=None),
        address=OuterRef("address"),
        recorded_at__gte=OuterRef("sent_to_provider_at"),
    ).exclude(source__in=NOT_SAID_TO_US)
    unread = InboundMessage.objects.filter(
        address=OuterRef("address"),
        due_at__isnull=False,
        decided_at=None,
        received_at__gte=OuterRef("sent_to_provider_at"),
    )
    asked = Message.objects.filter(
        campaign__kind=ASKS, status=MessageStatus.SENT, sent_to_provider_at__lte=at - ANSWER_WITHIN
    )
    return asked.filter(Exists(stands)).exclude(Q(Exists(said)) | Q(Exists(unread))).order_by("pk")


@transaction.atomic
def _expire_unanswered(message_id: int, at: datetime) -> bool:
    """Looked at again under the lock: they may be answering this very moment."""
    message = Message.objects.select_related("address", "campaign__topic").get(pk=message_id)
    address = send_fence.lock_address(message.address)
    if not unanswered_questions(at).filter(pk=message_id).exists():
        return False
    consent_endings.expire(address, message.campaign.topic)
    return True


def _ids(rows: QuerySet[Message]) -> Iterator[int]:
    last = 0
    while chunk := list(islice(rows.filter(pk__gt=last).values_list("pk", flat=True), CHUNK)):
        yield from chunk
        last = chunk[-1]
