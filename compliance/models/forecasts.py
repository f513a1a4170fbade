"""Forecast: who would drop out, and when, if something took effect on a date."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from preferences.models import RuleProposal, Topic


class Forecast(models.Model):
    """One question asked of the live data, and its answer over time. Written by service.py.

    `result` holds what the page shows; `question` what was asked beyond the columns.
    """

    class Kind(models.TextChoices):
        RULE = "rule", _("Rulebook change")
        EXPIRY = "expiry", _("Expiring consent")
        TOPIC = "topic", _("Topic setting change")

    class Status(models.TextChoices):
        COUNTING = "counting", _("Being counted")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")

    kind = models.CharField(_("type"), max_length=10, choices=Kind.choices)
    proposal = models.ForeignKey(
        RuleProposal, on_delete=models.PROTECT, null=True, blank=True, related_name="forecasts"
    )
    topic = models.ForeignKey(Topic, on_delete=models.PROTECT, null=True, blank=True, related_name="forecasts")
    effective_on = models.DateField(_("effective date"))
    until = models.DateField(_("forecast until"))
    question = models.JSONField(_("parameters"), default=dict, blank=True)
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.COUNTING)
    result = models.JSONField(_("result"), default=dict, blank=True)
    detail = models.CharField(_("detail"), max_length=300, blank=True)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField(_("requested"), auto_now_add=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    class Meta:
        verbose_name = _("forecast")
        verbose_name_plural = _("forecasts")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="forecast_of_a_rule_has_a_proposal",
                condition=~models.Q(kind="rule") | models.Q(proposal__isnull=False),
            ),
            models.CheckConstraint(
                name="forecast_of_a_topic_has_a_topic",
                condition=~models.Q(kind="topic") | models.Q(topic__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.effective_on:%Y-%m-%d}"
