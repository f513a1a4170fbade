"""Since when can nothing be changed unseen?"""

from django.contrib import admin

from preferences.admin.base import ReadOnly, StaffAdmin
from preferences.models import Checkpoint


@admin.register(Checkpoint)
class CheckpointAdmin(ReadOnly, StaffAdmin):
    """The signed roots of the ledger, newest first; keep a copy of them outside."""

    list_display = ["sealed_at", "size", "root"]
    fields = ["size", "root", "sealed_at", "note"]
    readonly_fields = fields
