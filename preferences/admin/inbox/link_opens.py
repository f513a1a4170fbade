"""Who opened our links: people or machines? And which opt-outs may nobody have meant?"""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.contrib.filters.admin import RangeDateFilter
from unfold.decorators import action, display

from preferences import tasks
from preferences.admin.address_search import AddressSearchAdmin
from preferences.admin.base import ReadOnly, StaffAdmin, staff_user
from preferences.links import bot_detection
from preferences.models import LinkOpen, SuspiciousOptOut

OPENER_COLOURS = {"person": "success", "scanner": "warning", "burst": "danger"}


@admin.register(LinkOpen)
class LinkOpenAdmin(AddressSearchAdmin, ReadOnly, StaffAdmin):
    """Every look at a link, none of which changed anything."""

    list_display = ["seen_at", "address", "purpose", "method", "looks_like", "because_label", "mail_domain", "network"]
    list_filter = ["opener", "purpose", "method", ("seen_at", RangeDateFilter)]
    list_filter_submit = True
    list_select_related = ["address"]

    @display(description=gettext_lazy("classification"), label=OPENER_COLOURS, ordering="opener")
    def looks_like(self, hit: LinkOpen) -> tuple[str, str]:
        return hit.opener, hit.get_opener_display()


@admin.register(SuspiciousOptOut)
class SuspiciousOptOutAdmin(AddressSearchAdmin, ReadOnly, StaffAdmin):
    """Opt-outs that look machine-made. They stand; the person can be written to once, with a way back."""

    list_display = ["seen_at", "address", "because_label", "offered_at", "resolved_at", "resolved_by"]
    list_filter = [("resolved_at", admin.EmptyFieldListFilter), ("seen_at", RangeDateFilter)]
    list_filter_submit = True
    list_select_related = ["address", "resolved_by"]
    fields = ["address", "because_label", "seen_at", "offered_at", "resolved_at", "resolved_by"]
    readonly_fields = ["because_label"]
    actions_detail = ["offer_undo", "accept_opt_out"]

    def has_settle_permission(self, request: HttpRequest, object_id: object = None) -> bool:
        return request.user.has_perm("preferences.resolve_suspiciousoptout")

    @action(description=gettext_lazy("Send undo link"), icon="undo", permissions=["settle"])
    def offer_undo(self, request: HttpRequest, object_id: str) -> HttpResponse:
        def verb(doubtful: SuspiciousOptOut, said: dict[str, Any]) -> str:
            bot_detection.offer_undo(doubtful, by=staff_user(request))
            tasks.deliver_soon(doubtful.address)
            return _(
                "One message is being sent, with a button to undo the change. Until they use it, they stay opted out."
            )

        return self.ask_first(
            request,
            object_id,
            title=_("Send undo link"),
            text=_(
                "The opt-out stays in force. The person gets one message that says what was changed, "
                "with a link to undo it. It is sent only once."
            ),
            button=_("Send message"),
            verb=verb,
        )

    @action(description=gettext_lazy("Accept opt-out"), icon="check", permissions=["settle"])
    def accept_opt_out(self, request: HttpRequest, object_id: str) -> HttpResponse:
        def verb(doubtful: SuspiciousOptOut, said: dict[str, Any]) -> str:
            bot_detection.accept_opt_out(doubtful, by=staff_user(request))
            return _("Opt-out accepted. The person stays opted out, and nothing is sent.")

        return self.ask_first(
            request,
            object_id,
            title=_("Accept opt-out"),
            text=_(
                "Use this if the person meant to opt out. Nothing is sent, and the entry is removed from "
                "the review list."
            ),
            button=_("Confirm opt-out"),
            verb=verb,
        )
