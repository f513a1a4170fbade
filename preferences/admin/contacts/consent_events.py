"""What exactly did they say, when, how, and what proves it?"""

from pathlib import Path

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import StackedInline
from unfold.contrib.filters.admin import RangeDateFilter
from unfold.decorators import display

from preferences.admin.address_search import AddressSearchAdmin
from preferences.admin.base import ReadOnly, StaffAdmin
from preferences.consent import evidence
from preferences.models import ConsentEvent, Evidence, Topic

KINDS = {
    "granted": "success",
    "resumed": "success",
    "asked": "info",
    "paused": "warning",
    "expired": "warning",
    "refused": "danger",
    "withdrawn": "danger",
    "invalidated": "danger",
}


class EvidenceInline(ReadOnly, StackedInline):
    """The personal part of the proof: on the event's own page, for those who may see it."""

    model = Evidence
    fields = ["words", "page", ("ip", "user_agent"), "recording_or_scan"]
    readonly_fields = ["words", "page", "ip", "user_agent", "recording_or_scan"]
    extra = 0

    @display(description=gettext_lazy("recording or scan"))
    def recording_or_scan(self, evidence: Evidence) -> str:
        if not evidence.document:
            return "–"
        where = reverse("admin:preferences_evidence_document", args=[evidence.pk])
        return format_html('<a href="{}">{}</a>', where, _("Download file"))


class TopicFilter(admin.SimpleListFilter):
    title = gettext_lazy("topic")
    parameter_name = "topic"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        topics = Topic.objects.select_related("sender")
        return [("all", _("Everything")), *((str(topic.pk), f"{topic.sender} · {topic}") for topic in topics)]

    def queryset(self, request: HttpRequest, queryset):
        if self.value() == "all":
            return queryset.filter(topic=None)
        return queryset.filter(topic=self.value()) if self.value() else queryset


@admin.register(ConsentEvent)
class ConsentEventAdmin(AddressSearchAdmin, ReadOnly, StaffAdmin):
    """The ledger: what people said, newest first."""

    list_display = ["occurred_at", "address", "about", "said", "method", "source", "by"]
    list_filter = [
        TopicFilter,
        "kind",
        "source",
        "method",
        "address__channel",
        ("occurred_at", RangeDateFilter),
    ]
    list_filter_submit = True
    list_select_related = ["address", "topic", "by"]
    ordering = ["-id"]
    fieldsets = [
        (
            None,
            {
                "fields": [
                    "address",
                    "about",
                    ("kind", "until", "most_per_month"),
                    ("method", "source"),
                    ("occurred_at", "recorded_at"),
                    "by",
                ]
            },
        ),
        (gettext_lazy("Consent wording and form"), {"fields": ["notice", "form"]}),
        (gettext_lazy("Proof"), {"fields": ["proof", "commitment", "reference", "interaction_id", "origin"]}),
    ]
    readonly_fields = ["about", "proof", "reference", "interaction_id"]
    inlines = [EvidenceInline]

    def get_urls(self) -> list[URLPattern]:
        document = self.admin_site.admin_view(self.document_view)
        return [
            path("<int:event_id>/document/", document, name="preferences_evidence_document"),
            *super().get_urls(),
        ]

    def document_view(self, request: HttpRequest, event_id: int) -> FileResponse:
        """The recording or scan, to be saved and never shown by the browser; for those who may see evidence."""
        if not request.user.has_perm("preferences.view_evidence"):
            raise PermissionDenied
        evidence = get_object_or_404(Evidence.objects.exclude(document=""), event=event_id)
        name = f"evidence-{event_id}{Path(str(evidence.document.name)).suffix}"
        answer = FileResponse(
            evidence.document.open("rb"), as_attachment=True, filename=name, content_type="application/octet-stream"
        )
        answer["Content-Security-Policy"] = "sandbox; default-src 'none'"
        return answer

    @display(description=gettext_lazy("topic"))
    def about(self, event: ConsentEvent) -> str:
        return str(event.topic or _("Everything"))

    @display(description=gettext_lazy("type"), label=KINDS, ordering="kind")
    def said(self, event: ConsentEvent) -> tuple[str, str]:
        return event.kind, event.get_kind_display()

    @display(description=gettext_lazy("is the evidence unchanged?"))
    def proof(self, event: ConsentEvent) -> str:
        if not Evidence.objects.filter(event=event).exists():
            return _("The evidence was deleted.")
        if evidence.matches_commitment(event):
            return _("Yes: the evidence has not changed since it was recorded.")
        return _("No: the evidence was changed after it was recorded.")
