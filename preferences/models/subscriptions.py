"""Subscription and Suppression: what the facts add up to."""

from django.conf import settings
from django.contrib import admin
from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from preferences.codes import stored_codes
from preferences.codes.message_codes import InboundOutcome
from preferences.codes.suppression_codes import LiftReason, SuppressionDetail
from preferences.models.consent_events import ConsentEvent
from preferences.models.contacts import Address, Channel, Contact
from preferences.models.topics import Topic


class SubscriptionQuerySet(models.QuerySet):
    def active(self) -> "SubscriptionQuerySet":
        return self.filter(status=Subscription.Status.ACTIVE)

    def pending(self) -> "SubscriptionQuerySet":
        return self.filter(status=Subscription.Status.PENDING)


class Subscription(models.Model):
    """What the ledger adds up to for one address and one topic. Never edited by hand."""

    class Status(models.TextChoices):
        PENDING = "pending", _("Waiting for confirmation")
        ACTIVE = "active", _("Active")
        PAUSED = "paused", _("Paused")
        ENDED = "ended", _("Ended")

    address = models.ForeignKey(Address, on_delete=models.PROTECT, related_name="subscriptions")
    topic = models.ForeignKey(Topic, on_delete=models.PROTECT, related_name="subscriptions")
    status = models.CharField(_("status"), max_length=10, choices=Status.choices)
    event = models.ForeignKey(ConsentEvent, on_delete=models.PROTECT, related_name="+", verbose_name=_("consent event"))
    granted = models.ForeignKey(
        ConsentEvent, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("opt-in event")
    )
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)
    paused_until = models.DateTimeField(_("paused until"), null=True, blank=True)
    changed_at = models.DateTimeField(_("changed"), auto_now=True)

    objects = SubscriptionQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("subscription")
        verbose_name_plural = _("subscriptions")
        constraints = [models.UniqueConstraint(fields=["address", "topic"], name="subscription_unique")]
        indexes = [models.Index(fields=["topic", "status"], name="subscription_crowd")]

    def __str__(self) -> str:
        return f"{self.topic}: {self.get_status_display()}"


class FrequencyCap(models.Model):
    """At most so many messages in any 30 days, by the person's own wish: about one topic, or overall (no topic).

    It holds for the person, so on all their addresses and both channels together.
    """

    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="frequency_caps")
    topic = models.ForeignKey(Topic, on_delete=models.PROTECT, null=True, blank=True, related_name="frequency_caps")
    most_per_month = models.PositiveSmallIntegerField(_("maximum in 30 days"), null=True, blank=True)
    event = models.ForeignKey(ConsentEvent, on_delete=models.PROTECT, related_name="+", verbose_name=_("consent event"))
    changed_at = models.DateTimeField(_("changed"), auto_now=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("frequency cap")
        verbose_name_plural = _("frequency caps")
        ordering = ["contact", "topic"]
        constraints = [
            models.UniqueConstraint(fields=["contact", "topic"], name="frequency_cap_unique"),
            models.UniqueConstraint(
                fields=["contact"], condition=models.Q(topic=None), name="frequency_cap_overall_unique"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.topic or _('everything')}: {self.most_per_month or _('no limit')}"


class SuppressionQuerySet(models.QuerySet):
    def in_force(self) -> "SuppressionQuerySet":
        return self.filter(lifted_at=None)

    def of(self, address: Address) -> "SuppressionQuerySet":
        return self.filter(fingerprint=address.fingerprint)


class Suppression(models.Model):
    """Do not send here, whatever the subscriptions say. Kept under a fingerprint, so it outlives the data."""

    class Reason(models.TextChoices):
        STOPPED = "stopped", _("Opted out")
        COMPLAINED = "complained", _("Complained")
        BOUNCED = "bounced", _("Undeliverable")
        ERASED = "erased", _("Erased on request")
        PERMANENT = "permanent", _("Do not contact (permanent)")
        REASSIGNED = "reassigned", _("Reassigned to someone else")
        HELD = "held", _("On hold: needs review")

    EVERYTHING = "everything"

    fingerprint = models.CharField(_("fingerprint"), max_length=64, editable=False)
    channel = models.CharField(_("channel"), max_length=10, choices=Channel.choices)
    reason = models.CharField(_("reason"), max_length=20, choices=Reason.choices)
    scope = models.CharField(
        _("scope"), max_length=20, choices=[(EVERYTHING, _("Everything")), *Topic.Purpose.choices], default=EVERYTHING
    )
    since = models.DateTimeField(_("since"), auto_now_add=True)
    detail = models.CharField(_("detail"), max_length=200, blank=True)
    lifted_at = models.DateTimeField(_("lifted"), null=True, blank=True)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    lifted_because = models.CharField(_("reason for lifting"), max_length=200, blank=True)

    objects = SuppressionQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("suppression")
        verbose_name_plural = _("suppressions")
        ordering = ["-since"]
        constraints = [
            models.UniqueConstraint(
                fields=["fingerprint", "reason", "scope"],
                condition=models.Q(lifted_at=None),
                name="suppression_in_force_once",
            ),
            models.CheckConstraint(
                name="suppression_permanent_never_lifted_by_staff",
                condition=~models.Q(reason="permanent") | models.Q(lifted_by=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_reason_display()} ({self.get_scope_display()})"

    @property
    @admin.display(description=_("detail"))
    def detail_label(self) -> str:
        """How it came about, in the reader's language."""
        return stored_codes.label(self.detail, SuppressionDetail)

    @property
    @admin.display(description=_("reason for lifting"))
    def lifted_because_label(self) -> str:
        """Why it was lifted, in the reader's language."""
        return stored_codes.label(self.lifted_because, LiftReason, InboundOutcome)
