"""Message and DeliveryEvent: a campaign on its way to one address, and what the provider said of it."""

import uuid

from django.contrib import admin
from django.db import models
from django.utils.translation import gettext_lazy as _

from campaigns.models.campaigns import Campaign
from preferences.codes import stored_codes
from preferences.codes.send_details import SendDetail
from preferences.models import Address, AppendOnly, AppliedRules, ConsentEvent, ServiceMessage


class MessageQuerySet(models.QuerySet):
    def ready(self, at) -> "MessageQuerySet":
        """What may be claimed at this moment: queued, or waiting until a time that has come."""
        waiting = models.Q(status=Message.Status.WAITING, wait_until__lte=at)
        return self.filter(waiting | models.Q(status=Message.Status.QUEUED))

    def open(self) -> "MessageQuerySet":
        """Not yet at an end."""
        return self.filter(status__in=Message.OPEN)


class Message(models.Model):
    """A campaign on its way to one address: at most once, and never lost from sight."""

    class Status(models.TextChoices):
        QUEUED = "queued", _("Queued")
        LEASED = "leased", _("Processing")
        SENDING = "sending", _("Sending")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Failed")
        UNKNOWN = "unknown", _("Unknown")
        SKIPPED = "skipped", _("Skipped")
        WAITING = "waiting", _("Waiting")

    class Decision(models.TextChoices):
        SEND = "send", _("Send")
        WAIT = "wait", _("Wait")
        SKIP = "skip", _("Skip")

    OPEN = (Status.QUEUED, Status.LEASED, Status.SENDING, Status.WAITING)

    reference = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="messages")
    address = models.ForeignKey(Address, on_delete=models.PROTECT, related_name="messages")
    status = models.CharField(_("status"), max_length=20, choices=Status.choices, default=Status.QUEUED)
    skipped_because = models.CharField(_("skipped because"), max_length=40, blank=True)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True, editable=False)
    decision = models.CharField(_("decision"), max_length=4, choices=Decision.choices, blank=True, editable=False)
    waiting_for = models.CharField(_("waiting for"), max_length=40, blank=True, editable=False)
    local_time = models.CharField(_("their local time"), max_length=60, blank=True, editable=False)
    time_zone_source = models.CharField(_("time zone based on"), max_length=12, blank=True, editable=False)
    applied_rules = models.ForeignKey(
        AppliedRules, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("applied rules")
    )
    event = models.ForeignKey(
        ConsentEvent, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("consent event")
    )
    lease = models.UUIDField(null=True, blank=True, editable=False)
    leased_until = models.DateTimeField(null=True, blank=True, editable=False)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    wait_until = models.DateTimeField(_("waiting until"), null=True, blank=True)
    sent_to_provider_at = models.DateTimeField(_("sent to provider"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    provider_id = models.CharField(_("provider's id"), max_length=200, blank=True, db_index=True)
    detail = models.CharField(_("detail"), max_length=300, blank=True)
    body_digest = models.CharField(_("SHA-256 of what was sent"), max_length=64, blank=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "address"], name="message_once"),
            models.CheckConstraint(
                name="message_skipped_with_a_reason",
                condition=models.Q(status="skipped") ^ models.Q(skipped_because=""),
            ),
        ]
        indexes = [
            models.Index(fields=["campaign", "status", "id"], name="message_queue"),
            models.Index(fields=["lease"], name="message_lease", condition=models.Q(lease__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.campaign_id} → {self.address_id}: {self.get_status_display()}"

    @property
    @admin.display(description=_("detail"))
    def detail_label(self) -> str:
        """What became of it, or what the provider said, in the reader's language."""
        return stored_codes.label(self.detail, SendDetail)


class DeliveryEvent(AppendOnly):
    """What a provider reported about a message or a reply. The second ledger; no personal values."""

    class Kind(models.TextChoices):
        DELIVERED = "delivered", _("Delivered")
        DEFERRED = "deferred", _("Deferred")
        HARD_BOUNCE = "hard_bounce", _("Hard bounce (permanent)")
        SOFT_BOUNCE = "soft_bounce", _("Soft bounce (temporary)")
        REJECTED = "rejected", _("Rejected by the provider")
        COMPLAINED = "complained", _("Complained")
        UNSUBSCRIBED = "unsubscribed", _("Unsubscribed at the provider")

    provider = models.CharField(_("provider"), max_length=40)
    provider_event_id = models.CharField(_("provider's event"), max_length=200)
    message = models.ForeignKey(Message, on_delete=models.PROTECT, null=True, blank=True, related_name="deliveries")
    service_message = models.ForeignKey(
        ServiceMessage, on_delete=models.PROTECT, null=True, blank=True, related_name="deliveries"
    )
    fingerprint = models.CharField(_("fingerprint of the address"), max_length=64, blank=True, db_index=True)
    kind = models.CharField(_("type"), max_length=20, choices=Kind.choices)
    detail = models.CharField(_("detail"), max_length=200, blank=True)
    occurred_at = models.DateTimeField(_("happened"))
    recorded_at = models.DateTimeField(_("recorded"), auto_now_add=True)

    class Meta:
        verbose_name = _("delivery event")
        verbose_name_plural = _("delivery events")
        ordering = ["-id"]
        base_manager_name = "objects"
        constraints = [models.UniqueConstraint(fields=["provider", "provider_event_id"], name="delivery_event_once")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({self.provider})"
