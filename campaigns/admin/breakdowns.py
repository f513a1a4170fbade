"""A campaign's audience by decision: the numbers, the names behind each, a table to take along."""

from datetime import datetime

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, QueryDict, StreamingHttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe
from unfold.decorators import action
from unfold.widgets import UnfoldAdminTextInputWidget

from campaigns import tasks
from campaigns.admin import breakdown_labels
from campaigns.audience import batch_evaluation, breakdown
from campaigns.audience.breakdown import BreakdownQuery
from campaigns.models import Breakdown, Campaign
from preferences.admin.base import StaffAdmin, staff_user
from preferences.errors import NotAllowed

PER_PAGE = 100
SCAN_LIMIT = 50_000  # addresses, before a page says where to look on
EARLIER = 10


class MomentForm(forms.Form):
    """For when everybody is to be evaluated."""

    at = forms.DateTimeField(
        label=gettext_lazy("Check at (UTC)"),
        required=False,
        widget=UnfoldAdminTextInputWidget(attrs={"type": "datetime-local"}),
        help_text=gettext_lazy("If empty: the scheduled time, or now."),
    )


class BreakdownAdminMixin(StaffAdmin):
    """Mix into the campaign's page."""

    def get_urls(self) -> list[URLPattern]:
        site = self.admin_site.admin_view
        pages = [
            path("<int:object_id>/recipients/", site(require_safe(self.recipients_view)), name="campaigns_recipients"),
            path(
                "<int:object_id>/recipients.csv",
                site(require_POST(self.export_view)),
                name="campaigns_recipients_export",
            ),
        ]
        return pages + super().get_urls()

    def has_view_breakdown_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        return request.user.has_perm("campaigns.view_breakdown")

    @action(description=gettext_lazy("Delivery estimate"), permissions=["view_breakdown"], icon="rule")
    def breakdown(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Who gets it, who later, who not, and why; a POST has it counted for a moment."""
        campaign = self.subject(request, object_id)
        form = MomentForm(request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid() and (row := _requested_breakdown(request, campaign, form)):
            return redirect(f"{request.path}?row={row.pk}")
        shown = _row(request, campaign)
        context = {
            "title": _("Delivery estimate: %(name)s") % {"name": campaign},
            "form": form,
            "campaign": campaign,
            "original": campaign,
            "is_over": campaign.status in breakdown.OVER,
            "row": shown,
            "earlier": campaign.breakdowns.select_related("requested_by")[:EARLIER],
            "sees_names": _sees_names(request),
        }
        if shown and shown.status == Breakdown.Status.DONE:
            context |= breakdown_labels.breakdown_numbers(shown, request.GET.get("place", ""))
        return self.page(request, "admin/campaigns/campaign/breakdown.html", context)

    def recipients_view(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """The addresses behind one number, as they stand now."""
        campaign = self._with_names(request, object_id)
        evaluator = batch_evaluation.evaluator_for_campaign(campaign, _moment(request.GET))
        found, go_on = batch_evaluation.find_matching(
            evaluator,
            _parse_query(request.GET),
            after=_whole(request.GET.get("after")),
            most=PER_PAGE,
            look_at=SCAN_LIMIT,
        )
        context = {
            "title": _("Recipients in this group: %(name)s") % {"name": campaign},
            "campaign": campaign,
            "original": campaign,
            "said": breakdown_labels.query_label(_parse_query(request.GET)),
            "evaluated_at": evaluator.at,
            "people": breakdown_labels.people_behind(found),
            "next": _with(request.GET, after=go_on) if go_on else "",
            "query": _with(request.GET),
        }
        return self.page(request, "admin/campaigns/campaign/recipients.html", context)

    def export_view(self, request: HttpRequest, object_id: int) -> StreamingHttpResponse:
        """All addresses behind one number as a table; who took it is written into the admin's log."""
        campaign = self._with_names(request, object_id)
        wanted = _parse_query(request.GET)
        evaluator = batch_evaluation.evaluator_for_campaign(campaign, _moment(request.GET))
        said = f"Exported addresses: {breakdown_labels.query_label(wanted)}, judged for {evaluator.at:%Y-%m-%d %H:%M}"
        self.log_change(request, campaign, said)
        lines = breakdown_labels.csv_lines(breakdown.matching_people(evaluator, wanted))
        answer = StreamingHttpResponse(lines, content_type="text/csv")
        answer["Content-Disposition"] = f'attachment; filename="campaign-{campaign.pk}-addresses.csv"'
        return answer

    def _with_names(self, request: HttpRequest, object_id: int) -> Campaign:
        """The campaign, for whoever may see names and numbers."""
        campaign = self.subject(request, str(object_id))
        if not (self.has_view_breakdown_permission(request) and _sees_names(request)):
            raise PermissionDenied
        return campaign


def breakdown_summary(campaign: Campaign) -> str:
    """What a reviewer reads before approving: the newest count by decision, and where the whole of it is."""
    row = (
        breakdown.current_breakdown(campaign) if breakdown.is_small(campaign) else breakdown.newest_breakdown(campaign)
    )
    is_done = row is not None and row.status == Breakdown.Status.DONE
    context = {
        "row": row if is_done else None,
        "kinds": breakdown_labels.breakdown_numbers(row)["kinds"] if row and is_done else [],
        "words_changed": bool(row and row.content_digest != campaign.content_digest),
        "page": reverse("admin:campaigns_campaign_breakdown", args=[campaign.pk]),
    }
    return render_to_string("admin/campaigns/campaign/_delivery_estimate.html", context)


def _requested_breakdown(request: HttpRequest, campaign: Campaign, form: MomentForm) -> Breakdown | None:
    """The count that was asked for; a refusal stands in the form."""
    try:
        row = breakdown.request_breakdown(campaign, at=form.cleaned_data["at"], by=staff_user(request))
    except NotAllowed as refusal:
        form.add_error("at", str(refusal))
        return None
    if row.status == Breakdown.Status.COUNTING:
        tasks.count_breakdown_soon(row)
    return row


def _row(request: HttpRequest, campaign: Campaign) -> Breakdown | None:
    """The count that was asked for; else that of this moment, where it is quickly made, or the newest."""
    if "row" in request.GET:
        row = campaign.breakdowns.filter(pk=_whole(request.GET["row"])).first()
        if row is None:
            raise Http404
        return row
    if campaign.status not in breakdown.OVER and breakdown.is_small(campaign):
        return breakdown.current_breakdown(campaign)
    return breakdown.newest_breakdown(campaign)


def _with(query: QueryDict, **more: object) -> str:
    """The same question with something else in it."""
    changed = query.copy()
    for name, value in more.items():
        changed[name] = str(value)
    return changed.urlencode()


def _parse_query(query: QueryDict) -> BreakdownQuery:
    """What is asked for. What nobody can read asks for nothing that exists."""
    hour = query.get("hour")
    if query.get("kind", "") not in ("", *breakdown.KINDS):
        raise Http404
    place = query.get("place", "")
    return BreakdownQuery(query.get("kind", ""), query.get("reason", ""), _time(hour) if hour else None, place)


def _moment(query: QueryDict) -> datetime:
    at = query.get("at")
    return _time(at) if at else timezone.now()


def _time(text: str) -> datetime:
    try:
        moment = parse_datetime(text.replace(" ", "+"))
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None or not 2000 < moment.year < 3000:
        raise Http404
    return moment


def _whole(text: str | None) -> int:
    if not text:
        return 0
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise Http404
    return int(text)


def _sees_names(request: HttpRequest) -> bool:
    return request.user.has_perm("preferences.view_contact")
