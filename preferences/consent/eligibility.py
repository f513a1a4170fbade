"""May we write to this address about this topic? The one gate that every sender stands on.

One ordered set of named conditions. `eligible` filters the audience by none of them in one statement,
`objection` names the first that applies to one address, `counted` counts the audience by it.
"""

from typing import TYPE_CHECKING, TypedDict

from django.db.models import Case, Count, Exists, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Now

from preferences.models import Address, ConsentEvent, Subscription, Suppression, Topic

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

SubscriptionStatus = Subscription.Status
SuppressionReason = Suppression.Reason


class WithObjection(TypedDict):
    """What `evaluated` adds to each address."""

    objection: str


def objections(topic: Topic) -> dict[str, Q]:
    """The named reasons not to write about this topic, gravest first. Conditions on Address."""
    return {
        "erased": Q(erased_at__isnull=False)
        | Q(contact__erased_at__isnull=False)
        | _suppressed(topic, SuppressionReason.ERASED),
        "never_again": _suppressed(topic, SuppressionReason.PERMANENT),
        "complained": _suppressed(topic, SuppressionReason.COMPLAINED),
        "stopped": _suppressed(topic, SuppressionReason.STOPPED),
        "reassigned": _suppressed(topic, SuppressionReason.REASSIGNED),
        "restricted": Q(contact__restricted_at__isnull=False),
        "held": _suppressed(topic, SuppressionReason.HELD),
        "bounced": _suppressed(topic, SuppressionReason.BOUNCED),
        "topic_retired": _topic_is(topic, retired_at__isnull=False),
        "channel_not_offered": ~Q(channel__in=topic.channels),
        "not_confirmed": _subscribed(topic, SubscriptionStatus.PENDING),
        "paused": _subscribed(topic, SubscriptionStatus.PAUSED),
        "expired": _subscription(topic, expires_at__lte=Now()) | _ended_by(topic, ConsentEvent.Kind.EXPIRED),
        "invalidated": _ended_by(topic, ConsentEvent.Kind.INVALIDATED),
        "left": _subscribed(topic, SubscriptionStatus.ENDED),
        "never_subscribed": ~_subscription(topic),
    }


def first_objection(address: Address, topic: Topic) -> str:
    """The first reason not to write to this address about this topic; empty when there is none."""
    return with_objections(Address.objects.filter(pk=address.pk), topic).values_list("objection", flat=True).get()


def with_objections(
    addresses: QuerySet[Address], topic: Topic, *, also: dict[str, Q] | None = None
) -> "QuerySet[WithAnnotations[Address, WithObjection]]":
    """The addresses, each with its first `objection` (empty when there is none).

    `also` are the sender's own named conditions, asked after ours.
    """
    named = {**objections(topic), **(also or {})}
    whens = [When(condition, then=Value(name)) for name, condition in named.items()]
    return addresses.annotate(objection=Case(*whens, default=Value("")))


def counts_by_objection(topic: Topic, channel: str, *, also: dict[str, Q] | None = None) -> dict[str, int]:
    """How many addresses of this channel stand under each objection; under "" those we may write to."""
    crowd = with_objections(Address.objects.filter(channel=channel), topic, also=also).order_by()
    return dict(crowd.values("objection").annotate(people=Count("pk")).values_list("objection", "people"))


def _suppressed(topic: Topic, reason: str) -> Q:
    rows = Suppression.objects.in_force().filter(
        fingerprint=OuterRef("fingerprint"), reason=reason, scope__in=[Suppression.EVERYTHING, topic.purpose]
    )
    return Q(Exists(rows))


def _subscription(topic: Topic, **conditions: object) -> Q:
    return Q(Exists(Subscription.objects.filter(address=OuterRef("pk"), topic=topic, **conditions)))


def _subscribed(topic: Topic, status: str) -> Q:
    return _subscription(topic, status=status)


def _ended_by(topic: Topic, kind: str) -> Q:
    return _subscription(topic, status=SubscriptionStatus.ENDED, event__kind=kind)


def _topic_is(topic: Topic, **conditions: object) -> Q:
    return Q(Exists(Topic.objects.filter(pk=topic.pk, **conditions)))
