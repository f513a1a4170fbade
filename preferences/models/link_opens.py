"""LinkHit: somebody or something opened a link. It changes nothing; it is counted."""

from django.conf import settings
from django.contrib import admin
from django.db import models
from django.utils.translation import gettext_lazy as _

from preferences.codes import stored_codes
from preferences.codes.link_codes import BotSign
from preferences.models.contacts import Address


class LinkOpen(models.Model):
    """One GET or HEAD on a link of ours: never an event, only what we saw, so that machines can be told apart."""

    class Opener(models.TextChoices):
        PERSON = "person", _("Likely a person")
        SCANNER = "scanner", _("Likely a mail scanner")
        BURST = "burst", _("Part of a burst")

    address = models.ForeignKey(Address, on_delete=models.PROTECT, null=True, blank=True, related_name="link_opens")
    purpose = models.CharField(_("link"), max_length=20)
    method = models.CharField(_("HTTP method"), max_length=7)
    opener = models.CharField(_("classification"), max_length=10, choices=Opener.choices)
    because = models.CharField(_("reason"), max_length=100, blank=True)
    mail_domain = models.CharField(_("mail domain"), max_length=255, blank=True)
    network = models.CharField(_("network"), max_length=50, blank=True)
    agent = models.CharField(_("browser"), max_length=200, blank=True)
    seen_at = models.DateTimeField(_("detected at"), auto_now_add=True)

    class Meta:
        verbose_name = _("link open")
        verbose_name_plural = _("link opens")
        ordering = ["-id"]
        indexes = [models.Index(fields=["mail_domain", "seen_at"], name="link_open_burst")]

    def __str__(self) -> str:
        return f"{self.purpose} {self.method}: {self.get_opener_display()}"

    @property
    @admin.display(description=_("reason"))
    def because_label(self) -> str:
        """What gave it away as automated, in the reader's language."""
        return stored_codes.label(self.because, BotSign)


class SuspiciousOptOut(models.Model):
    """An opt-out that looks machine-made. It stands; the person was, or can be, written to once with a way back."""

    address = models.ForeignKey(Address, on_delete=models.PROTECT, related_name="suspicious_opt_outs")
    interaction_id = models.UUIDField(_("interaction ID"), unique=True)
    because = models.CharField(_("reason"), max_length=200)
    seen_at = models.DateTimeField(_("detected at"), auto_now_add=True)
    offered_at = models.DateTimeField(_("undo offered at"), null=True, blank=True)
    resolved_at = models.DateTimeField(_("resolved at"), null=True, blank=True)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("suspicious opt-out")
        verbose_name_plural = _("suspicious opt-outs")
        ordering = ["-id"]
        permissions = [("resolve_suspiciousoptout", "Can review suspicious opt-outs")]

    def __str__(self) -> str:
        return self.because_label

    @property
    @admin.display(description=_("reason"))
    def because_label(self) -> str:
        """What makes it look automated, in the reader's language."""
        return stored_codes.label(self.because, BotSign)
