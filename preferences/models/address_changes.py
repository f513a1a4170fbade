"""AddressChange: a person moves from one address to another."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from preferences.models.contacts import Address


class AddressChange(models.Model):
    """Somebody wants to be written to elsewhere. Nothing moves before the new address is confirmed."""

    old = models.ForeignKey(Address, on_delete=models.PROTECT, related_name="changes_from_here")
    new = models.ForeignKey(Address, on_delete=models.PROTECT, related_name="changes_to_here")
    interaction_id = models.UUIDField(_("interaction ID"), unique=True)
    asked_at = models.DateTimeField(_("requested"), auto_now_add=True)
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True)
    dropped_at = models.DateTimeField(_("cancelled"), null=True, blank=True)

    class Meta:
        verbose_name = _("change of address")
        verbose_name_plural = _("changes of address")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="address_change_confirmed_or_dropped",
                condition=models.Q(confirmed_at=None) | models.Q(dropped_at=None),
            )
        ]

    def __str__(self) -> str:
        return f"{self.old} → {self.new}"
