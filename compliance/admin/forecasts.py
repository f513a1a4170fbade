"""Forecasts in the admin: ask what would happen, look at it over time, see who is behind a number."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe
from unfold.decorators import action, display

from campaigns.decision import reason_labels
from compliance import tasks
from compliance.admin import forecast_labels
from compliance.admin.forecast_forms import ProposalForm, SettingForm, TimeForm
from compliance.forecasts import service as forecasts
from compliance.forecasts.service import AFTER, BEFORE, EFFECT, ForecastQuery
from compliance.models import Forecast
from preferences.admin.base import ReadOnly, StaffAdmin, staff_user
from preferences.admin.rulebook import rules as rule_pages
from preferences.admin.rulebook.rule_pages import ExtraContextAdmin
from preferences.errors import NotAllowed
from preferences.models import Address, RuleProposal

ForecastStatus = Forecast.Status
NAMES = 1_000
SCAN_LIMIT = 200_000


@admin.register(Forecast)
class ForecastAdmin(ExtraContextAdmin, ReadOnly, StaffAdmin):
    """Who would drop out, when, and by what?"""

    list_display = ["about", "effective_on", "until", "standing", "requested_by", "requested_at"]
    list_filter = ["kind", "status"]
    list_select_related = ["proposal", "topic", "requested_by"]
    fields = [("about", "status"), ("effective_on", "until"), ("asked_by", "requested_at")]
    readonly_fields = ["about", "asked_by"]
    change_form_template = "admin/compliance/forecast/change_form.html"
    actions_list = ["of_time", "of_setting"]

    def get_urls(self) -> list[URLPattern]:
        site = self.admin_site.admin_view
        pages = [
            path("proposal/<int:proposal_id>/", site(self.of_proposal_view), name="compliance_forecast_proposal"),
            path("<int:forecast_id>/people/", site(require_safe(self.people_view)), name="compliance_forecast_people"),
        ]
        return pages + super().get_urls()

    def has_forecast_permission(self, request: HttpRequest, object_id: object = None) -> bool:
        return request.user.has_perm("compliance.add_forecast")

    def told(self, request: HttpRequest, row: Forecast) -> dict[str, Any]:
        return {
            "row": row,
            "sees_names": _sees_names(request),
            **(forecast_labels.forecast_context(row) if row.status == ForecastStatus.DONE else {}),
        }

    @display(description=gettext_lazy("what"))
    def about(self, row: Forecast) -> str:
        return forecast_labels.forecast_question(row)

    @display(description=gettext_lazy("requested by"))
    def asked_by(self, row: Forecast) -> str:
        """A name and no link: the page of a colleague is for administrators."""
        return str(row.requested_by)

    @display(
        description=gettext_lazy("status"),
        label={ForecastStatus.COUNTING: "info", ForecastStatus.DONE: "success", ForecastStatus.FAILED: "danger"},
    )
    def standing(self, row: Forecast) -> tuple[str, str]:
        return row.status, row.get_status_display()

    @action(description=gettext_lazy("Expiring consent"), icon="hourglass", permissions=["forecast"])
    def of_time(self, request: HttpRequest) -> HttpResponse:
        return self._asking(
            request,
            TimeForm,
            title=_("Expiring consent"),
            text=_(
                "Shows who can no longer be reached because consent expires or becomes too old, or "
                "because of rules that are already published."
            ),
            verb=lambda said: forecasts.forecast_expiry(by=staff_user(request), **said),
        )

    @action(description=gettext_lazy("Topic setting change"), icon="tune", permissions=["forecast"])
    def of_setting(self, request: HttpRequest) -> HttpResponse:
        form = SettingForm(_posted(request))
        return self._asking(
            request,
            lambda _said: form,
            title=_("Topic setting change"),
            text=_(
                "Shows who could no longer be reached if this topic setting changed. The forecast itself "
                "changes nothing."
            ),
            verb=lambda said: forecasts.forecast_setting(
                said["topic"], form.changes(), on=said["on"], until=said["until"], by=staff_user(request)
            ),
        )

    def of_proposal_view(self, request: HttpRequest, proposal_id: int) -> HttpResponse:
        """Forecast a change of the rulebook that is waiting for its second person."""
        if not (self.has_forecast_permission(request) and request.user.has_perm("preferences.view_ruleproposal")):
            raise PermissionDenied
        proposal = get_object_or_404(RuleProposal, pk=proposal_id)
        return self._asking(
            request,
            ProposalForm,
            title=_("Forecast this change"),
            text=_(
                "%(rule)s: shows who could no longer be reached if it took effect. The forecast itself changes nothing."
            )
            % {"rule": proposal.summary},
            verb=lambda said: forecasts.forecast_proposal(proposal, by=staff_user(request), **said),
        )

    def people_view(self, request: HttpRequest, forecast_id: int) -> HttpResponse:
        """The first thousand people behind one number."""
        row = self.subject(request, str(forecast_id))
        if not _sees_names(request):
            raise PermissionDenied
        wanted = _parse_query(request, row)
        found, is_all = forecasts.find_people(row, wanted, most=NAMES, look_at=SCAN_LIMIT)
        addresses = Address.objects.select_related("contact").in_bulk([one.address for one in found])
        context = {
            "title": _("Recipients behind this number: %(what)s") % {"what": forecast_labels.forecast_question(row)},
            "row": row,
            "original": row,
            "day": date.fromisoformat(row.result["days"][wanted.point]),
            "reason": reason_labels.reason_label(wanted.reason) if wanted.reason else "",
            "people": [(one, addresses[one.address]) for one in found if one.address in addresses],
            "is_all": is_all,
            "back": self.change_url(row),
        }
        return self.page(request, "admin/compliance/forecast/people.html", context)

    def _asking(
        self,
        request: HttpRequest,
        form_class: Callable[[Any], forms.Form],
        *,
        title: str,
        text: str,
        verb: Callable[[dict[str, Any]], Forecast],
    ) -> HttpResponse:
        """A page that asks for a forecast; what cannot be forecast is said on it."""
        form = form_class(_posted(request))
        if request.method == "POST" and form.is_valid():
            try:
                row = verb(form.cleaned_data)
            except NotAllowed as refusal:
                form.add_error(None, str(refusal))
            else:
                if row.status == ForecastStatus.COUNTING:
                    tasks.count_forecast_soon(row)
                return redirect(self.change_url(row))
        context = {"title": title, "text": text, "button": _("Create forecast"), "form": form}
        context["back"] = reverse("admin:compliance_forecast_changelist")
        return self.page(request, "admin/confirm_action.html", context)


def proposal_panel(request: HttpRequest, proposal: RuleProposal) -> SafeString | str:
    """Below a proposal: the newest forecast and the way to make one, or that none was made."""
    if not request.user.has_perm("compliance.view_forecast"):
        return ""
    rows = list(Forecast.objects.filter(proposal=proposal).select_related("requested_by", "proposal")[:5])
    done = next((row for row in rows if row.status == ForecastStatus.DONE), None)
    may_ask = request.user.has_perm("compliance.add_forecast") and proposal.status == RuleProposal.Status.OPEN
    context = {"rows": rows, "done": done, "proposal": proposal, "may_ask": may_ask}
    return render_to_string(
        "admin/compliance/forecast/_panel.html", context | (forecast_labels.forecast_context(done) if done else {})
    )


rule_pages.RULE_PANELS.append(proposal_panel)


def _parse_query(request: HttpRequest, row: Forecast) -> ForecastQuery:
    """Which number. What nobody can read is not found."""
    text = request.GET.get("point", "")
    if row.status != ForecastStatus.DONE or not (text.isascii() and text.isdigit() and len(text) < 4):
        raise Http404
    if int(text) >= len(row.result["days"]) or request.GET.get("world", "") not in ("", EFFECT, BEFORE, AFTER):
        raise Http404
    get = request.GET.get
    return ForecastQuery(int(text), get("world", ""), get("reason", ""), get("place", ""))


def _sees_names(request: HttpRequest) -> bool:
    return request.user.has_perm("preferences.view_contact")


def _posted(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else None
