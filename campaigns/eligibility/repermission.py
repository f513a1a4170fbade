"""Asking again before a permission ends: whom, once for each consent, and what silence means. Writes Campaign drafts.

The question is an ordinary campaign of its own kind: a second person reads it, and each message is judged like any
other. Who does not answer within 30 days gets nothing more.
"""

import json
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import islice

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
from preferences.consent import service as consent
from preferences.consent.expiry import Ending
from preferences.errors import NotAllowed
from preferences.models import Address, Channel, ConsentEvent, Inbound, Reply, Source, Subscription, Topic
from preferences.outbox import send_fence

Status = Message.Status
ASKS = Campaign.Kind.REPERMISSION
SILENCE = timedelta(days=30)
REACHED = (Status.SENT, Status.UNKNOWN, Status.HANDING_OVER)
ON_ITS_WAY = (Status.QUEUED, Status.CLAIMED, Status.WAITING)
CLOSED = (Campaign.Status.FINISHED, Campaign.Status.CANCELLED)
NOT_THEIRS = (Source.SYSTEM, Source.PROVIDER, Source.IMPORT)
LISTED = {"sqlite": "SELECT value FROM json_each(%s)", "postgresql": "SELECT unnest(%s::bigint[])"}
CHUNK = 1_000


def objections(topic: Topic, campaign: Campaign, *, among: QuerySet[Address] | None = None) -> dict[str, Q]:
    """Why somebody is not asked again: it does not end soon, it carries no question any more, or they were asked."""
    ending: list[int] = []
    over: list[int] = []
    for one in expiry.coming(topic=topic, channel=campaign.channel, among=among):
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
    told = Reply.objects.filter(
        kind=Reply.Kind.WRITTEN_DOWN, address=OuterRef("pk"), act=Subquery(granted.values("granted__act")[:1])
    ).exclude(status__in=[Reply.Status.DROPPED, Reply.Status.FAILED])
    return Q(Exists(asked)) | Q(Exists(told))


@transaction.atomic
def draft(topic: Topic, channel: str, *, by: User) -> Campaign:
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
    campaign.subject, campaign.body = words(campaign, languages)
    audit.save(campaign, by=by)
    return campaign


def reached(topic: Topic, channel: str) -> int:
    """How many people a question would go to now."""
    return sum(_asked_now(Campaign(topic=topic, channel=channel, kind=ASKS)).values())


def _languages(campaign: Campaign) -> list[str]:
    """What those who would be asked speak, the most spoken first."""
    counted = _asked_now(campaign)
    return sorted(counted, key=lambda language: (-counted[language], language))


def _asked_now(campaign: Campaign) -> dict[str, int]:
    topic, crowd = campaign.topic, Address.objects.filter(channel=campaign.channel)
    also = {**objections(topic, campaign), **frequency_caps.objections(topic)}
    allowed = eligibility.judged(crowd, topic, also=also).filter(objection="").order_by()
    return dict(allowed.values("contact__language").annotate(n=Count("pk")).values_list("contact__language", "n"))


def words(campaign: Campaign, languages: list[str]) -> tuple[str, str]:
    """Subject and text of the question. A mail says it in every language they speak; a text has room for one."""
    if campaign.channel == Channel.SMS:
        return "", _in("en", _text)
    subject = _in(languages[0], _subject) % {"topic": campaign.topic.name}
    return subject, "\n\n---\n\n".join(dict.fromkeys(_in(language, _mail) for language in languages))


def _in(language: str, write) -> str:
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


def end_due() -> int:
    """Write down what is over, and what nobody kept; how many ended. Harmless twice."""
    now = timezone.now()
    return expiry.end_due(spared=_may_still_answer, at=now) + sum(_end_silent(pk, now) for pk in _ids(silent(now)))


def _may_still_answer(endings: list[Ending]) -> set[int]:
    """Those of whom the question is on its way, or not yet 30 days old."""
    asked = Message.objects.filter(
        Q(status__in=ON_ITS_WAY) | Q(status__in=REACHED, handed_over_at__gt=timezone.now() - SILENCE),
        address__subscriptions=OuterRef("pk"),
        campaign__topic=OuterRef("topic"),
        campaign__kind=ASKS,
        event__gte=OuterRef("granted"),
    )
    rows = Subscription.objects.filter(pk__in=_listed(one.subscription for one in endings))
    return set(rows.filter(Exists(asked)).values_list("pk", flat=True))


def silent(at: datetime) -> QuerySet[Message]:
    """Questions that arrived 30 days ago, and to which nothing was said since."""
    stands = expiry.running().filter(
        address=OuterRef("address"), topic=OuterRef("campaign__topic"), granted__lte=OuterRef("event")
    )
    said = ConsentEvent.objects.filter(
        Q(topic=OuterRef("campaign__topic")) | Q(topic=None),
        address=OuterRef("address"),
        recorded_at__gte=OuterRef("handed_over_at"),
    ).exclude(source__in=NOT_THEIRS)
    unread = Inbound.objects.filter(
        address=OuterRef("address"),
        due_at__isnull=False,
        decided_at=None,
        received_at__gte=OuterRef("handed_over_at"),
    )
    asked = Message.objects.filter(campaign__kind=ASKS, status=Status.SENT, handed_over_at__lte=at - SILENCE)
    return asked.filter(Exists(stands)).exclude(Q(Exists(said)) | Q(Exists(unread))).order_by("pk")


@transaction.atomic
def _end_silent(message_id: int, at: datetime) -> bool:
    """Looked at again under the lock: they may be answering this very moment."""
    message = Message.objects.select_related("address", "campaign__topic").get(pk=message_id)
    address = send_fence.hold(message.address)
    if not silent(at).filter(pk=message_id).exists():
        return False
    consent.expire(address, message.campaign.topic)
    return True


def _ids(rows: QuerySet[Message]) -> Iterator[int]:
    last = 0
    while chunk := list(islice(rows.filter(pk__gt=last).values_list("pk", flat=True), CHUNK)):
        yield from chunk
        last = chunk[-1]
