"""The emergency stop: no campaign goes on while it is thrown.

Answers to what people do themselves still go out: whoever opts out is told so, whatever is wrong here.

Writes: EmergencyStop.
"""

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.models import EmergencyStop
from preferences import audit
from preferences.errors import NotAllowed


def is_active() -> bool:
    """Is all sending stopped at this moment?"""
    return EmergencyStop.objects.active().exists()


def activate(*, by: User, reason: str) -> EmergencyStop:
    """Stop all sending after the messages that are in hand right now. Raises NotAllowed without a reason."""
    if not reason.strip():
        raise NotAllowed(_("Explain why all sending must be paused; the person who resumes it will read this."))
    switch = EmergencyStop(activated_by=by, reason=reason.strip())
    try:
        with transaction.atomic():
            audit.save_with_history(switch, by=by)
    except IntegrityError:
        raise NotAllowed(_("All sending is already paused.")) from None
    return switch


@transaction.atomic
def deactivate(switch: EmergencyStop, *, by: User, reason: str) -> EmergencyStop:
    """Let sending go on. Raises NotAllowed without a reason."""
    switch = EmergencyStop.objects.select_for_update().get(pk=switch.pk)
    if switch.deactivated_at:
        raise NotAllowed(_("Sending was already resumed."))
    if not reason.strip():
        raise NotAllowed(_("Explain why sending can be resumed."))
    switch.deactivated_by, switch.deactivated_at, switch.deactivated_because = by, timezone.now(), reason.strip()
    audit.save_with_history(switch, by=by)
    return switch
