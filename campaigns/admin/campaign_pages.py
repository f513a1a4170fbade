"""Pages about one campaign: how it looks, whom it reaches, how far it is; and the test message."""

from contextlib import suppress
from typing import Any

from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import action

from campaigns.admin import forms
from campaigns.audience import service as audience
from campaigns.content import lint, rendering
from campaigns.decision import reason_labels
from campaigns.models import Campaign, Message
from campaigns.sending import progress, test_send
from campaigns.workflow import lint_overrides
from preferences.admin.base import StaffAdmin, staff_user
from preferences.errors import Unreadable
from preferences.models import Channel

UNKNOWN_SHOWN = 50
REFRESH_SECONDS = 3
IN_ORDER = [
    (Message.Status.SENT, "bg-green-600"),
    (Message.Status.FAILED, "bg-red-600"),
    (Message.Status.UNKNOWN, "bg-orange-500"),
    (Message.Status.SKIPPED, "bg-base-400"),
    (Message.Status.SENDING, "bg-primary-600"),
    (Message.Status.LEASED, "bg-base-300"),
    (Message.Status.WAITING, "bg-base-200"),
    (Message.Status.QUEUED, "bg-base-200"),
]


class CampaignPagesMixin(StaffAdmin):
    """Mix into the campaign's page."""

    def has_try_out_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        may = request.user.has_perm
        return may("campaigns.change_campaign") or may("campaigns.approve_campaign")

    @action(description=gettext_lazy("Preview"), permissions=["view"], icon="visibility")
    def preview(self, request: HttpRequest, object_id: str) -> HttpResponse:
        campaign = self.subject(request, object_id)
        title = _("Preview: %(name)s") % {"name": campaign}
        context: dict[str, Any] = {"title": title, "problems": lint.find_problems(campaign)}
        context["allowed"] = lint_overrides.current_overrides(campaign)
        with suppress(Unreadable):
            context["preview"] = rendering.preview(campaign)
        return self._campaign_page(request, "preview", campaign, context)

    @action(description=gettext_lazy("Audience"), permissions=["view"], icon="group")
    def audience(self, request: HttpRequest, object_id: str) -> HttpResponse:
        campaign = self.subject(request, object_id)
        counted = audience.count_by_objection(campaign)
        reached = counted.pop("", 0)
        rows = [
            (reason_labels.reason_label(name), counted[name])
            for name in reason_labels.REASON_LABELS
            if counted.get(name)
        ]
        rows += [
            (reason_labels.reason_label(name), people)
            for name, people in counted.items()
            if name not in reason_labels.REASON_LABELS
        ]
        title = _("Audience: %(name)s") % {"name": campaign}
        context = {"title": title, "reached": reached, "rows": rows, "excluded": sum(counted.values())}
        return self._campaign_page(request, "audience", campaign, context)

    @action(description=gettext_lazy("Progress"), permissions=["view"], icon="sync")
    def progress(self, request: HttpRequest, object_id: str) -> HttpResponse:
        campaign = self.subject(request, object_id)
        now = progress.progress_of(campaign)
        refreshes = campaign.status == Campaign.Status.SENDING and "still" not in request.GET
        context = {
            "title": _("Progress: %(name)s") % {"name": campaign},
            "progress": now,
            "parts": _parts(now),
            "reasons": [(reason_labels.reason_label(name), people) for name, people in now.by_reason.items()],
            "waits": [(reason_labels.reason_label(wait.reason), wait.people, wait.until) for wait in now.waits],
            "unknown": _unknown(campaign),
            "leaving": now.leaving,
            "refreshes": refreshes,
        }
        response = self._campaign_page(request, "progress", campaign, context)
        if refreshes:
            response["Refresh"] = str(REFRESH_SECONDS)
        return response

    @action(description=gettext_lazy("Send me a test"), permissions=["try_out"], icon="science")
    def test(self, request: HttpRequest, object_id: str) -> HttpResponse:
        def verb(campaign: Campaign, answers: dict[str, Any]) -> str:
            where = test_send.send_test_message(campaign, to=staff_user(request), **answers)
            return _("A test is being sent to %(where)s.") % {"where": where}

        is_text = self.subject(request, object_id).channel == Channel.SMS
        own = staff_user(request).email or _("nobody: your account has no email address")
        where = _("the number you enter") if is_text else own
        return self.ask_first(
            request,
            object_id,
            title=_("Send me a test"),
            text=_("One message, marked as a test, is sent to %(where)s. Its links do not work.") % {"where": where},
            button=_("Send the test"),
            verb=verb,
            form_class=forms.SmsTestForm if is_text else Form,
        )

    def _campaign_page(
        self, request: HttpRequest, name: str, campaign: Campaign, context: dict[str, Any]
    ) -> HttpResponse:
        template = f"admin/campaigns/campaign/{name}.html"
        return self.page(request, template, {"campaign": campaign, "original": campaign, **context})


def _parts(now: progress.Progress) -> list[dict[str, Any]]:
    """Per status: its words, its people, and how wide it is in the bar."""
    return [
        {
            "label": status.label,
            "people": now.by_status.get(status, 0),
            "colour": colour,
            "width": f"{now.by_status.get(status, 0) * 100 / now.people:.2f}" if now.people else "0",
        }
        for status, colour in IN_ORDER
    ]


def _unknown(campaign: Campaign) -> list[Message]:
    rows = campaign.messages.filter(status=Message.Status.UNKNOWN).select_related("address")
    return list(rows.order_by("pk")[:UNKNOWN_SHOWN])
