"""Why people leave, if they tell us. Writes LeaveReason."""

from uuid import UUID

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from preferences.errors import NotAllowed
from preferences.models import Address, LeaveReason, Topic


def give(
    address: Address, topic: Topic | None, *, reason: str = "", words: str = "", origin: UUID | None = None
) -> LeaveReason | None:
    """Keep what the person said after leaving; nothing said is nothing kept."""
    if not reason and not words.strip():
        return None
    return LeaveReason.objects.create(address=address, topic=topic, reason=reason, words=words.strip(), origin=origin)


@transaction.atomic
def review(reason: LeaveReason, *, by: User, finding: str) -> LeaveReason:
    """Somebody says they never signed up: a colleague looked into it and found this. Raises NotAllowed."""
    reason = LeaveReason.objects.select_for_update(of=["self"]).select_related("address", "topic").get(pk=reason.pk)
    if reason.reason != LeaveReason.Reason.NEVER_SIGNED_UP:
        raise NotAllowed(_("Only “I never signed up for this” is looked into. There is nothing to record here."))
    if reason.reviewed_at:
        raise NotAllowed(_("This was looked into already. Read what was found below."))
    if not finding.strip():
        raise NotAllowed(_("Write down what you found: what shows that they signed up, or that nobody asked them."))
    reason.reviewed_at, reason.reviewed_by, reason.finding = timezone.now(), by, finding.strip()[:1000]
    reason.save(update_fields=["reviewed_at", "reviewed_by", "finding"])
    return reason
