"""The states of a campaign. Every function locks the row, checks MOVES, and leaves its history.

The people who run campaigns are told what they did wrong; the clock may repeat itself.

Writes: Campaign.
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
from campaigns.workflow.change_reasons import ChangeReason
from preferences import audit
from preferences.errors import NotAllowed

CampaignStatus = Campaign.Status

MOVES: dict[str, set[str]] = {
    CampaignStatus.DRAFT: {CampaignStatus.IN_REVIEW, CampaignStatus.CANCELLED},
    CampaignStatus.IN_REVIEW: {CampaignStatus.APPROVED, CampaignStatus.DRAFT, CampaignStatus.CANCELLED},
    CampaignStatus.APPROVED: {
        CampaignStatus.SCHEDULED,
        CampaignStatus.SENDING,
        CampaignStatus.DRAFT,
        CampaignStatus.CANCELLED,
    },
    CampaignStatus.SCHEDULED: {
        CampaignStatus.SCHEDULED,
        CampaignStatus.SENDING,
        CampaignStatus.DRAFT,
        CampaignStatus.CANCELLED,
    },
    CampaignStatus.SENDING: {CampaignStatus.PAUSED, CampaignStatus.FINISHED, CampaignStatus.CANCELLED},
    CampaignStatus.PAUSED: {CampaignStatus.SENDING, CampaignStatus.CANCELLED},
    CampaignStatus.FINISHED: set(),
    CampaignStatus.CANCELLED: set(),
}

REFUSALS = {
    CampaignStatus.DRAFT: gettext_lazy("This campaign is still a draft. Submit it for review first."),
    CampaignStatus.IN_REVIEW: gettext_lazy("This campaign is waiting for its review."),
    CampaignStatus.APPROVED: gettext_lazy("This campaign is approved. Schedule it, start it, or request changes."),
    CampaignStatus.SCHEDULED: gettext_lazy("This campaign is scheduled. Start it, or request changes."),
    CampaignStatus.SENDING: gettext_lazy("This campaign is already being sent."),
    CampaignStatus.PAUSED: gettext_lazy("This campaign is paused. Resume or cancel it."),
    CampaignStatus.FINISHED: gettext_lazy("This campaign is finished. Write a new one."),
    CampaignStatus.CANCELLED: gettext_lazy("This campaign was cancelled. Write a new one."),
}

CONTENT = ("name", "topic", "channel", "subject", "body", "ends_at")
DEFAULT_DURATION = timedelta(days=7)  # from the start, unless its author chose an end


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
    return _save(campaign, by=by)


@transaction.atomic
def submit(campaign: Campaign, *, by: User) -> Campaign:
    """Ask a second person to read it. What must not be sent at all comes back at once."""
    campaign = _check_move(campaign, CampaignStatus.IN_REVIEW)
    if errors := lint.error_sentences(campaign):
        raise NotAllowed(lint.summarize_errors(errors))
    return _move(campaign, CampaignStatus.IN_REVIEW, by=by)


@transaction.atomic
def approve(campaign: Campaign, *, by: User, read: str | None = None) -> Campaign:
    """Clear it for sending. Nobody approves their own words, or words they have not read.

    `read` is the digest of the words that were on the approver's page, if they came by one.
    """
    campaign = _check_move(campaign, CampaignStatus.APPROVED)
    if by.pk in authorship.writers_of(campaign):
        raise NotAllowed(_("A campaign is approved by someone other than those who wrote it."))
    if read is not None and read != campaign.content_digest:
        raise NotAllowed(_("The text was changed while you were reading. Go back, read it again, then approve it."))
    campaign.approved_by = by
    return _move(campaign, CampaignStatus.APPROVED, by=by)


@transaction.atomic
def request_changes(campaign: Campaign, *, by: User, reason: str) -> Campaign:
    """Back to a draft, with what to change; an approval given before is gone."""
    campaign = _check_move(campaign, CampaignStatus.DRAFT)
    if not reason.strip():
        raise NotAllowed(_("Tell the author what to change."))
    campaign.approved_by, campaign.scheduled_at = None, None
    return _move(campaign, CampaignStatus.DRAFT, by=by, reason=reason)


@transaction.atomic
def schedule(campaign: Campaign, *, at: datetime, by: User) -> Campaign:
    """Let the clock start it."""
    campaign = _check_move(campaign, CampaignStatus.SCHEDULED)
    if at <= timezone.now():
        raise NotAllowed(_("Choose a time in the future, or start the campaign now."))
    if campaign.ends_at and at >= campaign.ends_at:
        raise NotAllowed(_("That is after the end of the campaign. Choose an earlier time, or request changes."))
    campaign.scheduled_at = at
    return _move(campaign, CampaignStatus.SCHEDULED, by=by)


@transaction.atomic
def start(campaign: Campaign, *, by: User | None = None) -> Campaign:
    """From now on it is being sent; the workers freeze the audience and begin."""
    campaign = _check_move(campaign, CampaignStatus.SENDING, but_not_from=CampaignStatus.PAUSED)
    campaign.started_at = timezone.now()
    campaign.ends_at = campaign.ends_at or campaign.started_at + DEFAULT_DURATION
    if campaign.ends_at <= campaign.started_at:
        raise NotAllowed(_("The end of the campaign has passed. Request changes, and set a later end."))
    return _move(campaign, CampaignStatus.SENDING, by=by)


def start_due() -> list[Campaign]:
    """Start what is scheduled and whose hour has come, each once, however often the clock asks."""
    due = Campaign.objects.due(timezone.now())
    return [started for campaign in due if (started := _start_if_due(campaign))]


@transaction.atomic
def _start_if_due(campaign: Campaign) -> Campaign | None:
    campaign = _locked(campaign)
    if (
        campaign.status != CampaignStatus.SCHEDULED
        or not campaign.scheduled_at
        or campaign.scheduled_at > timezone.now()
    ):
        return None
    if campaign.ends_at and campaign.ends_at <= timezone.now():
        cancel(campaign, reason=ChangeReason.ENDED_BEFORE_START)
        return None
    return start(campaign)


@transaction.atomic
def pause(campaign: Campaign, *, by: User | None = None, reason: str = "") -> Campaign:
    """Stop handing over after the messages that are in hand right now."""
    return _move(_check_move(campaign, CampaignStatus.PAUSED), CampaignStatus.PAUSED, by=by, reason=reason)


@transaction.atomic
def resume(campaign: Campaign, *, by: User) -> Campaign:
    """Go on where it was paused."""
    campaign = _locked(campaign)
    if campaign.status != CampaignStatus.PAUSED:
        raise NotAllowed(str(REFUSALS[CampaignStatus(campaign.status)]))
    return _move(campaign, CampaignStatus.SENDING, by=by)


@transaction.atomic
def cancel(campaign: Campaign, *, by: User | None = None, reason: str = "") -> Campaign:
    """Never to be sent, or no further. What is already out stays out."""
    campaign = _check_move(campaign, CampaignStatus.CANCELLED)
    campaign.finished_at = timezone.now()
    return _move(campaign, CampaignStatus.CANCELLED, by=by, reason=reason)


@transaction.atomic
def finish(campaign: Campaign) -> Campaign:
    """Everybody in the audience is accounted for."""
    campaign = _check_move(campaign, CampaignStatus.FINISHED)
    if campaign.audience_locked_at is None or campaign.messages.open().exists():
        raise NotAllowed(_("Some messages of this campaign are still being sent."))
    campaign.finished_at = timezone.now()
    return _move(campaign, CampaignStatus.FINISHED, by=None)


@transaction.atomic
def finish_if_done(campaign_id: int) -> bool:
    """Finish it if there is nothing left to do. Harmless at any time and any number of times."""
    campaign = Campaign.objects.select_for_update(no_key=True).get(pk=campaign_id)
    if (
        campaign.status != CampaignStatus.SENDING
        or campaign.audience_locked_at is None
        or campaign.messages.open().exists()
    ):
        return False
    finish(campaign)
    return True


def _locked(campaign: Campaign) -> Campaign:
    return Campaign.objects.select_for_update(no_key=True).get(pk=campaign.pk)


def _check_move(campaign: Campaign, status: str, *, but_not_from: str = "") -> Campaign:
    """The fresh row, locked, if it may move there; else a sentence on how things stand."""
    campaign = _locked(campaign)
    if status not in MOVES[campaign.status] or campaign.status == but_not_from:
        raise NotAllowed(str(REFUSALS[CampaignStatus(campaign.status)]))
    return campaign


def _move(campaign: Campaign, status: str, *, by: User | None, reason: str = "") -> Campaign:
    campaign.status = status
    return _save(campaign, by=by, reason=reason)


def _save(campaign: Campaign, *, by: User | None, reason: str = "") -> Campaign:
    audit.save_with_history(campaign, by=by, reason=reason)
    return campaign
