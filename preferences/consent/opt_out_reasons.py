"""How many leave, and why, if they tell us.

Writes: OptOutReason.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from preferences.errors import NotAllowed
from preferences.models import Address, ConsentEvent, OptOutReason, Topic

OptOutReasonCode = OptOutReason.Reason
IN_THEIR_OWN_WORDS = gettext_lazy("In their own words")


@dataclass(frozen=True)
class OptOutCounts:
    """How many addresses were withdrawn, and how often each reason was given; most often first."""

    people: int
    reasons: dict[str, int]

    @property
    def in_words(self) -> list[tuple[str, int]]:
        words = dict(OptOutReasonCode.choices)
        return [(str(words.get(reason, IN_THEIR_OWN_WORDS)), times) for reason, times in self.reasons.items()]


def record_reason(
    address: Address, topic: Topic | None, *, reason: str = "", words: str = "", origin: UUID | None = None
) -> OptOutReason | None:
    """Keep what the person said after leaving; nothing said is nothing kept."""
    if not reason and not words.strip():
        return None
    return OptOutReason.objects.create(address=address, topic=topic, reason=reason, words=words.strip(), origin=origin)


@transaction.atomic
def record_finding(reason: OptOutReason, *, by: User, finding: str) -> OptOutReason:
    """Somebody says they never signed up: a colleague looked into it and found this. Raises NotAllowed."""
    reason = OptOutReason.objects.select_for_update(of=["self"]).select_related("address", "topic").get(pk=reason.pk)
    if reason.reason != OptOutReasonCode.NEVER_SIGNED_UP:
        raise NotAllowed(
            _("Only the reason “I never signed up for this” is investigated. There is no outcome to record here.")
        )
    if reason.reviewed_at:
        raise NotAllowed(_("This was already investigated. See the outcome below."))
    if not finding.strip():
        raise NotAllowed(_("Enter what you found: what shows that they signed up, or that they were never asked."))
    reason.reviewed_at, reason.reviewed_by, reason.finding = timezone.now(), by, finding.strip()[:1000]
    reason.save(update_fields=["reviewed_at", "reviewed_by", "finding"])
    return reason


def counts_for_topic(topic: Topic) -> OptOutCounts:
    """Who left this topic, and why."""
    return _counts_where(Q(topic=topic))


def counts_for_messages(messages: QuerySet | Iterable[UUID]) -> OptOutCounts:
    """Who left from one of these messages (their references), a topic or everything, and why."""
    return _counts_where(Q(origin__in=messages))


def _counts_where(about: Q) -> OptOutCounts:
    left = ConsentEvent.objects.filter(about, kind=ConsentEvent.Kind.WITHDRAWN)
    said = OptOutReason.objects.filter(about).order_by().values("reason").annotate(times=Count("pk"))
    reasons = dict(said.order_by("-times", "reason").values_list("reason", "times"))
    return OptOutCounts(left.values("address").distinct().count(), reasons)
