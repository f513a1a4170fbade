"""The stop switch: no campaign goes on while it is thrown. Writes StopSwitch.

Answers to what people do themselves still go out: whoever opts out is told so, whatever is wrong here.
"""

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.models import StopSwitch
from preferences import audit
from preferences.errors import NotAllowed


def is_thrown() -> bool:
    """Is all sending stopped at this moment?"""
    return StopSwitch.objects.thrown().exists()


def throw(*, by: User, reason: str) -> StopSwitch:
    """Stop all sending after the messages that are in hand right now. Raises NotAllowed without a reason."""
    if not reason.strip():
        raise NotAllowed(_("Explain why all sending must be paused; the person who resumes it will read this."))
    switch = StopSwitch(thrown_by=by, reason=reason.strip())
    try:
        with transaction.atomic():
            audit.save(switch, by=by)
    except IntegrityError:
        raise NotAllowed(_("All sending is already paused.")) from None
    return switch


@transaction.atomic
def release(switch: StopSwitch, *, by: User, reason: str) -> StopSwitch:
    """Let sending go on. Raises NotAllowed without a reason."""
    switch = StopSwitch.objects.select_for_update().get(pk=switch.pk)
    if switch.released_at:
        raise NotAllowed(_("Sending was already resumed."))
    if not reason.strip():
        raise NotAllowed(_("Explain why sending can be resumed."))
    switch.released_by, switch.released_at, switch.released_because = by, timezone.now(), reason.strip()
    audit.save(switch, by=by)
    return switch
