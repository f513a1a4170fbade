"""The staff inbox: what came back, what we did about it, and what somebody has to read."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import URLPattern, path, reverse
from django.utils import formats, timezone
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import display

from preferences import tasks
from preferences.admin.address_search import AddressSearchAdmin
from preferences.admin.base import ReadOnly, StaffAdmin, staff_user
from preferences.errors import SaysoError
from preferences.inbound import review_outcomes
from preferences.models import InboundMessage, Subscription
from preferences.web import preference_sheet

MEANINGS = {
    "opt_out": "danger",
    "wrong_person": "danger",
    "review": "warning",
    "opt_in": "success",
    "help": "info",
    "other": "info",
}
REVIEW_DEADLINES = {"overdue": "danger", "waiting": "warning", "decided": "success"}
SHOWN = 200
DONE = {
    InboundMessage.Decision.OPT_OUT: gettext_lazy("Opt-out recorded. They get no more messages."),
    InboundMessage.Decision.WRONG_PERSON: gettext_lazy(
        "Wrong number recorded. This address gets no more messages, and no recorded consent is valid for it."
    ),
    InboundMessage.Decision.NOTHING: gettext_lazy("No change. Messages continue as before."),
}


class NeedsReviewFilter(admin.SimpleListFilter):
    """What waits for somebody, the most urgent first."""

    title = gettext_lazy("review status")
    parameter_name = "read"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("waiting", _("Needs review")), ("overdue", _("Overdue")), ("decided", _("Decided"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[InboundMessage]) -> QuerySet[InboundMessage]:
        waiting = queryset.filter(due_at__isnull=False, decided_at=None)
        answers = {
            "waiting": waiting,
            "overdue": waiting.filter(due_at__lt=timezone.now()),
            "decided": queryset.filter(decided_at__isnull=False),
        }
        return answers.get(self.value() or "", queryset)


@admin.register(InboundMessage)
class InboundMessageAdmin(AddressSearchAdmin, ReadOnly, StaffAdmin):
    """What did they write back, and what did we do about it? What is doubtful is decided here with one press."""

    list_display = ["received_at", "clock", "address", "words", "understood", "outcome_label"]
    list_to_read = ["clock", "address", "words", "gets", "answer"]
    list_filter = [NeedsReviewFilter, "meaning", "decision", "channel", "sender"]
    list_select_related = ["address", "sender", "decided_by"]
    fields = [
        ("read_by", "answer"),
        "address",
        "gets",
        ("channel", "sender"),
        "raw_text",
        "normal_text",
        ("meaning", "matched_by"),
        "outcome_label",
        ("received_at", "sent_at"),
        ("decision", "decided_at", "decided_by"),
        ("provider", "provider_id"),
    ]
    readonly_fields = ["read_by", "answer", "gets", "outcome_label"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[InboundMessage]:
        getting = (
            Subscription.objects.filter(status__in=preference_sheet.ON_STATUSES)
            .select_related("topic")
            .order_by("topic__name")
        )
        rows = super().get_queryset(request)
        return rows.prefetch_related(Prefetch("address__subscriptions", queryset=getting, to_attr="getting"))

    def get_ordering(self, request: HttpRequest) -> list[str]:
        """What has to be read is listed by its clock, everything else by when it came."""
        return ["due_at", "id"] if _is_inbox(request) else ["-id"]

    def get_list_display(self, request: HttpRequest) -> list[str]:
        shown = self.list_to_read if _is_inbox(request) else self.list_display
        return [name for name in shown if name != "answer" or self.has_decide_permission(request)]

    def get_fields(self, request: HttpRequest, obj: InboundMessage | None = None) -> list[Any]:
        return list(self.fields) if self.has_decide_permission(request) else ["read_by", *self.fields[1:]]

    def get_urls(self) -> list[URLPattern]:
        decide = path(
            "<int:pk>/decide/<str:decision>/",
            self.admin_site.admin_view(self.decide),
            name="preferences_inboundmessage_decide",
        )
        return [decide, *super().get_urls()]

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("preferences.review_inboundmessage")

    def decide(self, request: HttpRequest, pk: int, decision: str) -> HttpResponse:
        """One press, one decision; then the next one that waits."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not self.has_decide_permission(request):
            raise PermissionDenied
        row = self.subject(request, str(pk))
        try:
            decided = review_outcomes.decide(row, decision, by=staff_user(request))
        except SaysoError as problem:
            self.message_user(request, str(problem), messages.ERROR)
        else:
            tasks.deliver_soon(decided.address)
            self.message_user(request, str(DONE[InboundMessage.Decision(decision)]), messages.SUCCESS)
        return redirect(
            f"{reverse('admin:preferences_inboundmessage_changelist')}?{NeedsReviewFilter.parameter_name}=waiting"
        )

    @display(description=gettext_lazy("needs review"), label=REVIEW_DEADLINES, ordering="due_at")
    def clock(self, row: InboundMessage) -> tuple[str, str] | None:
        if row.decided_at:
            return "decided", row.get_decision_display()
        if row.due_at is None:
            return None
        when = {"moment": formats.date_format(timezone.localtime(row.due_at), "SHORT_DATETIME_FORMAT")}
        if row.due_at < timezone.now():
            return "overdue", _("Overdue since %(moment)s") % when
        return "waiting", _("Due by %(moment)s") % when

    @display(description=gettext_lazy("needs review"))
    def read_by(self, row: InboundMessage) -> str:
        """The same on the page of one message, where the theme shows no coloured labels."""
        _colour, when = self.clock(row) or ("", "")
        return when

    @display(description=gettext_lazy("text"))
    def words(self, row: InboundMessage) -> str:
        said = {"words": Truncator(row.raw_text).chars(SHOWN), "normal_text": Truncator(row.normal_text).chars(SHOWN)}
        return render_to_string("admin/preferences/inboundmessage/_text.html", {**said, "rule": row.matched_by})

    @display(description=gettext_lazy("meaning"), label=MEANINGS, ordering="meaning")
    def understood(self, row: InboundMessage) -> tuple[str, str]:
        return row.meaning, row.get_meaning_display()

    @display(description=gettext_lazy("subscribed to"))
    def gets(self, row: InboundMessage) -> str:
        if row.address is None:
            return _("We do not know who wrote this.")
        getting = getattr(row.address, "getting", [])
        return ", ".join(subscription.topic.name for subscription in getting) or _("Nothing")

    @display(description=gettext_lazy("choose an outcome"))
    def answer(self, row: InboundMessage) -> str:
        """The three answers, or the one that is left when nobody knows who wrote."""
        if row.due_at is None or row.decided_at:
            return ""
        possible = [one for one in InboundMessage.Decision if row.address_id or one == InboundMessage.Decision.NOTHING]
        urls = [
            (reverse("admin:preferences_inboundmessage_decide", args=[row.pk, one.value]), one.label)
            for one in possible
        ]
        return render_to_string("admin/preferences/inboundmessage/_decide.html", {"choices": urls})


def _is_inbox(request: HttpRequest) -> bool:
    return request.GET.get(NeedsReviewFilter.parameter_name) in ("waiting", "overdue")
