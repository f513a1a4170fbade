"""LeaveReason: why somebody left, if they cared to say."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from preferences.models.contacts import Address
from preferences.models.topics import Topic


class OptOutReason(models.Model):
    """What a person told us after they had left. Never asked for before, never required; erasable."""

    class Reason(models.TextChoices):
        TOO_OFTEN = "too_often", _("Too many messages")
        NOT_RELEVANT = "not_relevant", _("Not what I am interested in")
        NEVER_SIGNED_UP = "never_signed_up", _("I never signed up for this")
        PRIVACY = "privacy", _("I worry about my privacy")
        OTHER = "other", _("Something else")

    address = models.ForeignKey(Address, on_delete=models.PROTECT, related_name="opt_out_reasons")
    topic = models.ForeignKey(Topic, on_delete=models.PROTECT, null=True, blank=True, related_name="opt_out_reasons")
    origin = models.UUIDField(_("source message"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=20, choices=Reason.choices, blank=True)
    words = models.TextField(_("in their words"), max_length=1000, blank=True)
    created_at = models.DateTimeField(_("submitted at"), auto_now_add=True)
    reviewed_at = models.DateTimeField(_("investigated"), null=True, blank=True)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    finding = models.TextField(_("outcome"), max_length=1000, blank=True)

    class Meta:
        verbose_name = _("unsubscribe reason")
        verbose_name_plural = _("unsubscribe reasons")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["origin"], condition=models.Q(origin__isnull=False), name="opt_out_reason_of_message")
        ]
        permissions = [("review_optoutreason", "Can investigate consent complaints")]

    def __str__(self) -> str:
        return self.get_reason_display() or str(_("In their own words"))
