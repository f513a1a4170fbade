"""How far a campaign is, in numbers that add up to its whole audience. Only reads."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min
from django.utils import timezone

from campaigns.decision import checks
from campaigns.models import Campaign, Message
from preferences.consent import opt_out_reasons
from preferences.consent.opt_out_reasons import OptOutCounts

MessageStatus = Message.Status
NOBODY = OptOutCounts(0, {})


@dataclass(frozen=True)
class WaitingGroup:
    """So many people wait for the same reason; the first of them until then, unless a colleague has to settle it."""

    reason: str
    people: int
    until: datetime | None


@dataclass(frozen=True)
class Progress:
    """People by the status of their message, how fast it goes, and who left because of it."""

    by_status: dict[str, int]
    by_reason: dict[str, int]
    per_minute: int
    leaving: OptOutCounts = NOBODY
    waits: tuple[WaitingGroup, ...] = ()

    @property
    def people(self) -> int:
        return sum(self.by_status.values())

    @property
    def done(self) -> int:
        return self.people - sum(self.by_status.get(status, 0) for status in Message.OPEN)

    @property
    def percent(self) -> int:
        """Rounded down: nothing is at 100 before its last message."""
        return self.done * 100 // self.people if self.people else 0


def progress_of(campaign: Campaign) -> Progress:
    """The whole picture of one campaign."""
    by_status = _counted([campaign.pk]).get(campaign.pk, {})
    skipped = campaign.messages.filter(status=MessageStatus.SKIPPED).order_by("skipped_because")
    by_reason = dict(skipped.values_list("skipped_because").annotate(people=Count("pk")))
    leaving = opt_out_reasons.counts_for_messages(campaign.messages.values("reference"))
    return Progress(by_status, by_reason, _per_minute(campaign, by_status), leaving, tuple(_waits(campaign)))


def progress_of_many(campaigns: Iterable[Campaign]) -> dict[int, Progress]:
    """How far these are, in one query."""
    return {pk: Progress(counts, {}, 0) for pk, counts in _counted([campaign.pk for campaign in campaigns]).items()}


def _counted(ids: list[int]) -> dict[int, dict[str, int]]:
    rows = Message.objects.filter(campaign_id__in=ids).order_by("campaign_id", "status")
    counts: dict[int, dict[str, int]] = {}
    for pk, status, people in rows.values_list("campaign_id", "status").annotate(people=Count("pk")):
        counts.setdefault(pk, {})[status] = people
    return counts


def _waits(campaign: Campaign) -> Iterator[WaitingGroup]:
    waiting = campaign.messages.filter(status=MessageStatus.WAITING).exclude(waiting_for="").order_by("waiting_for")
    counted = waiting.values_list("waiting_for").annotate(people=Count("pk"), until=Min("wait_until"))
    for reason, people, until in counted:
        yield WaitingGroup(reason, people, None if reason in checks.HELD else until)


def _per_minute(campaign: Campaign, by_status: dict[str, int]) -> int:
    """Handed over per minute on average since the start."""
    if not campaign.started_at:
        return 0
    seconds = ((campaign.finished_at or timezone.now()) - campaign.started_at).total_seconds()
    handed_over = sum(
        by_status.get(status, 0) for status in (MessageStatus.SENT, MessageStatus.FAILED, MessageStatus.UNKNOWN)
    )
    return round(handed_over * 60 / max(seconds, 1))
