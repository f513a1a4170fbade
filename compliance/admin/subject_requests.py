"""Who asked us something about their own data, and by when do they get their answer?"""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminTextareaWidget

from compliance.models import SubjectRequest
from compliance.requests import service as requests
from preferences.admin.address_search import AddressSearchAdmin, addresses_matching
from preferences.admin.base import ReadOnly, StaffAdmin, staff_user

RequestStatus = SubjectRequest.Status
DEADLINE_COLOURS = {"overdue": "danger", "soon": "warning", "open": "info", "closed": "quiet"}
SOON_DAYS = 7


class RefusalForm(forms.Form):
    """Why not; the person reads it."""

    because = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=SubjectRequest._meta.get_field("answer").max_length,
        required=False,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 4}),
        help_text=gettext_lazy("The person sees this on the page with their requests. Explain how they can complain."),
    )


class DeadlineFilter(admin.SimpleListFilter):
    """Which requests ask for somebody's time?"""

    title = gettext_lazy("deadline")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, Any]]:
        return [("open", gettext_lazy("Open")), ("overdue", gettext_lazy("Overdue"))]

    def queryset(self, request: HttpRequest, rows: QuerySet[SubjectRequest]) -> QuerySet[SubjectRequest]:
        match self.value():
            case "open":
                return rows.filter(status=RequestStatus.OPEN)
            case "overdue":
                return rows.filter(status=RequestStatus.OPEN, due_at__lt=timezone.now())
        return rows


@admin.register(SubjectRequest)
class SubjectRequestAdmin(AddressSearchAdmin, ReadOnly, StaffAdmin):
    """What do people ask about their own data, and how long have we left?"""

    list_display = ["received_at", "kind", "person", "clock", "status", "answered_at", "answered_by"]
    list_filter = [DeadlineFilter, "kind", "status"]
    list_select_related = ["contact", "answered_by"]
    ordering = ["due_at"]
    fields = [
        "kind",
        "status",
        "person",
        "address",
        "words",
        "received_at",
        "due_at",
        "time_left",
        "answered_at",
        "answered_by",
        "answer",
    ]
    readonly_fields = ["person", "time_left"]
    actions_detail = ["carry_out", "refuse"]

    def found(self, term: str) -> Q:
        return Q(address__in=addresses_matching(term))

    @display(description=gettext_lazy("person"))
    def person(self, row: SubjectRequest) -> str:
        url = reverse("admin:compliance_timeline", args=[row.contact_id])
        return format_html('<a class="text-primary-600 dark:text-primary-500" href="{}">{}</a>', url, row.contact)

    @display(description=gettext_lazy("deadline"), label=DEADLINE_COLOURS)
    def clock(self, row: SubjectRequest) -> tuple[str, str]:
        if row.status != RequestStatus.OPEN:
            return "closed", _("Closed")
        days = (timezone.localdate(row.due_at) - timezone.localdate()).days
        return _urgency(row, days), _time_left_text(row, days)

    @display(description=gettext_lazy("deadline"))
    def time_left(self, row: SubjectRequest) -> str:
        return self.clock(row)[1]

    def has_answer_permission(self, request: HttpRequest, object_id: object = None) -> bool:
        return request.user.has_perm("compliance.answer_subjectrequest")

    @action(description=gettext_lazy("Carry out"), icon="person_remove", permissions=["answer"])
    def carry_out(self, request: HttpRequest, object_id: str) -> HttpResponse:
        def verb(row: SubjectRequest, said: dict[str, Any]) -> str:
            requests.carry_out(row, by=staff_user(request))
            return _("This person's data has been deleted. Inform every processor that holds data about them.")

        return self.ask_first(
            request,
            object_id,
            title=_("Delete this person's data"),
            text=_(
                "Their name, addresses, evidence and messages are deleted permanently. Their consent "
                "history stays in the ledger without identifying them, and a fingerprint stops later "
                "imports from contacting them again. This cannot be undone."
            ),
            button=_("Delete permanently"),
            verb=verb,
            grave=True,
        )

    @action(description=gettext_lazy("Refuse"), icon="do_not_disturb_on", permissions=["answer"])
    def refuse(self, request: HttpRequest, object_id: str) -> HttpResponse:
        def verb(row: SubjectRequest, said: dict[str, Any]) -> str:
            requests.refuse(row, by=staff_user(request), because=said["because"])
            return _("Request refused. The person can read your reason on the page with their requests.")

        return self.ask_first(
            request,
            object_id,
            title=_("Refuse this request"),
            text=_(
                "Refuse only where the law allows it: the request is clearly unfounded, or we are "
                "required to keep the data. Any restriction made because of the request is lifted."
            ),
            button=_("Refuse"),
            verb=verb,
            form_class=RefusalForm,
        )


def _urgency(row: SubjectRequest, days: int) -> str:
    if row.due_at < timezone.now():
        return "overdue"
    return "soon" if days <= SOON_DAYS else "open"


def _time_left_text(row: SubjectRequest, days: int) -> str:
    if row.due_at < timezone.now():
        return ngettext("Overdue by %(days)s day", "Overdue by %(days)s days", -days) % {"days": -days}
    return ngettext("%(days)s day left", "%(days)s days left", days) % {"days": days}
