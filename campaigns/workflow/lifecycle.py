"""What a campaign goes through. Writes Campaign; every verb locks the row, checks MOVES, and leaves its history.

The people who run campaigns are told what they did wrong; the clock may repeat itself.
"""

from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.content import lint
from campaigns.models import Campaign
from campaigns.workflow import authorship
from preferences import audit
from preferences.errors import NotAllowed

Status = Campaign.Status

MOVES: dict[str, set[str]] = {
    Status.DRAFT: {Status.IN_REVIEW, Status.CANCELLED},
    Status.IN_REVIEW: {Status.APPROVED, Status.DRAFT, Status.CANCELLED},
    Status.APPROVED: {Status.SCHEDULED, Status.SENDING, Status.DRAFT, Status.CANCELLED},
    Status.SCHEDULED: {Status.SCHEDULED, Status.SENDING, Status.DRAFT, Status.CANCELLED},
    Status.SENDING: {Status.PAUSED, Status.FINISHED, Status.CANCELLED},
    Status.PAUSED: {Status.SENDING, Status.CANCELLED},
    Status.FINISHED: set(),
    Status.CANCELLED: set(),
}

WHY_NOT = {
    Status.DRAFT: gettext_lazy("This campaign is still a draft. Submit it for review first."),
    Status.IN_REVIEW: gettext_lazy("This campaign is waiting for its review."),
    Status.APPROVED: gettext_lazy("This campaign is approved. Schedule it, start it, or request changes."),
    Status.SCHEDULED: gettext_lazy("This campaign is scheduled. Start it, or request changes."),
    Status.SENDING: gettext_lazy("This campaign is already being sent."),
    Status.PAUSED: gettext_lazy("This campaign is paused. Resume or cancel it."),
    Status.FINISHED: gettext_lazy("This campaign is finished. Write a new one."),
    Status.CANCELLED: gettext_lazy("This campaign was cancelled. Write a new one."),
}

CONTENT = ("name", "topic", "channel", "subject", "body", "ends_at")
LASTS = timedelta(days=7)  # from the start, unless its author chose an end


@transaction.atomic
def revise(campaign: Campaign, *, by: User, **content: object) -> Campaign:
    """Change what it says. Only a draft can still change: nobody sends what nobody approved."""
    campaign = _locked(campaign)
    if not campaign.is_editable:
        raise NotAllowed(_("Only a draft can be changed. Use “Request changes” first."))
    if strange := set(content) - set(CONTENT):
        raise NotAllowed(_("“%(name)s” is not part of a campaign's content.") % {"name": sorted(strange)[0]})
    for name, value in content.items():
        setattr(campaign, name, value)
    return _saved(campaign, by=by)


@transaction.atomic
def submit(campaign: Campaign, *, by: User) -> Campaign:
    """Ask a second person to read it. What must not be sent at all comes back at once."""
    campaign = _allowed(campaign, Status.IN_REVIEW)
    if errors := lint.errors(campaign):
        raise NotAllowed(lint.summary(errors))
    return _moved(campaign, Status.IN_REVIEW, by=by)


@transaction.atomic
def approve(campaign: Campaign, *, by: User, read: str | None = None) -> Campaign:
    """Clear it for sending. Nobody approves their own words, or words they have not read.

    `read` is the digest of the words that were on the approver's page, if they came by one.
    """
    campaign = _allowed(campaign, Status.APPROVED)
    if by.pk in authorship.writers(campaign):
        raise NotAllowed(_("A campaign is approved by someone other than those who wrote it."))
    if read is not None and read != campaign.words_digest:
        raise NotAllowed(_("The text was changed while you were reading. Go back, read it again, then approve it."))
    campaign.approved_by = by
    return _moved(campaign, Status.APPROVED, by=by)


@transaction.atomic
def return_to_author(campaign: Campaign, *, by: User, reason: str) -> Campaign:
    """Back to a draft, with what to change; an approval given before is gone."""
    campaign = _allowed(campaign, Status.DRAFT)
    if not reason.strip():
        raise NotAllowed(_("Tell the author what to change."))
    campaign.approved_by, campaign.scheduled_at = None, None
    return _moved(campaign, Status.DRAFT, by=by, reason=reason)


@transaction.atomic
def schedule(campaign: Campaign, *, at: datetime, by: User) -> Campaign:
    """Let the clock start it."""
    campaign = _allowed(campaign, Status.SCHEDULED)
    if at <= timezone.now():
        raise NotAllowed(_("Choose a time in the future, or start the campaign now."))
    if campaign.ends_at and at >= campaign.ends_at:
        raise NotAllowed(_("That is after the end of the campaign. Choose an earlier time, or request changes."))
    campaign.scheduled_at = at
    return _moved(campaign, Status.SCHEDULED, by=by)


@transaction.atomic
def start(campaign: Campaign, *, by: User | None = None) -> Campaign:
    """From now on it is being sent; the workers freeze the audience and begin."""
    campaign = _allowed(campaign, Status.SENDING, but_not_from=Status.PAUSED)
    campaign.started_at = timezone.now()
    campaign.ends_at = campaign.ends_at or campaign.started_at + LASTS
    if campaign.ends_at <= campaign.started_at:
        raise NotAllowed(_("The end of the campaign has passed. Request changes, and set a later end."))
    return _moved(campaign, Status.SENDING, by=by)


def start_due() -> list[Campaign]:
    """Start what is scheduled and whose hour has come, each once, however often the clock asks."""
    due = Campaign.objects.due(timezone.now())
    return [started for campaign in due if (started := _start_if_due(campaign))]


@transaction.atomic
def _start_if_due(campaign: Campaign) -> Campaign | None:
    campaign = _locked(campaign)
    if campaign.status != Status.SCHEDULED or not campaign.scheduled_at or campaign.scheduled_at > timezone.now():
        return None
    if campaign.ends_at and campaign.ends_at <= timezone.now():
        cancel(campaign, reason=_("The campaign ended before it could start."))
        return None
    return start(campaign)


@transaction.atomic
def pause(campaign: Campaign, *, by: User | None = None, reason: str = "") -> Campaign:
    """Stop handing over after the messages that are in hand right now."""
    return _moved(_allowed(campaign, Status.PAUSED), Status.PAUSED, by=by, reason=reason)


@transaction.atomic
def resume(campaign: Campaign, *, by: User) -> Campaign:
    """Go on where it was paused."""
    campaign = _locked(campaign)
    if campaign.status != Status.PAUSED:
        raise NotAllowed(str(WHY_NOT[Status(campaign.status)]))
    return _moved(campaign, Status.SENDING, by=by)


@transaction.atomic
def cancel(campaign: Campaign, *, by: User | None = None, reason: str = "") -> Campaign:
    """Never to be sent, or no further. What is already out stays out."""
    campaign = _allowed(campaign, Status.CANCELLED)
    campaign.finished_at = timezone.now()
    return _moved(campaign, Status.CANCELLED, by=by, reason=reason)


@transaction.atomic
def finish(campaign: Campaign) -> Campaign:
    """Everybody in the audience is accounted for."""
    campaign = _allowed(campaign, Status.FINISHED)
    if campaign.frozen_at is None or campaign.messages.open().exists():
        raise NotAllowed(_("Some messages of this campaign are still being sent."))
    campaign.finished_at = timezone.now()
    return _moved(campaign, Status.FINISHED, by=None)


@transaction.atomic
def finish_if_done(campaign_id: int) -> bool:
    """Finish it if there is nothing left to do. Harmless at any time and any number of times."""
    campaign = Campaign.objects.select_for_update(no_key=True).get(pk=campaign_id)
    if campaign.status != Status.SENDING or campaign.frozen_at is None or campaign.messages.open().exists():
        return False
    finish(campaign)
    return True


def _locked(campaign: Campaign) -> Campaign:
    return Campaign.objects.select_for_update(no_key=True).get(pk=campaign.pk)


def _allowed(campaign: Campaign, status: str, *, but_not_from: str = "") -> Campaign:
    """The fresh row, locked, if it may move there; else a sentence on how things stand."""
    campaign = _locked(campaign)
    if status not in MOVES[campaign.status] or campaign.status == but_not_from:
        raise NotAllowed(str(WHY_NOT[Status(campaign.status)]))
    return campaign


def _moved(campaign: Campaign, status: str, *, by: User | None, reason: str = "") -> Campaign:
    campaign.status = status
    return _saved(campaign, by=by, reason=reason)


def _saved(campaign: Campaign, *, by: User | None, reason: str = "") -> Campaign:
    audit.save(campaign, by=by, reason=reason)
    return campaign
