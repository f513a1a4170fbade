"""Do not send here, whatever the subscriptions say; and who may take that back.

Writes: Suppression.
"""

from datetime import datetime
from uuid import NAMESPACE_URL, UUID, uuid5

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from preferences import audit
from preferences.errors import NotAllowed
from preferences.models import Address, CancelReason, ServiceMessage, Suppression
from preferences.outbox import send_fence
from preferences.outbox import service as outbox

SuppressionReason = Suppression.Reason

# Who may lift what. The person's own "no" is lifted by nobody but the person; "never again" only by the person
# who was warned of what they take back (consent.confirm).
LIFTED_BY_THE_PERSON = frozenset(
    {
        SuppressionReason.STOPPED,
        SuppressionReason.ERASED,
        SuppressionReason.COMPLAINED,
        SuppressionReason.BOUNCED,
        SuppressionReason.REASSIGNED,
    }
)
LIFTED_BY_STAFF = frozenset(
    {SuppressionReason.BOUNCED}
)  # a hold ends when somebody has read the message (decisions.py)


@transaction.atomic
def suppress(
    address: Address,
    reason: str,
    *,
    scope: str = Suppression.EVERYTHING,
    detail: str = "",
    by: User | None = None,
) -> Suppression:
    """Do not send here any more, whatever the subscriptions say. Harmless twice."""
    address = Address.objects.select_for_update(no_key=True).get(pk=address.pk)
    if address.fingerprint is None:
        raise NotAllowed(_("This person's data was erased: there is no address left to block."))
    send_fence.wait_after_commit(address)
    outbox.cancel_queued(address, ServiceMessage.Kind.REMINDER, reason=CancelReason.SUPPRESSED)
    rows = Suppression.objects.of(address).in_force().filter(reason=reason, scope=scope)
    if standing := rows.first():
        return standing
    suppression = Suppression(
        fingerprint=address.fingerprint,
        channel=address.channel,
        reason=reason,
        scope=scope,
        detail=detail[:200],
    )
    audit.save_with_history(suppression, by=by)
    return suppression


@transaction.atomic
def lift_by_staff(suppression: Suppression, *, by: User, because: str) -> Suppression:
    """Staff lift a suppression, with a reason. Raises NotAllowed for everything that is the person's to lift."""
    suppression = Suppression.objects.select_for_update().get(pk=suppression.pk)
    if suppression.reason not in LIFTED_BY_STAFF:
        raise NotAllowed(_("Only the person can undo this, by signing up again and confirming it."))
    if not because.strip():
        raise NotAllowed(_("Enter why this address can be contacted again."))
    if suppression.lifted_at:
        return suppression
    lifted = _lift(suppression, because=because, by=by)
    _notify_person(lifted)
    return lifted


def staff_lift_acts(address: Address) -> set[UUID]:
    """The acts by which staff lifted something here. A lift is no word of the person, so it is not in the ledger."""
    rows = Suppression.objects.of(address).filter(channel=address.channel, lifted_by__isnull=False)
    return {_lift_act(row) for row in rows}


def _lift_act(lifted: Suppression) -> UUID:
    return uuid5(NAMESPACE_URL, f"lift:{lifted.pk}")


def _notify_person(lifted: Suppression) -> None:
    """Whoever gets something again, which had stopped without their doing, is told so. A hold was never noticed."""
    address = Address.objects.live().filter(fingerprint=lifted.fingerprint, channel=lifted.channel).first()
    if lifted.reason != SuppressionReason.BOUNCED or address is None or not address.subscriptions.active().exists():
        return
    stopped = Suppression.objects.of(address).in_force().exists()
    if not stopped and (sender := outbox.latest_sender(address)):
        outbox.enqueue(address, ServiceMessage.Kind.CHANGED, sender=sender, interaction_id=_lift_act(lifted))


def lift_by_person(address: Address, *, because: str, override_permanent: bool = False) -> None:
    """The person said yes again: what is theirs to lift is lifted."""
    theirs = LIFTED_BY_THE_PERSON | ({SuppressionReason.PERMANENT} if override_permanent else set())
    for suppression in Suppression.objects.of(address).in_force().filter(reason__in=theirs):
        _lift(suppression, because=because, by=None)


def lift_since(address: Address, moment: datetime, *, because: str) -> None:
    """A "stop" of that moment or later is taken back by the person who gave it."""
    stops = Suppression.objects.of(address).in_force().filter(reason=SuppressionReason.STOPPED, since__gte=moment)
    for suppression in stops:
        _lift(suppression, because=because, by=None)


def release_hold(address: Address, *, because: str, by: User | None = None) -> None:
    """The doubt for which we held is settled: somebody read the message, or the person said clearly what they want."""
    for suppression in Suppression.objects.of(address).in_force().filter(reason=SuppressionReason.HELD):
        _lift(suppression, because=because, by=by)


def _lift(suppression: Suppression, *, because: str, by: User | None) -> Suppression:
    suppression.lifted_at, suppression.lifted_by, suppression.lifted_because = (
        timezone.now(),
        by,
        because[:200],
    )
    audit.save_with_history(suppression, by=by)
    return suppression


def active_reasons(address: Address) -> set[str]:
    """The reasons for which nothing is sent here now."""
    return set(Suppression.objects.of(address).in_force().values_list("reason", flat=True))
