"""What exactly did they say, when, how, and what proves it?"""

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import StackedInline
from unfold.contrib.filters.admin import RangeDateFilter
from unfold.decorators import display

from preferences import evidence
from preferences.admin.base import ReadOnly, StaffAdmin
from preferences.admin.search import FindsByAddress
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
    fields = ["words", "page", ("ip", "user_agent"), "document"]
    readonly_fields = ["words", "page", "ip", "user_agent", "document"]
    extra = 0


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
class ConsentEventAdmin(FindsByAddress, ReadOnly, StaffAdmin):
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
                    ("kind", "until"),
                    ("method", "source"),
                    ("occurred_at", "recorded_at"),
                    "by",
                ]
            },
        ),
        (gettext_lazy("Under which words"), {"fields": ["notice"]}),
        (gettext_lazy("Proof"), {"fields": ["proof", "commitment", "reference", "act", "origin"]}),
    ]
    readonly_fields = ["about", "proof", "reference", "act"]
    inlines = [EvidenceInline]

    @display(description=gettext_lazy("topic"))
    def about(self, event: ConsentEvent) -> str:
        return str(event.topic or _("Everything"))

    @display(description=gettext_lazy("kind"), label=KINDS, ordering="kind")
    def said(self, event: ConsentEvent) -> tuple[str, str]:
        return event.kind, event.get_kind_display()

    @display(description=gettext_lazy("does the proof hold?"))
    def proof(self, event: ConsentEvent) -> str:
        if not Evidence.objects.filter(event=event).exists():
            return _("The evidence was deleted.")
        if evidence.holds(event):
            return _("Yes: the evidence is what it was when this was recorded.")
        return _("No: the evidence was changed after this was recorded.")
