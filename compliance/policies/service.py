"""Policies are read anew every year, and somebody is reminded.

A policy has one open review at a time: publishing its first version opens the first, signing one opens the next.

Writes: PolicyDocument, PolicyReview, PolicyVersion.
"""

import hashlib

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from compliance.models import PolicyDocument, PolicyReview, PolicyVersion
from preferences import audit
from preferences.errors import NotAllowed
from preferences.geo import calendar_math

ReviewOutcome = PolicyReview.Decision


@transaction.atomic
def publish_version(document: PolicyDocument, text: str, *, by: User, summary: str = "") -> PolicyVersion:
    """Put a new text in force; the first one opens the first review. Raises NotAllowed when nothing is new."""
    document = _locked(document)
    text = text.strip()
    digest = hashlib.sha256(text.encode()).hexdigest()
    current = document.versions.first()
    _refuse_publishing(document, text, is_the_same=current is not None and current.digest == digest)
    version = PolicyVersion.objects.create(
        document=document,
        number=current.number + 1 if current else 1,
        text=text,
        digest=digest,
        summary=summary,
        published_by=by,
    )
    if not document.reviews.open().exists():
        _open_review(document, by=by)
    return version


@transaction.atomic
def complete_review(review: PolicyReview, *, findings: str, decision: str, by: User) -> PolicyReview:
    """Conclude a review and open the next, or retire the policy. Raises NotAllowed with what is missing."""
    document = _locked(review.document)
    review = PolicyReview.objects.select_for_update().get(pk=review.pk)
    current = document.versions.first()
    _refuse_signing(review, decision, current)
    review.version, review.findings, review.decision = current, findings.strip(), decision
    review.signed_by, review.signed_at = by, timezone.now()
    audit.save_with_history(review, by=by)
    if decision == ReviewOutcome.RETIRED:
        document.retired_at = review.signed_at
        audit.save_with_history(document, by=by)
    else:
        _open_review(document, by=by)
    return review


def _locked(document: PolicyDocument) -> PolicyDocument:
    return PolicyDocument.objects.select_for_update().get(pk=document.pk)


def _refuse_publishing(document: PolicyDocument, text: str, *, is_the_same: bool) -> None:
    if document.retired_at:
        raise NotAllowed(_("This policy is retired. Create a new policy instead."))
    if not text:
        raise NotAllowed(_("Enter the full policy text, not only what changed."))
    if is_the_same:
        raise NotAllowed(
            _("This text is already in force. Change it first, or complete the review with “No change needed”.")
        )


def _refuse_signing(review: PolicyReview, decision: str, current: PolicyVersion | None) -> None:
    if review.signed_at:
        raise NotAllowed(_("This review is already completed. The next one is open."))
    if decision not in ReviewOutcome.values:
        raise NotAllowed(_("Choose a decision: no change needed, changed or retired."))
    if decision == ReviewOutcome.CHANGED and (current is None or current == review.version):
        raise NotAllowed(
            _(
                "No new version has been published since this review was opened. Publish it first, then "
                "complete the review."
            )
        )


def _open_review(document: PolicyDocument, *, by: User) -> PolicyReview:
    """Due in so many months; it remembers the version it found, so that a change can be told."""
    due_on = calendar_math.add_months(timezone.localdate(), document.review_months)
    review = PolicyReview(document=document, due_on=due_on, version=document.versions.first())
    audit.save_with_history(review, by=by)
    return review
