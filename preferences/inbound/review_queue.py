"""Messages that may be a "no": held at once, and waiting for somebody to read them. Writes their clock and decision.

While one waits, no marketing goes to its address; a clear word of the person settles it as well.
"""

from datetime import datetime

from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.utils import timezone

from preferences.consent import service as consent
from preferences.consent import suppressions
from preferences.geo import holidays
from preferences.models import Address, Inbound, Suppression, Topic

Decision = Inbound.Decision
Meaning = Inbound.Meaning
DOUBTFUL_DAYS = 1  # rules.md: one business day; the law gives ten
OTHER_DAYS = 3
LONGEST_OUTCOME = 200
HELD_FOR = (Meaning.REVIEW, Meaning.WRONG_PERSON)  # a mail that says so is forged too easily to be believed unread


def hold(address: Address, *, detail: str = "A text.") -> Suppression:
    """No marketing here until somebody has read what they wrote. Harmless twice."""
    reason = Suppression.Reason.HELD
    return consent.suppress(address, reason, scope=Topic.Purpose.MARKETING, detail=detail)


def due(meaning: str) -> datetime:
    """When somebody must have read it: the next working day if it may be a "no", else within three."""
    return holidays.after(timezone.now(), DOUBTFUL_DAYS if meaning == Meaning.REVIEW else OTHER_DAYS)


def unread() -> QuerySet[Inbound]:
    """What waits for a person."""
    return Inbound.objects.filter(due_at__isnull=False, decided_at=None)


def settle(address: Address, decision: str, *, because: str, by: User | None = None, all_but: int = 0) -> None:
    """It is clear now what the person wants: whatever waited is decided with it, and nothing is held any more."""
    for row in unread().filter(address=address).exclude(pk=all_but):
        decided(row, decision, by=by, outcome=because)
    suppressions.release(address, because=because, by=by)


def release(address: Address, *, by: User) -> None:
    """Go on as before, unless another message of theirs still waits."""
    if not unread().filter(address=address, meaning__in=HELD_FOR).exists():
        suppressions.release(address, because="Their message was read: they do not want to stop.", by=by)


def decided(inbound: Inbound, decision: str, *, by: User | None, outcome: str) -> Inbound:
    """Write down who decided what, and what was done."""
    inbound.decision, inbound.decided_at, inbound.decided_by = decision, timezone.now(), by
    inbound.outcome = outcome[:LONGEST_OUTCOME]
    inbound.save(update_fields=["decision", "decided_at", "decided_by", "outcome"])
    return inbound
