"""Reply and Inbound: what we owe one person, and what came back from them."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from preferences.models.contacts import Address, Channel
from preferences.models.topics import Sender


class ReplyQuerySet(models.QuerySet):
    def due(self, at) -> "ReplyQuerySet":
        """What may be claimed at this moment."""
        return self.filter(status=Reply.Status.OWED, due_at__lte=at)


class Reply(models.Model):
    """A message we owe one person because of something they did. Each at most once, with a deadline."""

    class Kind(models.TextChoices):
        CONFIRM = "confirm", _("Please confirm")
        SIGNED_UP = "signed_up", _("You are signed up")
        OPTED_OUT = "opted_out", _("You are out")
        HELP = "help", _("Help")
        LINK = "link", _("Your link")
        REMINDER = "reminder", _("You have not confirmed yet")
        CHANGED = "changed", _("Your preferences were changed")
        WRITTEN_DOWN = "written_down", _("We wrote down what you said")
        NEW_ADDRESS = "new_address", _("Please confirm your new address")

    class Status(models.TextChoices):
        OWED = "owed", _("Owed")
        CLAIMED = "claimed", _("Claimed")
        HANDING_OVER = "handing_over", _("Being handed over")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Failed")
        UNKNOWN = "unknown", _("Unknown")
        DROPPED = "dropped", _("Not sent")

    reference = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    address = models.ForeignKey(Address, on_delete=models.PROTECT, related_name="replies")
    sender = models.ForeignKey(Sender, on_delete=models.PROTECT, related_name="+")
    act = models.UUIDField(_("act"), help_text=_("The act of the person that this answers."))
    status = models.CharField(_("status"), max_length=20, choices=Status.choices, default=Status.OWED)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    owed_at = models.DateTimeField(_("owed since"), auto_now_add=True)
    due_at = models.DateTimeField(_("due"))
    deadline_at = models.DateTimeField(_("not after"))
    claimed_until = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    provider_id = models.CharField(max_length=200, blank=True, db_index=True)

    objects = ReplyQuerySet.as_manager()

    class Meta:
        verbose_name = _("reply")
        verbose_name_plural = _("replies")
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["kind", "address", "act"], name="reply_once")]
        indexes = [models.Index(fields=["status", "due_at"], name="reply_due")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.get_status_display()}"


class Inbound(models.Model):
    """A text or mail that came back: raw, normalised, classified, and what we did about it."""

    class Meaning(models.TextChoices):
        OPT_OUT = "opt_out", _("Wants to stop")
        OPT_IN = "opt_in", _("Wants to start")
        HELP = "help", _("Wants help")
        WRONG_PERSON = "wrong_person", _("Not the person we think")
        REVIEW = "review", _("Perhaps wants to stop")
        AUTOMATIC = "automatic", _("Answered by a machine")
        BOUNCE = "bounce", _("Could not be delivered")
        COMPLAINT = "complaint", _("Spam complaint")
        OTHER = "other", _("For a person to read")

    class Decision(models.TextChoices):
        OPT_OUT = "opt_out", _("They want to stop")
        WRONG_PERSON = "wrong_person", _("They are not the person we think")
        NOTHING = "nothing", _("Neither; go on as before")

    provider = models.CharField(_("provider"), max_length=30)
    provider_id = models.CharField(_("provider's id"), max_length=200)
    channel = models.CharField(_("channel"), max_length=10, choices=Channel.choices, default=Channel.SMS)
    address = models.ForeignKey(Address, on_delete=models.PROTECT, null=True, blank=True, related_name="inbound")
    sender = models.ForeignKey(Sender, on_delete=models.PROTECT, null=True, blank=True, related_name="inbound")
    raw_text = models.TextField(_("text"), blank=True)
    normal_text = models.TextField(_("as understood"), blank=True)
    meaning = models.CharField(_("meaning"), max_length=20, choices=Meaning.choices)
    matched_by = models.CharField(_("decided by"), max_length=60, blank=True)
    outcome = models.CharField(_("what we did"), max_length=200, blank=True)
    received_at = models.DateTimeField(_("received"), auto_now_add=True)
    sent_at = models.DateTimeField(_("sent by the person"), null=True, blank=True)
    due_at = models.DateTimeField(_("to be read before"), null=True, blank=True)
    decision = models.CharField(_("decision"), max_length=20, choices=Decision.choices, blank=True)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("inbound message")
        verbose_name_plural = _("inbound messages")
        ordering = ["-id"]
        permissions = [("decide_inbound", "Can decide what a doubtful message means")]
        indexes = [models.Index(fields=["due_at"], condition=models.Q(decided_at=None), name="inbound_to_read")]
        constraints = [models.UniqueConstraint(fields=["provider", "provider_id"], name="inbound_once")]

    def __str__(self) -> str:
        return f"{self.get_meaning_display()} ({self.received_at:%Y-%m-%d %H:%M})"
