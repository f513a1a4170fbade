"""What waits for somebody's eyes: counted for the first page of the admin. Reads, and writes nothing."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.models import User
from django.db.models import Model, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.decision import checks
from campaigns.models import Campaign, EmergencyStop, Message
from compliance.models import PolicyReview, Processor, SubjectRequest
from compliance.policies import review_reminders
from compliance.requests import service as requests
from preferences.models import InboundMessage, OptOutReason, RuleProposal, ServiceMessage, SuspiciousOptOut
from preferences.outbox import send_budget

RECENT = datetime.timedelta(days=30)
# By which filter the admin lists what is counted here.
NEEDS_REVIEW = {"read": "waiting"}
CONSENT_COMPLAINTS = {"reason__exact": OptOutReason.Reason.NEVER_SIGNED_UP.value, "reviewed_at__isnull": "True"}
SUSPICIOUS_OPT_OUTS = {"resolved_at__isnull": "True"}
WITHOUT_AGREEMENT = {"agreement_on__isnull": "True", "ended_at__isnull": "True"}
OPEN_PROPOSALS = {"status__exact": RuleProposal.Status.OPEN.value}


@dataclass(frozen=True)
class WorkItem:
    """So many rows of one kind that wait, and by which filter they are listed."""

    what: str
    count: int
    model: type[Model]
    query: dict[str, str]
    grave: bool


def work_items(user: User, today: datetime.date | None = None) -> list[WorkItem]:
    """Everything that waits and that this colleague may see, the gravest first."""
    return [concern for concern in _counted(user, today or timezone.localdate()) if concern.count]


def _counted(user: User, today: datetime.date) -> Iterator[WorkItem]:
    for what, rows, query, grave in _expiring_questions(today):
        meta = rows.model._meta
        if user.has_perm(f"{meta.app_label}.view_{meta.model_name}"):
            yield WorkItem(what, rows.count(), rows.model, query, grave)


def _expiring_questions(today: datetime.date) -> list[tuple[str, QuerySet, dict[str, str], bool]]:
    soon = today + datetime.timedelta(days=max(review_reminders.DAYS_BEFORE))
    reviews = PolicyReview.objects.open()
    return [
        (_("All sending is paused"), EmergencyStop.objects.active(), {"deactivated_at__isempty": "1"}, True),
        (_("Messages on hold: needs review"), _messages_on_hold(), {"held": "yes"}, True),
        (
            _("Incoming messages to review, overdue"),
            _messages_to_review().filter(due_at__lt=timezone.now()),
            {"read": "overdue"},
            True,
        ),
        (_("Policy reviews overdue"), reviews.overdue(today), {"state": "overdue"}, True),
        (_("Data subject requests overdue"), _late_requests(), {"state": "overdue"}, True),
        (_("Messages with unknown result"), _unknown_messages(), {"status__exact": "unknown"}, True),
        (_("Service messages with unknown result"), _service_messages("unknown"), {"status__exact": "unknown"}, True),
        (_deferred_messages(), send_budget.deferred_messages(), {"status__exact": "queued"}, True),
        (_("Failed service messages"), _service_messages("failed"), {"status__exact": "failed"}, True),
        (_("Processors without a dated agreement"), _without_agreement(), WITHOUT_AGREEMENT, True),
        (_("Consent complaints to investigate"), _consent_complaints(), CONSENT_COMPLAINTS, False),
        (_("Suspicious opt-outs"), SuspiciousOptOut.objects.filter(resolved_at=None), SUSPICIOUS_OPT_OUTS, False),
        (_("Campaigns to review"), _in_review(), {"status__exact": "in_review"}, False),
        (
            _("Incoming messages to review"),
            _messages_to_review().filter(due_at__gte=timezone.now()),
            NEEDS_REVIEW,
            False,
        ),
        (_("Data subject requests to answer"), _requests_in_time(), {"state": "open"}, False),
        (_("Unrecognized replies to read"), _unread_texts(), {"meaning__exact": "other"}, False),
        (_("Rule change proposals to approve"), RuleProposal.objects.open(), OPEN_PROPOSALS, False),
        (_("Policy reviews due soon"), reviews.filter(due_on__range=(today, soon)), {"state": "open"}, False),
    ]


def _deferred_messages() -> str:
    return _("Sign-up confirmations delayed: limit %(most)d an hour") % {"most": settings.CONFIRMATIONS_PER_HOUR}


def _unknown_messages() -> QuerySet[Message]:
    """Of recent campaigns: older ones were looked at or never will be, and the table is long."""
    recent = Campaign.objects.filter(started_at__gte=timezone.now() - RECENT)
    return Message.objects.filter(campaign__in=recent, status=Message.Status.UNKNOWN)


def _in_review() -> QuerySet[Campaign]:
    return Campaign.objects.filter(status=Campaign.Status.IN_REVIEW)


def _messages_on_hold() -> QuerySet[Message]:
    """Nobody knows where they are, or no hour fits: a colleague has to find out."""
    sending = Campaign.objects.sending()
    return Message.objects.filter(campaign__in=sending, status=Message.Status.WAITING, waiting_for__in=checks.HELD)


def _late_requests() -> QuerySet[SubjectRequest]:
    return requests.open_requests().filter(due_at__lt=timezone.now())


def _requests_in_time() -> QuerySet[SubjectRequest]:
    return requests.open_requests().filter(due_at__gte=timezone.now())


def _unread_texts() -> QuerySet[InboundMessage]:
    """What came back lately, asks for something, and no keyword explains; what has a clock is counted there."""
    recent = timezone.now() - datetime.timedelta(days=7)
    unexplained = InboundMessage.objects.filter(
        meaning=InboundMessage.Meaning.OTHER, received_at__gte=recent, due_at=None
    )
    return unexplained.exclude(matched_by="chatter")


def _messages_to_review() -> QuerySet[InboundMessage]:
    return InboundMessage.objects.filter(due_at__isnull=False, decided_at=None)


def _consent_complaints() -> QuerySet[OptOutReason]:
    return OptOutReason.objects.filter(reason=OptOutReason.Reason.NEVER_SIGNED_UP, reviewed_at=None)


def _without_agreement() -> QuerySet[Processor]:
    return Processor.objects.filter(agreement_on=None, ended_at=None)


def _service_messages(status: str) -> QuerySet[ServiceMessage]:
    return ServiceMessage.objects.filter(status=status, due_at__gte=timezone.now() - RECENT)
