"""Why people leave; and a queue of those who say that they never signed up."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminTextareaWidget

from compliance.requests import consent_complaints
from preferences.admin.address_search import AddressSearchAdmin
from preferences.admin.base import ReadOnly, StaffAdmin, staff_user
from preferences.consent import opt_out_reasons
from preferences.models import OptOutReason

CONSENT_COMPLAINT = OptOutReason.Reason.NEVER_SIGNED_UP


class FindingForm(forms.Form):
    """What a colleague found out."""

    finding = forms.CharField(
        label=gettext_lazy("Outcome"),
        max_length=1000,
        required=False,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 5}),
        help_text=gettext_lazy("What evidence there is, who you asked and what it shows. Saved with your name."),
    )


@admin.register(OptOutReason)
class OptOutReasonAdmin(AddressSearchAdmin, ReadOnly, StaffAdmin):
    """Why do people leave, and who says that nobody asked them?"""

    list_display = ["created_at", "topic", "why", "words", "looked_into"]
    list_filter = ["reason", ("reviewed_at", admin.EmptyFieldListFilter), "topic"]
    list_select_related = ["topic", "address"]
    told = [("address", "topic"), ("reason", "created_at"), "words", "origin"]
    review = [("reviewed_at", "reviewed_by"), "finding"]
    readonly_fields = ["record", "record_with_evidence"]
    actions_detail = ["record_finding", "invalidate_consent"]

    def get_fieldsets(self, request: HttpRequest, obj: OptOutReason | None = None) -> Any:
        """Whoever says they never signed up is shown beside everything we have on record from them."""
        told = (None, {"fields": self.told})
        if obj is None or obj.reason != CONSENT_COMPLAINT:
            return [told]
        sees_evidence = request.user.has_perm("preferences.view_evidence")
        shown = "record_with_evidence" if sees_evidence else "record"
        return [
            told,
            (_("Consent history"), {"fields": [shown]}),
            (_("Outcome"), {"fields": self.review}),
        ]

    def has_review_permission(self, request: HttpRequest, object_id: object = None) -> bool:
        """Who may look into it, while there is something to look into."""
        if not request.user.has_perm("preferences.review_optoutreason"):
            return False
        waiting = OptOutReason.objects.filter(reason=CONSENT_COMPLAINT, reviewed_at=None)
        return object_id is None or waiting.filter(pk=str(object_id)).exists()

    @display(description=gettext_lazy("reason"), label={CONSENT_COMPLAINT.value: "warning"}, ordering="reason")
    def why(self, reason: OptOutReason) -> tuple[str, str]:
        return reason.reason, str(reason)

    @display(
        description=gettext_lazy("investigated"), label={"open": "danger", "done": "success"}, ordering="reviewed_at"
    )
    def looked_into(self, reason: OptOutReason) -> tuple[str, str] | None:
        if reason.reason != CONSENT_COMPLAINT:
            return None
        return ("done", _("Investigated")) if reason.reviewed_at else ("open", _("To investigate"))

    @display(description=gettext_lazy("oldest first"))
    def record(self, reason: OptOutReason) -> str:
        return _consent_record_lines(reason, sees_evidence=False)

    @display(description=gettext_lazy("oldest first"))
    def record_with_evidence(self, reason: OptOutReason) -> str:
        return _consent_record_lines(reason, sees_evidence=True)

    @action(description=gettext_lazy("Record outcome"), icon="fact_check", permissions=["review"])
    def record_finding(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.ask_first(
            request,
            object_id,
            title=_("Record outcome"),
            text=_(
                "Record what the consent history shows: how and when they signed up, or what cannot be "
                "established. Nothing changes for the person; they have already opted out."
            ),
            button=_("Record outcome"),
            verb=_closing_action(opt_out_reasons.record_finding, request, _("Recorded.")),
            form_class=FindingForm,
        )

    @action(description=gettext_lazy("Invalidate consent"), icon="gpp_bad", permissions=["review"])
    def invalidate_consent(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.ask_first(
            request,
            object_id,
            title=_("Invalidate consent"),
            text=_(
                "Use this if nobody can show that this person gave consent. The consent is marked as "
                "invalid in the ledger, with your name and your comment, and can never be used as "
                "evidence again. Also check who else signed up in the same way."
            ),
            button=_("Invalidate consent"),
            verb=_closing_action(
                consent_complaints.invalidate_for_complaint, request, _("The consent has been invalidated.")
            ),
            form_class=FindingForm,
            grave=True,
        )


def _closing_action(
    verb: Callable[..., OptOutReason], request: HttpRequest, sentence: str
) -> Callable[[Any, dict], str]:
    """A button's service: closes the review with what was typed, and says so."""

    def close(reason: OptOutReason, said: dict[str, Any]) -> str:
        verb(reason, by=staff_user(request), finding=said["finding"])
        return sentence

    return close


def _consent_record_lines(reason: OptOutReason, *, sees_evidence: bool) -> str:
    page = {"events": consent_complaints.consent_record_for(reason), "sees_evidence": sees_evidence}
    return render_to_string("admin/compliance/optoutreason/_consent_record.html", page)
