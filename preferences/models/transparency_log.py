"""LedgerLeaf and Checkpoint: the ledger as a Merkle tree, and its root, signed."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from preferences.models.append_only import AppendOnly
from preferences.models.consent_events import ConsentEvent


class LedgerLeaf(AppendOnly):
    """One event's place in the tree, given when it was sealed; never the order of ids, which can have gaps."""

    index = models.BigIntegerField(_("tree index"), primary_key=True)
    event = models.OneToOneField(ConsentEvent, on_delete=models.PROTECT, related_name="leaf")
    digest = models.CharField(_("hash"), max_length=64)

    class Meta:
        verbose_name = _("ledger leaf")
        verbose_name_plural = _("ledger leaves")
        ordering = ["index"]
        base_manager_name = "objects"

    def __str__(self) -> str:
        return f"{self.index}: {self.digest[:12]}"


class Checkpoint(AppendOnly):
    """The root of the tree at one size, signed. Anchored outside, it proves what stood here then."""

    size = models.BigIntegerField(_("events included"), primary_key=True)
    root = models.CharField(_("root"), max_length=64)
    frontier = models.JSONField(editable=False)
    note = models.TextField(_("signed note"))
    sealed_at = models.DateTimeField(_("signed at"), auto_now_add=True)

    class Meta:
        verbose_name = _("checkpoint")
        verbose_name_plural = _("checkpoints")
        ordering = ["-size"]
        base_manager_name = "objects"

    def __str__(self) -> str:
        return f"{self.size} · {self.root[:12]}"
