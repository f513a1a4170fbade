"""What we owe single people."""

from django.contrib import admin
from django.utils.translation import gettext_lazy
from unfold.decorators import display

from preferences.admin.address_search import FindsByAddress
from preferences.admin.base import ReadOnly, StaffAdmin
from preferences.models import Reply

STATUSES = {
    "sent": "success",
    "owed": "info",
    "claimed": "info",
    "handing_over": "info",
    "unknown": "warning",
    "dropped": "warning",
    "failed": "danger",
}


@admin.register(Reply)
class ReplyAdmin(FindsByAddress, ReadOnly, StaffAdmin):
    """Did they get our answer?"""

    list_display = ["owed_at", "kind", "address", "sender", "state", "attempts", "sent_at", "reason"]
    list_filter = ["status", "kind", "sender", "address__channel"]
    list_select_related = ["address", "sender"]
    ordering = ["-id"]
    fields = [
        ("kind", "status"),
        "reason",
        "address",
        "sender",
        ("owed_at", "sent_at"),
        ("due_at", "deadline_at"),
        ("attempts", "provider_id"),
        "reference",
        "act",
    ]
    readonly_fields = ["reference"]

    @display(description=gettext_lazy("status"), label=STATUSES, ordering="status")
    def state(self, reply: Reply) -> tuple[str, str]:
        return reply.status, reply.get_status_display()
