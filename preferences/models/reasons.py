"""LeaveReason: why somebody left, if they cared to say."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from preferences.models.people import Address
from preferences.models.topics import Topic


class LeaveReason(models.Model):
    """What a person told us after they had left. Never asked for before, never required; erasable."""

    class Reason(models.TextChoices):
        TOO_OFTEN = "too_often", _("Too many messages")
        NOT_RELEVANT = "not_relevant", _("Not what I am interested in")
        NOT_EXPECTED = "not_expected", _("I did not sign up")
        ELSEWHERE = "elsewhere", _("I get this another way")
        OTHER = "other", _("Something else")

    address = models.ForeignKey(Address, on_delete=models.PROTECT, related_name="leave_reasons")
    topic = models.ForeignKey(Topic, on_delete=models.PROTECT, null=True, blank=True, related_name="leave_reasons")
    origin = models.UUIDField(_("message it came from"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=20, choices=Reason.choices, blank=True)
    words = models.TextField(_("in their words"), max_length=1000, blank=True)
    created_at = models.DateTimeField(_("said at"), auto_now_add=True)

    class Meta:
        verbose_name = _("reason for leaving")
        verbose_name_plural = _("reasons for leaving")
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.get_reason_display() or str(_("In their own words"))
