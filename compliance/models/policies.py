"""Policies, their versions, reviews and reminders: what we promise, read anew every year."""

import datetime

from django.conf import settings
from django.contrib import admin
from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from preferences.codes import stored_codes
from preferences.codes.send_details import SendDetail
from preferences.models import AppendOnly, Topic


class PolicyDocument(models.Model):
    """A policy of the organisation: who owns it, how often it is read anew, what it governs."""

    title = models.CharField(_("title"), max_length=200, unique=True)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="policies")
    review_months = models.PositiveSmallIntegerField(_("review interval (months)"), default=12)
    topics = models.ManyToManyField(Topic, blank=True, related_name="policies", verbose_name=_("topics covered"))
    retired_at = models.DateTimeField(_("retired"), null=True, blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("policy")
        verbose_name_plural = _("policies")
        ordering = ["title"]
        constraints = [
            models.CheckConstraint(
                name="policy_is_reviewed_at_least_yearly",
                condition=models.Q(review_months__gte=1, review_months__lte=12),
                violation_error_message=_("Policies must be reviewed at least once a year: choose 1 to 12 months."),
            )
        ]

    def __str__(self) -> str:
        return self.title


class PolicyVersion(AppendOnly):
    """One immutable version of a policy's text."""

    document = models.ForeignKey(PolicyDocument, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField(_("version"))
    text = models.TextField(_("text"))
    digest = models.CharField(_("SHA-256 of the text"), max_length=64, editable=False)
    summary = models.CharField(_("what changed"), max_length=300, blank=True)
    published_at = models.DateTimeField(_("published"), auto_now_add=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", editable=False
    )

    class Meta:
        verbose_name = _("policy version")
        verbose_name_plural = _("policy versions")
        ordering = ["document", "-number"]
        base_manager_name = "objects"
        constraints = [models.UniqueConstraint(fields=["document", "number"], name="policy_version_unique")]

    def __str__(self) -> str:
        return f"{self.document} {self.number}"


class PolicyReviewQuerySet(models.QuerySet):
    def open(self) -> "PolicyReviewQuerySet":
        return self.filter(signed_at=None)

    def overdue(self, today: datetime.date) -> "PolicyReviewQuerySet":
        return self.open().filter(due_on__lt=today)


class PolicyReview(models.Model):
    """One reading of a policy: when it is due, what was found, what was decided, who signed."""

    class Decision(models.TextChoices):
        KEPT = "kept", _("No change needed")
        CHANGED = "changed", _("Changed: new version published")
        RETIRED = "retired", _("Retired")

    document = models.ForeignKey(PolicyDocument, on_delete=models.PROTECT, related_name="reviews")
    version = models.ForeignKey(
        PolicyVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="reviews", editable=False
    )
    due_on = models.DateField(_("due"))
    findings = models.TextField(_("findings"), blank=True)
    decision = models.CharField(_("decision"), max_length=10, choices=Decision.choices, blank=True)
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    signed_at = models.DateTimeField(_("completed"), null=True, blank=True, editable=False)

    objects = PolicyReviewQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("policy review")
        verbose_name_plural = _("policy reviews")
        ordering = ["due_on"]
        permissions = [("complete_policyreview", "Can complete a policy review")]
        constraints = [
            models.UniqueConstraint(
                fields=["document"], condition=models.Q(signed_at=None), name="policy_review_one_open"
            ),
            models.CheckConstraint(
                name="policy_review_signed_whole",
                condition=models.Q(signed_at=None, signed_by=None)
                | (models.Q(signed_at__isnull=False, signed_by__isnull=False) & ~models.Q(decision="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.document}: {self.due_on}"


class ReviewReminder(AppendOnly):
    """A reminder that went out. Its uniqueness is the promise "once each, however often the clock ticks"."""

    review = models.ForeignKey(PolicyReview, on_delete=models.PROTECT, related_name="reminders")
    occasion = models.CharField(_("timing"), max_length=30)
    to = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    sent_at = models.DateTimeField(_("sent"), auto_now_add=True)

    class Meta:
        verbose_name = _("review reminder")
        verbose_name_plural = _("review reminders")
        ordering = ["-id"]
        base_manager_name = "objects"
        constraints = [models.UniqueConstraint(fields=["review", "occasion", "to"], name="review_reminder_once")]

    def __str__(self) -> str:
        return f"{self.review} ({self.occasion})"


class ReminderOutcome(AppendOnly):
    """What became of a reminder's letter. A reminder without one began, and nobody can say how it ended."""

    class Result(models.TextChoices):
        SENT = "sent", _("Sent")
        TRY_LATER = "try_later", _("Not sent; will be retried at the next run")
        REFUSED = "refused", _("Refused")
        UNKNOWN = "unknown", _("Unknown")

    reminder = models.OneToOneField(ReviewReminder, on_delete=models.PROTECT, primary_key=True, related_name="outcome")
    result = models.CharField(_("result"), max_length=10, choices=Result.choices)
    detail = models.CharField(_("detail"), max_length=300, blank=True)
    recorded_at = models.DateTimeField(_("recorded"), auto_now_add=True)

    class Meta:
        verbose_name = _("reminder outcome")
        verbose_name_plural = _("reminder outcomes")
        base_manager_name = "objects"

    def __str__(self) -> str:
        return f"{self.get_result_display()} {self.detail_label}".strip()

    @property
    @admin.display(description=_("detail"))
    def detail_label(self) -> str:
        """What became of it, or what the provider said, in the reader's language."""
        return stored_codes.label(self.detail, SendDetail)
