"""Campaign: one text, written once, for everyone eligible for a topic on a channel."""

import hashlib
import json
import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from preferences.models import Channel, Sender, Topic


class CampaignQuerySet(models.QuerySet):
    def due(self, at) -> "CampaignQuerySet":
        """Scheduled campaigns whose hour has come."""
        return self.filter(status=Campaign.Status.SCHEDULED, scheduled_at__lte=at)

    def sending(self) -> "CampaignQuerySet":
        return self.filter(status=Campaign.Status.SENDING)


class Campaign(models.Model):
    """One text for everyone who asked to hear about a topic. Its status changes through lifecycle.py only."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        IN_REVIEW = "in_review", _("In review")
        APPROVED = "approved", _("Approved")
        SCHEDULED = "scheduled", _("Scheduled")
        SENDING = "sending", _("Sending")
        PAUSED = "paused", _("Paused")
        FINISHED = "finished", _("Finished")
        CANCELLED = "cancelled", _("Cancelled")

    class Kind(models.TextChoices):
        CAMPAIGN = "campaign", _("Campaign")
        REPERMISSION = "repermission", _("Consent renewal")

    reference = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=200, help_text=_("Internal name, not shown to recipients."))
    topic = models.ForeignKey(Topic, on_delete=models.PROTECT, related_name="campaigns")
    channel = models.CharField(_("channel"), max_length=10, choices=Channel.choices, default=Channel.EMAIL)
    kind = models.CharField(_("type"), max_length=20, choices=Kind.choices, default=Kind.CAMPAIGN, editable=False)
    subject = models.CharField(_("subject"), max_length=200, blank=True)
    body = models.TextField(_("text"), help_text=_("Markdown for email, plain text for SMS."))
    status = models.CharField(_("status"), max_length=20, choices=Status.choices, default=Status.DRAFT, editable=False)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="campaigns", editable=False
    )
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    ends_at = models.DateTimeField(
        _("stop sending after"),
        null=True,
        blank=True,
        help_text=_("Messages not sent by then are skipped. If empty: seven days after the start."),
    )
    scheduled_at = models.DateTimeField(_("scheduled for"), null=True, blank=True, editable=False)
    audience_locked_up_to = models.BigIntegerField(default=0, editable=False)
    audience_locked_at = models.DateTimeField(_("audience locked"), null=True, blank=True, editable=False)
    started_at = models.DateTimeField(_("started"), null=True, blank=True, editable=False)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True, editable=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = CampaignQuerySet.as_manager()
    history = HistoricalRecords(excluded_fields=["audience_locked_up_to"])

    class Meta:
        verbose_name = _("campaign")
        verbose_name_plural = _("campaigns")
        ordering = ["-id"]
        permissions = [
            ("submit_campaign", "Can submit a campaign for review"),
            ("approve_campaign", "Can approve a campaign somebody else wrote"),
            ("send_campaign", "Can schedule, start, pause, resume and cancel a campaign"),
        ]
        constraints = [
            models.CheckConstraint(
                name="campaign_approved_by_another",
                condition=models.Q(approved_by=None) | ~models.Q(approved_by=models.F("author")),
                violation_error_message=_("A campaign is approved by someone other than its author."),
            ),
            models.CheckConstraint(
                name="campaign_approved_before_sending",
                condition=models.Q(status__in=["draft", "in_review", "cancelled"])
                | models.Q(approved_by__isnull=False),
            ),
            models.CheckConstraint(
                name="campaign_mail_has_a_subject",
                condition=~models.Q(channel="email") | ~models.Q(subject=""),
                violation_error_message=_("An email needs a subject."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def sender(self) -> Sender:
        return self.topic.sender

    @property
    def content_digest(self) -> str:
        """What it says and to whom, as one value: two readings of the same words have the same."""
        words = [self.topic_id, self.channel, self.subject, self.body]
        return hashlib.sha256(json.dumps(words).encode()).hexdigest()

    @property
    def is_editable(self) -> bool:
        return self.status == self.Status.DRAFT
