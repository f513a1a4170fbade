"""What we owe single people."""

from django.contrib import admin
from django.utils.translation import gettext_lazy
from unfold.decorators import display

from preferences.admin.address_search import AddressSearchAdmin
from preferences.admin.base import ReadOnly, StaffAdmin
from preferences.models import ServiceMessage

STATUSES = {
    "sent": "success",
    "queued": "info",
    "leased": "info",
    "sending": "info",
    "unknown": "warning",
    "cancelled": "warning",
    "failed": "danger",
}


@admin.register(ServiceMessage)
class ServiceMessageAdmin(AddressSearchAdmin, ReadOnly, StaffAdmin):
    """Did they get our answer?"""

    list_display = ["queued_at", "kind", "address", "sender", "state", "attempts", "sent_at", "reason_label"]
    list_filter = ["status", "kind", "sender", "address__channel"]
    list_select_related = ["address", "sender"]
    ordering = ["-id"]
    fields = [
        ("kind", "status"),
        "reason_label",
        "address",
        "sender",
        ("queued_at", "sent_at"),
        ("due_at", "deadline_at"),
        ("attempts", "provider_id"),
        "reference",
        "interaction_id",
    ]
    readonly_fields = ["reference", "reason_label"]

    @display(description=gettext_lazy("status"), label=STATUSES, ordering="status")
    def state(self, service_message: ServiceMessage) -> tuple[str, str]:
        return service_message.status, service_message.get_status_display()
