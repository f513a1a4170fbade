"""Messages that may be a "no": held at once, and waiting for somebody to read them. Writes their clock and decision.

While one waits, no marketing goes to its address; a clear word of the person settles it as well.

Writes: InboundMessage.
"""

from datetime import datetime

from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.utils import timezone

from preferences.consent import suppressions
from preferences.geo import holidays
from preferences.models import Address, InboundMessage, LiftReason, Source, Suppression, SuppressionDetail, Topic

ReviewDecision = InboundMessage.Decision
InboundMeaning = InboundMessage.Meaning
URGENT_REVIEW_DAYS = 1  # rules.md: one business day; the law gives ten
REVIEW_DAYS = 3
MAX_OUTCOME_LENGTH = 200
HOLD_DETAIL = (
    InboundMeaning.REVIEW,
    InboundMeaning.WRONG_PERSON,
)  # a mail that says so is forged too easily to be believed unread


def place_marketing_hold(address: Address, *, source: Source) -> Suppression:
    """No marketing here until somebody has read what they wrote. Harmless twice."""
    reason = Suppression.Reason.HELD
    return suppressions.suppress(
        address, reason, scope=Topic.Purpose.MARKETING, detail=SuppressionDetail.SOURCE.filled(source)
    )


def review_due_at(meaning: str) -> datetime:
    """When somebody must have read it: the next working day if it may be a "no", else within three."""
    return holidays.add_business_days(
        timezone.now(), URGENT_REVIEW_DAYS if meaning == InboundMeaning.REVIEW else REVIEW_DAYS
    )


def awaiting_review() -> QuerySet[InboundMessage]:
    """What waits for a person."""
    return InboundMessage.objects.filter(due_at__isnull=False, decided_at=None)


def resolve_all(address: Address, decision: str, *, because: str, by: User | None = None, all_but: int = 0) -> None:
    """It is clear now what the person wants: whatever waited is decided with it, and nothing is held any more."""
    for row in awaiting_review().filter(address=address).exclude(pk=all_but):
        record_decision(row, decision, by=by, outcome=because)
    suppressions.release_hold(address, because=because, by=by)


def release_marketing_hold(address: Address, *, by: User) -> None:
    """Go on as before, unless another message of theirs still waits."""
    if not awaiting_review().filter(address=address, meaning__in=HOLD_DETAIL).exists():
        suppressions.release_hold(address, because=LiftReason.NOT_AN_OPT_OUT, by=by)


def record_decision(inbound: InboundMessage, decision: str, *, by: User | None, outcome: str) -> InboundMessage:
    """Write down who decided what, and what was done."""
    inbound.decision, inbound.decided_at, inbound.decided_by = decision, timezone.now(), by
    inbound.outcome = outcome[:MAX_OUTCOME_LENGTH]
    inbound.save(update_fields=["decision", "decided_at", "decided_by", "outcome"])
    return inbound
