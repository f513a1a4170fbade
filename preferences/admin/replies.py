"""What we owe single people, and what came back from them."""

from django.contrib import admin
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy
from unfold.decorators import display

from preferences.admin.base import ReadOnly, StaffAdmin
from preferences.admin.search import FindsByAddress
from preferences.models import Inbound, Reply

STATUSES = {
    "sent": "success",
    "owed": "info",
    "claimed": "info",
    "handing_over": "info",
    "unknown": "warning",
    "dropped": "warning",
    "failed": "danger",
}
MEANINGS = {"opt_out": "danger", "opt_in": "success", "help": "info", "other": "warning"}


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


@admin.register(Inbound)
class InboundAdmin(FindsByAddress, ReadOnly, StaffAdmin):
    """What did they write back, and what did we do about it?"""

    list_display = ["received_at", "address", "beginning", "understood", "matched_by", "outcome"]
    list_filter = ["meaning", "provider", "sender"]
    list_select_related = ["address", "sender"]
    ordering = ["-id"]
    fields = [
        "address",
        "channel",
        "sender",
        "raw_text",
        "normal_text",
        ("meaning", "matched_by"),
        "outcome",
        ("received_at", "sent_at"),
        ("provider", "provider_id"),
    ]

    @display(description=gettext_lazy("text"))
    def beginning(self, inbound: Inbound) -> str:
        return Truncator(inbound.raw_text).chars(60)

    @display(description=gettext_lazy("meaning"), label=MEANINGS, ordering="meaning")
    def understood(self, inbound: Inbound) -> tuple[str, str]:
        return inbound.meaning, inbound.get_meaning_display()
