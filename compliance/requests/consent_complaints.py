"""Somebody left and says they never signed up: what we have on record, and what follows from it."""

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from preferences.consent import endings, opt_out_reasons
from preferences.consent.evidence import Proof
from preferences.errors import NotAllowed
from preferences.models import ConsentEvent, OptOutReason, Source, Subscription
from preferences.outbox import send_fence


def consent_record_for(reason: OptOutReason) -> QuerySet[ConsentEvent]:
    """Everything that address ever said about that topic, or about anything if they left everything; oldest first."""
    said = ConsentEvent.objects.filter(address=reason.address_id)
    if reason.topic_id:
        said = said.filter(Q(topic=reason.topic_id) | Q(topic=None))
    return said.select_related("topic", "notice__topic", "form__form", "by", "evidence").order_by("pk")


@transaction.atomic
def invalidate_for_complaint(reason: OptOutReason, *, by: User, finding: str) -> OptOutReason:
    """The consent on record was never theirs: it is invalidated, and the finding closes the review. Raises NotAllowed.

    The address is locked first, as everybody does who speaks for it.
    """
    address = send_fence.lock_address(reason.address)
    reason = opt_out_reasons.record_finding(reason, by=by, finding=finding)
    doubted = _unquestioned_subscriptions(reason)
    if not doubted:
        raise NotAllowed(_("There is no consent here to invalidate. Record the outcome instead."))
    for subscription in doubted:
        proof = Proof(words=reason.finding)
        endings.invalidate(address, subscription.topic, source=Source.STAFF, proof=proof, by=by)
    return reason


def _unquestioned_subscriptions(reason: OptOutReason) -> list[Subscription]:
    """What they had from us under a consent that nobody has called bad yet."""
    rows = Subscription.objects.filter(address=reason.address_id).select_related("topic", "event")
    rows = rows.filter(topic=reason.topic_id) if reason.topic_id else rows
    return list(rows.exclude(event__kind=ConsentEvent.Kind.INVALIDATED).order_by("pk"))
