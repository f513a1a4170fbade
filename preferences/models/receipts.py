"""Receipt: the signed proof that a person holds of what they said."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from preferences.models.append_only import AppendOnly
from preferences.models.contacts import Address


class Receipt(AppendOnly):
    """What one act of a person changed, signed, as it was given to them. Names nobody: the person is a pseudonym."""

    reference = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    address = models.ForeignKey(Address, on_delete=models.PROTECT, related_name="receipts")
    interaction_id = models.UUIDField(_("interaction ID"))
    document = models.TextField(_("signed document"))
    issued_at = models.DateTimeField(_("issued"), auto_now_add=True)

    class Meta:
        verbose_name = _("receipt")
        verbose_name_plural = _("receipts")
        ordering = ["-id"]
        base_manager_name = "objects"
        constraints = [models.UniqueConstraint(fields=["address", "interaction_id"], name="receipt_once")]

    def __str__(self) -> str:
        return f"{self.reference}"
