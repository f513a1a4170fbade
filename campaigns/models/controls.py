"""StopSwitch, LintOverride and Breakdown: what colleagues decided about sending, and what they saw before."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from campaigns.models.campaigns import Campaign
from preferences.models import AppendOnly


class EmergencyStopQuerySet(models.QuerySet):
    def active(self) -> "EmergencyStopQuerySet":
        return self.filter(deactivated_at=None)


class EmergencyStop(models.Model):
    """Nothing more goes out, from the moment it is thrown until it is released. Written by emergency_stop.py."""

    EVERYTHING = "everything"

    scope = models.CharField(max_length=20, default=EVERYTHING, editable=False)
    activated_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    activated_at = models.DateTimeField(_("paused at"), auto_now_add=True)
    reason = models.TextField(_("why"))
    deactivated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    deactivated_at = models.DateTimeField(_("resumed at"), null=True, blank=True)
    deactivated_because = models.TextField(_("reason for resuming"), blank=True)

    objects = EmergencyStopQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("emergency stop")
        verbose_name_plural = _("emergency stop")
        ordering = ["-id"]
        permissions = [("activate_emergencystop", "Can pause and resume all sending")]
        constraints = [
            models.UniqueConstraint(
                fields=["scope"], condition=models.Q(deactivated_at=None), name="emergency_stop_active_once"
            ),
            models.CheckConstraint(name="emergency_stop_with_a_reason", condition=~models.Q(reason="")),
        ]

    def __str__(self) -> str:
        return f"{self.activated_at:%Y-%m-%d %H:%M}"


class LintOverride(AppendOnly):
    """A second person allowed these words although they break rules of content, and said why.

    It holds for exactly those words and those problems.
    """

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="overrides")
    content_digest = models.CharField(_("SHA-256 of the text"), max_length=64)
    problems = models.JSONField(_("what was allowed"), help_text=_("Name and description of each problem."))
    reason = models.TextField(_("why"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("when"), auto_now_add=True)

    class Meta:
        verbose_name = _("content exception")
        verbose_name_plural = _("content exception")
        ordering = ["-id"]
        base_manager_name = "objects"
        permissions = [("allow_lintoverride", "Can allow text that breaks content rules")]
        constraints = [models.CheckConstraint(name="lint_override_with_a_reason", condition=~models.Q(reason=""))]

    def __str__(self) -> str:
        return f"{self.campaign}: {self.reason[:60]}"


class Breakdown(models.Model):
    """A campaign's whole audience by decision, evaluated for one moment. Counted in the background when it is large."""

    class Status(models.TextChoices):
        COUNTING = "counting", _("Being counted")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="breakdowns")
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.COUNTING)
    evaluated_at = models.DateTimeField(_("checked at"))
    content_digest = models.CharField(_("SHA-256 of the text"), max_length=64, blank=True)
    people = models.PositiveIntegerField(_("recipients"), default=0)
    result = models.JSONField(_("result"), default=dict, blank=True)
    detail = models.CharField(_("detail"), max_length=300, blank=True)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    requested_at = models.DateTimeField(_("requested"), auto_now_add=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    class Meta:
        verbose_name = _("delivery estimate")
        verbose_name_plural = _("delivery estimates")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.campaign} · {self.evaluated_at:%Y-%m-%d %H:%M}"
