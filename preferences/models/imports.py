"""Import: one file of contacts with proof of consent."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Import(models.Model):
    """One file, read in chunks; the cursor and the rows it made are saved together."""

    class Status(models.TextChoices):
        CHECKED = "checked", _("Checked, not applied")
        APPLYING = "applying", _("Being applied")
        APPLIED = "applied", _("Applied")
        REFUSED = "refused", _("Refused")

    file_name = models.CharField(_("file"), max_length=200)
    digest = models.CharField(_("SHA-256 of the file"), max_length=64, unique=True)
    file = models.FileField(upload_to="imports/", blank=True)
    status = models.CharField(_("status"), max_length=10, choices=Status.choices)
    line = models.PositiveIntegerField(_("lines read"), default=0)
    counts = models.JSONField(_("counts"), default=dict)
    problems = models.JSONField(_("problems"), default=list, help_text=_("Line number and message; no personal data."))
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    advanced_at = models.DateTimeField(_("last progress"), auto_now=True)
    applied_at = models.DateTimeField(_("applied"), null=True, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.file_name}: {self.get_status_display()}"
