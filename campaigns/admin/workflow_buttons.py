"""The buttons of a campaign: each asks first, then calls its service; shown where they can, to those who may."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.dataclasses import UnfoldAction
from unfold.decorators import action
from unfold.enums import ActionVariant

from campaigns import tasks
from campaigns.admin import breakdowns, forms
from campaigns.admin.lint_overrides import ALLOW_QUESTION
from campaigns.audience import service as audience
from campaigns.content import lint
from campaigns.models import Campaign
from campaigns.workflow import lifecycle, lint_overrides
from preferences.admin.base import StaffAdmin, staff_user

CampaignStatus = Campaign.Status

# Where a button leads to, and where it is offered although MOVES would also allow it elsewhere.
TARGET_STATUS = {
    "submit": CampaignStatus.IN_REVIEW,
    "approve": CampaignStatus.APPROVED,
    "return_to_author": CampaignStatus.DRAFT,
    "schedule": CampaignStatus.SCHEDULED,
    "start": CampaignStatus.SENDING,
    "pause": CampaignStatus.PAUSED,
    "resume": CampaignStatus.SENDING,
    "cancel": CampaignStatus.CANCELLED,
}
ONLY_FROM = {"resume": {CampaignStatus.PAUSED}, "start": {CampaignStatus.APPROVED, CampaignStatus.SCHEDULED}}

BUTTON_LABELS = (
    '{}{}<strong style="display: block; margin-top: 1rem">{}</strong>'
    '<span style="display: block; white-space: pre-wrap; overflow-wrap: anywhere">{}</span>'
)


class WorkflowAdminMixin(StaffAdmin):
    """Mix into the campaign's page."""

    move_buttons = ("submit", "approve", "return_to_author", "schedule", "start", "pause", "resume", "cancel")

    def has_submit_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        return request.user.has_perm("campaigns.submit_campaign")

    def has_approve_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        return request.user.has_perm("campaigns.approve_campaign")

    def has_send_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        return request.user.has_perm("campaigns.send_campaign")

    def get_actions_detail(self, request: HttpRequest, object_id: str) -> list[UnfoldAction]:
        """Only the buttons that make sense now."""
        status = Campaign.objects.filter(pk=object_id).values_list("status", flat=True).first()
        shown = super().get_actions_detail(request, object_id)
        return [button for button in shown if self.is_offered(button.method.original_function_name, status)]

    def is_offered(self, name: str, status: str | None) -> bool:
        if name == "progress":
            return status in (
                CampaignStatus.SENDING,
                CampaignStatus.PAUSED,
                CampaignStatus.FINISHED,
                CampaignStatus.CANCELLED,
            )
        if name not in TARGET_STATUS or status is None:
            return True
        return TARGET_STATUS[name] in lifecycle.MOVES[status] and status in ONLY_FROM.get(name, {status})

    @action(description=gettext_lazy("Submit for review"), permissions=["submit"], variant=ActionVariant.PRIMARY)
    def submit(self, request: HttpRequest, object_id: str) -> HttpResponse:
        def verb(campaign: Campaign, answers: dict[str, Any]) -> str:
            lifecycle.submit(campaign, by=staff_user(request))
            return _("It is waiting for review. It cannot be changed meanwhile.")

        return self.ask_first(
            request,
            object_id,
            title=_("Submit for review"),
            text=_("A second person reads it and approves it, or asks you for changes."),
            button=_("Submit"),
            verb=verb,
            template=ALLOW_QUESTION,
            shown=self._looked_at(self.subject(request, object_id)),
        )

    @action(description=gettext_lazy("Approve"), permissions=["approve"], variant=ActionVariant.PRIMARY)
    def approve(self, request: HttpRequest, object_id: str) -> HttpResponse:
        def verb(campaign: Campaign, answers: dict[str, Any]) -> str:
            lifecycle.approve(campaign, by=staff_user(request), **answers)
            return _("Approved. It can be scheduled or started now.")

        campaign = self.subject(request, object_id)
        verdicts = _delivery_estimate(request, campaign)
        text = _("Read the preview and the delivery estimate first:") if verdicts else _quick_count(campaign)
        return self.ask_first(
            request,
            object_id,
            title=_("Approve"),
            text=format_html(BUTTON_LABELS, text, verdicts, campaign.subject, campaign.body),
            button=_("Approve"),
            verb=verb,
            form_class=forms.ApproveForm,
            initial={"read": campaign.content_digest},
            template=ALLOW_QUESTION,
            shown=self._looked_at(campaign),
        )

    def _looked_at(self, campaign: Campaign) -> dict[str, Any]:
        """What speaks against the words, and what of it was allowed, for whoever lets them pass."""
        return {"problems": lint.find_problems(campaign), "allowed": lint_overrides.current_overrides(campaign)}

    @action(description=gettext_lazy("Request changes"), permissions=["approve"])
    def return_to_author(self, request: HttpRequest, object_id: str) -> HttpResponse:
        def verb(campaign: Campaign, answers: dict[str, Any]) -> str:
            lifecycle.request_changes(campaign, by=staff_user(request), **answers)
            return _("It is a draft again.")

        return self.ask_first(
            request,
            object_id,
            title=_("Request changes"),
            text=_("It becomes a draft again and needs a new approval."),
            button=_("Request changes"),
            verb=verb,
            form_class=forms.RequestChangesForm,
        )

    @action(description=gettext_lazy("Schedule"), permissions=["send"])
    def schedule(self, request: HttpRequest, object_id: str) -> HttpResponse:
        def verb(campaign: Campaign, answers: dict[str, Any]) -> str:
            lifecycle.schedule(campaign, by=staff_user(request), **answers)
            return _("It starts automatically at %(at)s UTC.") % {"at": f"{answers['at']:%d %b %Y %H:%M}"}

        return self.ask_first(
            request,
            object_id,
            title=_("Schedule"),
            text=_("The recipients are determined when it starts, and checked again right before each message."),
            button=_("Schedule"),
            verb=verb,
            form_class=forms.ScheduleForm,
        )

    @action(description=gettext_lazy("Start now"), permissions=["send"], variant=ActionVariant.PRIMARY)
    def start(self, request: HttpRequest, object_id: str) -> HttpResponse:
        def verb(campaign: Campaign, answers: dict[str, Any]) -> str:
            tasks.freeze_soon(lifecycle.start(campaign, by=staff_user(request)))
            return _("It is being sent.")

        people = audience.count_by_objection(self.subject(request, object_id)).get("", 0)
        return self.ask_first(
            request,
            object_id,
            title=_("Start now"),
            text=_("It is sent to %(people)s recipients. Messages already sent cannot be recalled.")
            % {"people": f"{people:,}"},
            button=_("Start"),
            verb=verb,
        )

    @action(description=gettext_lazy("Pause"), permissions=["send"])
    def pause(self, request: HttpRequest, object_id: str) -> HttpResponse:
        def verb(campaign: Campaign, answers: dict[str, Any]) -> str:
            lifecycle.pause(campaign, by=staff_user(request), **answers)
            return _("It is paused.")

        return self.ask_first(
            request,
            object_id,
            title=_("Pause"),
            text=_("No more messages are sent, except the few being sent right now."),
            button=_("Pause"),
            verb=verb,
            form_class=forms.ReasonForm,
        )

    @action(description=gettext_lazy("Resume"), permissions=["send"], variant=ActionVariant.PRIMARY)
    def resume(self, request: HttpRequest, object_id: str) -> HttpResponse:
        def verb(campaign: Campaign, answers: dict[str, Any]) -> str:
            tasks.freeze_soon(lifecycle.resume(campaign, by=staff_user(request)))
            return _("Sending continues where it was paused.")

        return self.ask_first(
            request,
            object_id,
            title=_("Resume"),
            text=_("Sending continues where it was paused; nobody receives it twice."),
            button=_("Resume"),
            verb=verb,
        )

    @action(description=gettext_lazy("Cancel campaign"), permissions=["send"], variant=ActionVariant.DANGER)
    def cancel(self, request: HttpRequest, object_id: str) -> HttpResponse:
        def verb(campaign: Campaign, answers: dict[str, Any]) -> str:
            lifecycle.cancel(campaign, by=staff_user(request), **answers)
            return _("It is cancelled.")

        return self.ask_first(
            request,
            object_id,
            title=_("Cancel the campaign"),
            text=_(
                "It is not sent, or no further messages are sent. This cannot be undone; messages "
                "already sent cannot be recalled."
            ),
            button=_("Cancel the campaign"),
            verb=verb,
            form_class=forms.ReasonForm,
            grave=True,
        )


def _quick_count(campaign: Campaign) -> str:
    people = audience.count_by_objection(campaign).get("", 0)
    return _("Read the preview first. Currently it would be sent to %(people)s recipients.") % {"people": f"{people:,}"}


def _delivery_estimate(request: HttpRequest, campaign: Campaign) -> str:
    """Who would get it by every rule, for whoever may see it and is about to decide."""
    may = request.user.has_perm("campaigns.view_breakdown")
    return breakdowns.breakdown_summary(campaign) if may and request.method == "GET" else ""
