"""Reply and Inbound: what we owe one person, and what came back from them."""

import uuid

from django.conf import settings
from django.contrib import admin
from django.db import models
from django.utils.translation import gettext_lazy as _

from preferences.codes import stored_codes
from preferences.codes.message_codes import CancelReason, InboundOutcome
from preferences.codes.send_details import SendDetail
from preferences.models.contacts import Address, Channel
from preferences.models.topics import Sender


class ServiceMessageQuerySet(models.QuerySet):
    def due(self, at) -> "ServiceMessageQuerySet":
        """What may be claimed at this moment."""
        return self.filter(status=ServiceMessage.Status.QUEUED, due_at__lte=at)


class ServiceMessage(models.Model):
    """A message we owe one person because of something they did. Each at most once, with a deadline."""

    class Kind(models.TextChoices):
        CONFIRM = "confirm", _("Confirmation request")
        SUBSCRIBED = "subscribed", _("Opt-in confirmed")
        UNSUBSCRIBED = "unsubscribed", _("Opt-out confirmed")
        HELP = "help", _("Help")
        SECURE_LINK = "secure_link", _("Secure link")
        REMINDER = "reminder", _("Confirmation reminder")
        CHANGED = "changed", _("Preferences changed")
        OFFLINE_CONSENT = "offline_consent", _("Offline consent recorded")
        NEW_ADDRESS = "new_address", _("Change of address to confirm")

    class Status(models.TextChoices):
        QUEUED = "queued", _("Queued")
        LEASED = "leased", _("Processing")
        SENDING = "sending", _("Sending")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Failed")
        UNKNOWN = "unknown", _("Unknown")
        CANCELLED = "cancelled", _("Not sent")

    reference = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("type"), max_length=20, choices=Kind.choices)
    address = models.ForeignKey(Address, on_delete=models.PROTECT, related_name="service_messages")
    sender = models.ForeignKey(Sender, on_delete=models.PROTECT, related_name="+")
    interaction_id = models.UUIDField(
        _("interaction ID"), help_text=_("The interaction that this message responds to.")
    )
    status = models.CharField(_("status"), max_length=20, choices=Status.choices, default=Status.QUEUED)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    queued_at = models.DateTimeField(_("queued at"), auto_now_add=True)
    due_at = models.DateTimeField(_("due"))
    deadline_at = models.DateTimeField(_("stop sending after"))
    leased_until = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    provider_id = models.CharField(max_length=200, blank=True, db_index=True)

    objects = ServiceMessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("service message")
        verbose_name_plural = _("service messages")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "address", "interaction_id"], name="service_message_once")
        ]
        indexes = [models.Index(fields=["status", "due_at"], name="service_message_due")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.get_status_display()}"

    @property
    @admin.display(description=_("reason"))
    def reason_label(self) -> str:
        """Why it was not sent, or what the provider said, in the reader's language."""
        return stored_codes.label(self.reason, CancelReason, SendDetail)


class InboundMessage(models.Model):
    """A text or mail that came back: raw, normalised, classified, and what we did about it."""

    class Meaning(models.TextChoices):
        OPT_OUT = "opt_out", _("Opt-out")
        OPT_IN = "opt_in", _("Opt-in")
        HELP = "help", _("Help request")
        WRONG_PERSON = "wrong_person", _("Wrong number")
        REVIEW = "review", _("Possible opt-out")
        AUTOMATIC = "automatic", _("Automatic reply")
        BOUNCE = "bounce", _("Not delivered")
        COMPLAINT = "complaint", _("Spam complaint")
        OTHER = "other", _("Needs review")

    class Decision(models.TextChoices):
        OPT_OUT = "opt_out", _("Opt out")
        WRONG_PERSON = "wrong_person", _("Wrong number")
        NOTHING = "nothing", _("No change")

    provider = models.CharField(_("provider"), max_length=30)
    provider_id = models.CharField(_("provider's id"), max_length=200)
    channel = models.CharField(_("channel"), max_length=10, choices=Channel.choices, default=Channel.SMS)
    address = models.ForeignKey(
        Address, on_delete=models.PROTECT, null=True, blank=True, related_name="inbound_messages"
    )
    sender = models.ForeignKey(Sender, on_delete=models.PROTECT, null=True, blank=True, related_name="inbound_messages")
    raw_text = models.TextField(_("text"), blank=True)
    normal_text = models.TextField(_("normalised text"), blank=True)
    meaning = models.CharField(_("meaning"), max_length=20, choices=Meaning.choices)
    matched_by = models.CharField(_("matched by"), max_length=60, blank=True)
    outcome = models.CharField(_("action taken"), max_length=200, blank=True)
    received_at = models.DateTimeField(_("received"), auto_now_add=True)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    due_at = models.DateTimeField(_("review by"), null=True, blank=True)
    decision = models.CharField(_("decision"), max_length=20, choices=Decision.choices, blank=True)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("incoming message")
        verbose_name_plural = _("inbox")
        ordering = ["-id"]
        permissions = [("review_inboundmessage", "Can choose the outcome of a message that needs review")]
        indexes = [
            models.Index(fields=["due_at"], condition=models.Q(decided_at=None), name="inbound_message_needs_review")
        ]
        constraints = [models.UniqueConstraint(fields=["provider", "provider_id"], name="inbound_message_once")]

    def __str__(self) -> str:
        return f"{self.get_meaning_display()} ({self.received_at:%Y-%m-%d %H:%M})"

    @property
    @admin.display(description=_("action taken"))
    def outcome_label(self) -> str:
        """What was done about it, in the reader's language."""
        return stored_codes.label(self.outcome, InboundOutcome)
