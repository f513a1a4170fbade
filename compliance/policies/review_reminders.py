"""Who is reminded of a review, and when.

The row is written first, and only its writer sends the letter: however often the clock ticks and however many
workers run, each occasion is one letter per person. What became of it is a second row. A letter that certainly
did not leave is tried again as an occasion of its own; one whose end is unknown is shown, and never sent again.

Writes: ReminderOutcome, ReviewReminder.
"""

import datetime
from collections.abc import Iterator

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from compliance.models import PolicyReview, ReminderOutcome, ReviewReminder
from compliance.policies import staff_mail
from preferences.channels import connection as channels
from preferences.channels.connection import Connection
from preferences.channels.outcomes import Outcome, Result
from preferences.codes import send_details
from preferences.errors import Unreadable

DAYS_BEFORE = (1, 7, 14, 30)
MAX_TRIES = 3
OFFICERS = "compliance officer"


def send_due_reminders(today: datetime.date | None = None) -> list[ReviewReminder]:
    """Send every reminder that is due and was not sent before. Harmless however often it runs."""
    today = today or timezone.localdate()
    with channels.connect("email") as door:
        return [_deliver(door, reminder, today) for reminder in _created_reminders(today)]


def current_occasion(due_on: datetime.date, today: datetime.date) -> str:
    """The one occasion that stands today: the nearest that has come. Missed ones are not made up for."""
    days_left = (due_on - today).days
    if days_left < 0:
        return f"overdue-{(-days_left - 1) // 7 + 1}"
    return next((f"before-{days}" for days in DAYS_BEFORE if days_left <= days), "")


def occasion_label(occasion: str) -> str:
    """An occasion as staff read it."""
    name, _slash, again = occasion.partition("/")
    kind, _dash, number = name.partition("-")
    words = {"before": _("%(number)s days before"), "overdue": _("overdue, week %(number)s")}[kind]
    told = words % {"number": number}
    return _("%(occasion)s, attempt %(number)s") % {"occasion": told, "number": again} if again else told


def _created_reminders(today: datetime.date) -> Iterator[ReviewReminder]:
    """One at a time, so that a lost worker leaves one letter in doubt and not all of them."""
    for review in PolicyReview.objects.open().select_related("document__owner"):
        if now := current_occasion(review.due_on, today):
            for to in _recipients(review, today):
                yield from _create_reminder(review, now, to)


def _recipients(review: PolicyReview, today: datetime.date) -> list[User]:
    """The owner; the compliance officers too when it is overdue, or when the owner is no longer with us."""
    owner = review.document.owner
    people = {owner.pk: owner} if owner.is_active else {}
    if not owner.is_active or review.due_on < today:
        people |= {user.pk: user for user in User.objects.filter(groups__name=OFFICERS, is_active=True)}
    return list(people.values())


def _create_reminder(review: PolicyReview, occasion: str, to: User) -> Iterator[ReviewReminder]:
    """The reminder, if it is ours to send: its unique row decides."""
    if not (free := _next_try(review, occasion, to)):
        return
    try:
        with transaction.atomic():
            reminder = ReviewReminder.objects.create(review=review, occasion=free, to=to)
    except IntegrityError:
        return
    yield reminder


def _next_try(review: PolicyReview, occasion: str, to: User) -> str:
    """The occasion itself; a further try while the last letter certainly did not leave; else nothing."""
    same = Q(occasion=occasion) | Q(occasion__startswith=f"{occasion}/")
    tries = list(ReviewReminder.objects.filter(same, review=review, to=to).select_related("outcome").order_by("-pk"))
    if not tries:
        return occasion
    outcome = getattr(tries[0], "outcome", None)
    if outcome and outcome.result == Result.TRY_LATER and len(tries) < MAX_TRIES:
        return f"{occasion}/{len(tries) + 1}"
    return ""


def _deliver(door: Connection, reminder: ReviewReminder, today: datetime.date) -> ReviewReminder:
    outcome = _hand_over(door, reminder, today)
    ReminderOutcome.objects.create(reminder=reminder, result=outcome.result, detail=outcome.detail)
    return reminder


def _hand_over(door: Connection, reminder: ReviewReminder, today: datetime.date) -> Outcome:
    days_left = (reminder.review.due_on - today).days
    try:
        return door.send(staff_mail.compose_review_reminder(reminder, days_left=days_left))
    except Unreadable as error:
        return Outcome(Result.REFUSED, detail=send_details.not_composed(error)[:300])
