"""Campaigns in the admin: which are there, how they stand, what they say."""

from itertools import pairwise
from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import display

from campaigns.admin.breakdowns import BreakdownAdminMixin
from campaigns.admin.campaign_pages import CampaignPagesMixin
from campaigns.admin.expiring_consent import ExpiringConsentAdminMixin
from campaigns.admin.forms import CampaignForm
from campaigns.admin.lint_overrides import LintOverrideAdminMixin
from campaigns.admin.workflow_buttons import WorkflowAdminMixin
from campaigns.content import lint
from campaigns.models import Campaign
from campaigns.sending import progress
from campaigns.workflow import lifecycle, lint_overrides
from campaigns.workflow.change_reasons import ChangeReason
from preferences.admin.base import staff_user
from preferences.codes import stored_codes
from preferences.errors import NotAllowed

CampaignStatus = Campaign.Status

COLOURS = {
    CampaignStatus.IN_REVIEW: "info",
    CampaignStatus.APPROVED: "primary",
    CampaignStatus.SCHEDULED: "primary",
    CampaignStatus.SENDING: "warning",
    CampaignStatus.PAUSED: "danger",
    CampaignStatus.FINISHED: "success",
}
NEXT_STEP = {
    CampaignStatus.DRAFT: gettext_lazy("A draft. Preview it, send yourself a test, then submit it for review."),
    CampaignStatus.IN_REVIEW: gettext_lazy("Waits for a second person to approve it."),
    CampaignStatus.APPROVED: gettext_lazy("Approved. Schedule it or start it."),
    CampaignStatus.SCHEDULED: gettext_lazy("Starts automatically at the scheduled time."),
    CampaignStatus.SENDING: gettext_lazy("Being sent. See Progress."),
    CampaignStatus.PAUSED: gettext_lazy("Paused. Nothing is sent until it is resumed."),
    CampaignStatus.FINISHED: gettext_lazy("Finished: all recipients are processed."),
    CampaignStatus.CANCELLED: gettext_lazy("Cancelled."),
}


@admin.register(Campaign)
class CampaignAdmin(
    ExpiringConsentAdminMixin, BreakdownAdminMixin, LintOverrideAdminMixin, CampaignPagesMixin, WorkflowAdminMixin
):
    """What goes out, who wrote it, who let it out, and how far is it?"""

    form = CampaignForm
    list_display = ["name", "topic", "channel", "standing", "how_far", "scheduled_at", "author"]
    list_filter = ["status", "channel", "topic"]
    search_fields = ["name", "subject"]
    list_select_related = ["topic", "author"]
    what_it_says = (None, {"fields": ["name", "topic", "channel", "subject", "body", "ends_at"]})
    how_it_stands = (
        gettext_lazy("Status"),
        {
            "fields": [
                ("kind", "status"),
                ("written_by", "cleared_by"),
                ("created_at", "scheduled_at"),
                ("started_at", "audience_locked_at", "finished_at"),
            ]
        },
    )
    readonly_fields = [
        "settled_words",
        "kind",
        "status",
        "written_by",
        "cleared_by",
        "created_at",
        "scheduled_at",
        "started_at",
        "audience_locked_at",
        "finished_at",
    ]
    actions_list = ["running_out"]
    actions_detail = ["preview", "audience", "breakdown", "progress", "test", "allow", *WorkflowAdminMixin.move_buttons]
    change_form_outer_before_template = "admin/campaigns/campaign/_status.html"

    def set_history_delta_changes(self, request: HttpRequest, historical_records: Any, **options: Any) -> None:
        """Reasons that are kept as codes are shown as sentences."""
        super().set_history_delta_changes(request, historical_records, **options)
        for record in historical_records:
            record.history_change_reason = stored_codes.label(record.history_change_reason or "", ChangeReason)

    def has_change_permission(self, request: HttpRequest, obj: Campaign | None = None) -> bool:
        """Only a draft can be edited; from its review on everybody reads the same words."""
        return super().has_change_permission(request, obj) and (obj is None or obj.is_editable)

    def get_fieldsets(self, request: HttpRequest, obj: Campaign | None = None) -> list:
        if obj is None:
            return [self.what_it_says]
        words = "body" if self.has_change_permission(request, obj) else "settled_words"
        what_it_says = (None, {"fields": ["name", "topic", "channel", "subject", words, "ends_at"]})
        return [what_it_says, self.how_it_stands]

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """The numbers of those under way come in one query for the whole page."""
        changelist = super().get_changelist_instance(request)
        under_way = [
            row for row in changelist.result_list if row.status in (CampaignStatus.SENDING, CampaignStatus.PAUSED)
        ]
        counted = progress.progress_of_many(under_way) if under_way else {}
        for row in changelist.result_list:
            row.progress = counted.get(row.pk)
        return changelist

    @display(description=gettext_lazy("status"), label=COLOURS, ordering="status")
    def standing(self, campaign: Campaign) -> tuple[str, str]:
        return campaign.status, campaign.get_status_display()

    @display(description=gettext_lazy("text"))
    def settled_words(self, campaign: Campaign) -> str:
        """The text with its lines as they were written."""
        return format_html('<div style="white-space: pre-wrap; overflow-wrap: anywhere">{}</div>', campaign.body)

    @display(description=gettext_lazy("author"))
    def written_by(self, campaign: Campaign) -> str:
        """A name and no link: the page of a colleague is for administrators."""
        return str(campaign.author)

    @display(description=gettext_lazy("approved by"))
    def cleared_by(self, campaign: Campaign) -> str:
        return str(campaign.approved_by or "–")

    @display(description=gettext_lazy("progress"))
    def how_far(self, campaign: Campaign) -> str:
        if now := getattr(campaign, "progress", None):
            words = {"percent": now.percent, "done": f"{now.done:,}", "people": f"{now.people:,}"}
            return _("%(percent)s%% · %(done)s of %(people)s") % words
        return f"{campaign.finished_at:%d %b %Y %H:%M}" if campaign.finished_at else "–"

    def render_change_form(self, request: HttpRequest, context: dict, *args: Any, **kwargs: Any) -> HttpResponse:
        if campaign := kwargs.get("obj"):
            context |= {
                "next_step": NEXT_STEP[CampaignStatus(campaign.status)],
                "returned_because": _returned_because(campaign),
            }
            context["problems"] = lint.find_problems(campaign) if campaign.is_editable else []
            context["allowed"] = lint_overrides.current_overrides(campaign)
        return super().render_change_form(request, context, *args, **kwargs)

    def save_model(self, request: HttpRequest, obj: Campaign, form: CampaignForm, change: bool) -> None:
        if change:
            words = {name: form.cleaned_data[name] for name in form.changed_data}
            lifecycle.revise(obj, by=staff_user(request), **words)
            return
        obj.author = staff_user(request)
        super().save_model(request, obj, form, change)

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """A draft that was submitted while somebody was still typing stays as it was submitted."""
        try:
            return super().changeform_view(request, *args, **kwargs)
        except NotAllowed as refusal:
            self.message_user(request, str(refusal), messages.ERROR)
            return redirect(request.path)


def _returned_because(campaign: Campaign) -> str:
    """What the reviewer asked for, while it is still to be done."""
    if not campaign.is_editable:
        return ""
    rows = campaign.history.values_list("status", "history_change_reason")
    returned = (
        row for row, before in pairwise(rows) if row[0] == CampaignStatus.DRAFT and before[0] != CampaignStatus.DRAFT
    )
    return next((reason or "" for _status, reason in returned), "")
