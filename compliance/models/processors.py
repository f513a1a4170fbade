"""Processor: a third party that handles people's data for us."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from preferences.models import Sender


class Processor(models.Model):
    """Who handles data for us, what they do with it, where, and under which agreement. People read this."""

    name = models.CharField(_("name"), max_length=200, unique=True)
    purpose = models.CharField(_("service provided"), max_length=300)
    data = models.CharField(_("data received"), max_length=300)
    country = models.CharField(_("country"), max_length=2, help_text=_("Two-letter country code, for example US."))
    safeguard = models.CharField(_("safeguard for international transfers"), max_length=300, blank=True)
    agreement_on = models.DateField(_("agreement signed"), null=True, blank=True)
    senders = models.ManyToManyField(Sender, related_name="processors", verbose_name=_("works for"))
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("processor")
        verbose_name_plural = _("processors")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
