"""A campaign's whole audience by decision: who would get it at one moment, who later, who not, and why. Writes
Breakdown.

A small audience is evaluated while somebody waits. A large one is counted in the background, some hundred thousand
addresses at a time; how far it came is kept in the row, so that a lost worker costs one step.

Writes: Breakdown.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain, islice

from django.conf import settings
from django.contrib.auth.models import User
from django.db import OperationalError
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from campaigns.audience import batch_evaluation
from campaigns.audience.batch_evaluation import AddressDecision, Evaluator
from campaigns.decision.checks import Decision, DecisionKind
from campaigns.models import Breakdown, Campaign
from preferences.errors import NotAllowed

BreakdownStatus = Breakdown.Status
STEP = 20  # chunks between two notes of how far it came
STALLED_AFTER = timedelta(minutes=2)
MAX_LOOKAHEAD = timedelta(days=366)
LATE = timedelta(minutes=5)  # a moment so little in the past is meant as now
OVER = (Campaign.Status.FINISHED, Campaign.Status.CANCELLED)
HELD = "held"
NOWHERE = "-"
KINDS = (DecisionKind.SEND.value, DecisionKind.WAIT.value, HELD, DecisionKind.SKIP.value)


@dataclass(frozen=True)
class BreakdownQuery:
    """Which number of a breakdown somebody asks about."""

    kind: str = ""
    reason: str = ""
    hour: datetime | None = None
    place: str = ""

    def __call__(self, one: AddressDecision) -> bool:
        """Is this address one of those behind the number?"""
        answer = one.decision
        return (
            (not self.kind or outcome_kind(answer) == self.kind)
            and (not self.reason or answer.reason == self.reason)
            and (self.hour is None or wait_hour(answer) == self.hour)
            and (not self.place or self.place in counted_places(one.place.jurisdictions))
        )


def outcome_kind(answer: Decision) -> str:
    """Send, wait, held or skip: a wait without an end is a matter of its own."""
    return HELD if answer.is_held else answer.kind.value


def wait_hour(answer: Decision) -> datetime | None:
    """The hour in which a wait ends."""
    return answer.until.replace(minute=0, second=0, microsecond=0) if answer.until else None


def counted_places(jurisdictions: frozenset[str]) -> Iterable[str]:
    """Where somebody is counted: in each of their places, or where nobody knows."""
    return jurisdictions or (NOWHERE,)


def is_small(campaign: Campaign) -> bool:
    """Can its audience be evaluated while somebody waits?"""
    question = batch_evaluation.evaluator_for_campaign(campaign, timezone.now()).question
    return batch_evaluation.audience_size(question, settings.IMMEDIATE_COUNT_LIMIT) <= settings.IMMEDIATE_COUNT_LIMIT


def default_moment(campaign: Campaign) -> datetime:
    """For when it is evaluated unless somebody chooses: when it is scheduled, or now."""
    now = timezone.now()
    is_ahead = campaign.status == Campaign.Status.SCHEDULED and campaign.scheduled_at and campaign.scheduled_at > now
    return campaign.scheduled_at if is_ahead and campaign.scheduled_at else now


def request_breakdown(campaign: Campaign, *, by: User, at: datetime | None = None) -> Breakdown:
    """Have everybody evaluated for that moment. A small audience is done on return, a large one is to be counted."""
    at = _checked(campaign, at)
    row = Breakdown.objects.create(
        campaign=campaign,
        evaluated_at=at,
        content_digest=campaign.content_digest,
        requested_by=by,
        result=empty_result(),
    )
    return run_count(row) if is_small(campaign) else row


def _checked(campaign: Campaign, at: datetime | None) -> datetime:
    now = timezone.now()
    if campaign.status in OVER:
        raise NotAllowed(_("This campaign is over. The outcome of each message is on its progress page."))
    if at is None:
        return default_moment(campaign)
    if at < now - LATE:
        raise NotAllowed(
            _("This time is in the past. Choose a future time, or clear the field to use the current time.")
        )
    if at > now + MAX_LOOKAHEAD:
        raise NotAllowed(_("This is more than a year ahead. Choose an earlier time."))
    if campaign.ends_at and at >= campaign.ends_at:
        raise NotAllowed(_("The campaign will have ended by then. Choose an earlier time, or set a later end."))
    return max(at, now)


def current_breakdown(campaign: Campaign) -> Breakdown:
    """The breakdown of this moment, counted and not kept."""
    at = default_moment(campaign)
    row = Breakdown(campaign=campaign, evaluated_at=at, content_digest=campaign.content_digest, result=empty_result())
    for standings in batch_evaluation.decision_chunks(batch_evaluation.evaluator_for_campaign(campaign, at)):
        add_to_result(row.result, standings)
        row.people += len(standings)
    row.status, row.finished_at = BreakdownStatus.DONE, timezone.now()
    return row


def newest_breakdown(campaign: Campaign) -> Breakdown | None:
    """What was counted last about it, done or not."""
    return Breakdown.objects.filter(campaign=campaign).first()


def run_count(row: Breakdown) -> Breakdown:
    """Count on until it is done. Harmless twice: whoever finds that another one counts on leaves it to them."""
    try:
        while row.status == BreakdownStatus.COUNTING and count_chunk(row):
            row.refresh_from_db()
    except OperationalError:
        raise  # the database is away for a moment; the sweep goes on
    except Exception as trouble:
        mark_failed(row, type(trouble).__name__)
        raise
    row.refresh_from_db()
    return row


def count_chunk(row: Breakdown, *, chunk: int = batch_evaluation.CHUNK, chunks: int = STEP) -> bool:
    """The next part of the audience; False when another worker was faster."""
    campaign = Campaign.objects.select_related("topic__sender").get(pk=row.campaign_id)
    before, people, done = row.people, row.people, True
    result = row.result
    evaluator = batch_evaluation.evaluator_for_campaign(campaign, row.evaluated_at)
    for standings in islice(batch_evaluation.decision_chunks(evaluator, after=result["up_to"], chunk=chunk), chunks):
        add_to_result(result, standings)
        people += len(standings)
        done = False
    result["seen_at"] = timezone.now().isoformat()
    words = {"people": people, "result": result}
    if done:
        words |= {"status": BreakdownStatus.DONE, "finished_at": timezone.now()}
    counting = Breakdown.objects.filter(pk=row.pk, status=BreakdownStatus.COUNTING, people=before)
    return counting.update(**words) == 1


def mark_failed(row: Breakdown, detail: str) -> None:
    """It cannot be counted; somebody may try anew."""
    Breakdown.objects.filter(pk=row.pk, status=BreakdownStatus.COUNTING).update(
        status=BreakdownStatus.FAILED, detail=detail[:300], finished_at=timezone.now()
    )


def stalled_breakdowns() -> list[Breakdown]:
    """Those at which nobody has been counting for a while."""
    then = timezone.now() - STALLED_AFTER
    return [row for row in Breakdown.objects.filter(status=BreakdownStatus.COUNTING) if _touch(row) < then]


def _touch(row: Breakdown) -> datetime:
    return parse_datetime(row.result.get("seen_at", "")) or row.requested_at


def empty_result() -> dict:
    """A result in which nobody has been counted yet."""
    return {"up_to": 0, "counts": {name: {} for name in KINDS}, "hours": {}, "places": {}}


def add_to_result(result: dict, standings: list[AddressDecision]) -> None:
    """Count these too."""
    for (jurisdictions, answer), people in Counter(
        (one.place.jurisdictions, one.decision) for one in standings
    ).items():
        name = outcome_kind(answer)
        _increment(result["counts"][name], answer.reason, people)
        if when := wait_hour(answer):
            _increment(result["hours"].setdefault(when.isoformat(), {}), answer.reason, people)
        for place in counted_places(jurisdictions):
            _increment(result["places"].setdefault(place, {}).setdefault(name, {}), answer.reason, people)
    if standings:
        result["up_to"] = standings[-1].address


def _increment(counts: dict[str, int], name: str, people: int) -> None:
    counts[name] = counts.get(name, 0) + people


def matching_people(evaluator: Evaluator, wanted: Callable[[AddressDecision], bool]) -> Iterator[AddressDecision]:
    """All addresses behind a number, in order; read as they are asked for."""
    return filter(wanted, chain.from_iterable(batch_evaluation.decision_chunks(evaluator)))
