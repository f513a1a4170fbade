"""Messages and what providers reported: looked at, never edited."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import display

from campaigns.admin import explanation_pages
from campaigns.decision import checks, reason_labels
from campaigns.explain import recorded, serialize
from campaigns.models import DeliveryEvent, Message
from preferences.admin.base import ReadOnly, StaffAdmin

MessageStatus = Message.Status
DeliveryKind = DeliveryEvent.Kind


class ReasonFilter(admin.SimpleListFilter):
    """Why did somebody not get it?"""

    title = gettext_lazy("skipped because")
    parameter_name = "skipped_because"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, Any]]:
        return list(reason_labels.REASON_LABELS.items())

    def queryset(self, request: HttpRequest, rows: QuerySet[Message]) -> QuerySet[Message]:
        return rows.filter(skipped_because=self.value()) if self.value() else rows


class OnHoldFilter(admin.SimpleListFilter):
    """What waits until a colleague has settled something."""

    title = gettext_lazy("on hold")
    parameter_name = "held"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", _("Yes"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Message]) -> QuerySet[Message]:
        held = {"status": Message.Status.WAITING, "waiting_for__in": checks.HELD}
        return queryset.filter(**held) if self.value() == "yes" else queryset


@admin.register(Message)
class MessageAdmin(ReadOnly, explanation_pages.ExplanationAdminMixin):
    """Did Ana get it? Why not?"""

    list_display = ["campaign", "to", "standing", "because", "sent_to_provider_at", "finished_at"]
    list_filter = ["status", ReasonFilter, OnHoldFilter, "campaign"]
    search_fields = ["=provider_id"]
    search_help_text = gettext_lazy("The provider's full id.")
    list_select_related = ["campaign", "address"]
    fields = [
        "campaign",
        "to",
        "status",
        "because",
        "detail_label",
        "event",
        "attempts",
        "wait_until",
        "sent_to_provider_at",
        "finished_at",
        "reference",
        "provider_id",
        "body_digest",
    ]
    readonly_fields = fields
    show_facets = admin.ShowFacets.NEVER
    change_form_outer_before_template = "admin/campaigns/message/_recorded_decision.html"

    def render_change_form(self, request: HttpRequest, context: dict, *args: Any, **kwargs: Any) -> HttpResponse:
        """The stored decision first, exactly as it was evaluated."""
        if found := recorded.messages_with_decision(pk=kwargs["obj"].pk if kwargs.get("obj") else None):
            personal = request.user.has_perm("preferences.view_contact")
            context["judged"] = serialize.decision_document(
                recorded.read_decision(found), explanation_pages.admin_urls_for(request), personal=personal
            )
            context["now"] = {"who": found.address.reference, "about": found.campaign.reference}
        return super().render_change_form(request, context, *args, **kwargs)

    @display(description=gettext_lazy("to"))
    def to(self, message: Message) -> str:
        return message.address.masked or "–"

    @display(
        description=gettext_lazy("status"),
        label={
            MessageStatus.SENT: "success",
            MessageStatus.FAILED: "danger",
            MessageStatus.UNKNOWN: "warning",
            MessageStatus.WAITING: "info",
        },
    )
    def standing(self, message: Message) -> tuple[str, str]:
        return message.status, message.get_status_display()

    @display(description=gettext_lazy("reason for not sending or waiting"))
    def because(self, message: Message) -> str:
        """Why it was skipped, or what it waits for."""
        reason = message.skipped_because or (message.waiting_for if message.status == MessageStatus.WAITING else "")
        return reason_labels.reason_label(reason) if reason else "–"


@admin.register(DeliveryEvent)
class DeliveryEventAdmin(ReadOnly, StaffAdmin):
    """What did the provider say?"""

    list_display = ["occurred_at", "provider", "told", "message", "service_message", "detail"]
    list_filter = ["kind", "provider"]
    search_fields = ["=provider_event_id", "=message__provider_id"]
    list_select_related = ["message", "service_message"]
    fields = [
        "kind",
        "provider",
        "provider_event_id",
        "message",
        "service_message",
        "detail",
        "occurred_at",
        "recorded_at",
    ]
    date_hierarchy = "occurred_at"
    show_facets = admin.ShowFacets.NEVER

    @display(
        description=gettext_lazy("what"),
        label={
            DeliveryKind.DELIVERED: "success",
            DeliveryKind.HARD_BOUNCE: "danger",
            DeliveryKind.COMPLAINED: "danger",
            DeliveryKind.REJECTED: "danger",
            DeliveryKind.SOFT_BOUNCE: "warning",
            DeliveryKind.DEFERRED: "info",
        },
    )
    def told(self, event: DeliveryEvent) -> tuple[str, str]:
        return event.kind, event.get_kind_display()
