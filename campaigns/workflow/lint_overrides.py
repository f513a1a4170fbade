"""A second person allows words that break rules of content, and says why.

It holds for exactly those words and those problems: other words, or a problem that was not there, need another look.

Writes: Campaign, LintOverride.
"""

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext as _

from campaigns.content import lint, problems
from campaigns.models import Campaign, LintOverride
from campaigns.workflow import authorship
from campaigns.workflow.change_reasons import ChangeReason
from preferences import audit
from preferences.errors import NotAllowed

MAX_REASON_LENGTH = 1000


@transaction.atomic
def allow(campaign: Campaign, *, reason: str, by: User, read: str | None = None) -> LintOverride:
    """Let these very words be submitted although they break rules. Nobody allows their own words.

    `read` is the digest of the words that were on the colleague's page, if they came by one.
    """
    campaign = Campaign.objects.select_for_update(no_key=True).get(pk=campaign.pk)
    _refuse(campaign, reason=reason, by=by, read=read)
    allowed = [problems.to_record(problem) for problem in _open(campaign)]
    row = LintOverride.objects.create(
        campaign=campaign, content_digest=campaign.content_digest, problems=allowed, reason=reason.strip(), by=by
    )
    audit.save_with_history(campaign, by=by, reason=ChangeReason.ALLOWED.filled(row.reason))
    return row


@dataclass(frozen=True)
class ShownOverride:
    """An exception as a page shows it, in the reader's language."""

    by: User
    at: datetime
    reason: str
    sentences: list[str]


def current_overrides(campaign: Campaign) -> list[ShownOverride]:
    """What was allowed for the words as they stand now."""
    rows = campaign.overrides.filter(content_digest=campaign.content_digest).select_related("by")
    return [ShownOverride(row.by, row.at, row.reason, allowed_sentences(row)) for row in rows]


def allowed_sentences(row: LintOverride) -> list[str]:
    """The problems that were allowed, each with the rule that asks for it."""
    return [problems.from_record(record).told for record in row.problems]


def has_allowable_problems(campaign: Campaign) -> bool:
    """Is there anything to allow?"""
    errors = lint.unresolved_errors(campaign) if campaign.is_editable else []
    return bool(errors) and all(problem.may_be_allowed for problem in errors)


def _refuse(campaign: Campaign, *, reason: str, by: User, read: str | None) -> None:
    if not campaign.is_editable:
        raise NotAllowed(_("Exceptions are only possible for a draft. Use “Request changes” first."))
    if by.pk in authorship.writers_of(campaign):
        raise NotAllowed(_("An exception must be allowed by someone who did not write the text."))
    if not reason.strip():
        raise NotAllowed(_("Explain why this text is acceptable despite the rules."))
    if len(reason.strip()) > MAX_REASON_LENGTH:
        raise NotAllowed(_("Give the reason in at most %(most)s characters.") % {"most": MAX_REASON_LENGTH})
    if read is not None and read != campaign.content_digest:
        raise NotAllowed(_("The text was changed while you were reading. Go back and read it again."))


def _open(campaign: Campaign) -> list[problems.Problem]:
    """What is in the way and may be allowed. Raises NotAllowed when nothing is, or when something never may."""
    errors = lint.unresolved_errors(campaign)
    if not errors:
        raise NotAllowed(_("No exception is needed: this text can be submitted."))
    if never := [problem for problem in errors if not problem.may_be_allowed]:
        raise NotAllowed(_("This cannot be allowed by anybody: %(problem)s") % {"problem": never[0].whole})
    return errors
