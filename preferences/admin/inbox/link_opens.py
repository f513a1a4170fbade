"""Who opened our links: people or machines? And which opt-outs may nobody have meant?"""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.contrib.filters.admin import RangeDateFilter
from unfold.decorators import action, display

from preferences import tasks
from preferences.admin.address_search import FindsByAddress
from preferences.admin.base import ReadOnly, StaffAdmin, colleague
from preferences.links import bot_detection
from preferences.models import DoubtfulLeave, LinkHit

LOOKS = {"person": "success", "scanner": "warning", "burst": "danger"}


@admin.register(LinkHit)
class LinkHitAdmin(FindsByAddress, ReadOnly, StaffAdmin):
    """Every look at a link, none of which changed anything."""

    list_display = ["seen_at", "address", "purpose", "verb", "looks_like", "because", "mail_domain", "network"]
    list_filter = ["looks", "purpose", "verb", ("seen_at", RangeDateFilter)]
    list_filter_submit = True
    list_select_related = ["address"]

    @display(description=gettext_lazy("classification"), label=LOOKS, ordering="looks")
    def looks_like(self, hit: LinkHit) -> tuple[str, str]:
        return hit.looks, hit.get_looks_display()


@admin.register(DoubtfulLeave)
class DoubtfulLeaveAdmin(FindsByAddress, ReadOnly, StaffAdmin):
    """Opt-outs that look machine-made. They stand; the person can be written to once, with a way back."""

    list_display = ["seen_at", "address", "because", "offered_at", "settled_at", "settled_by"]
    list_filter = [("settled_at", admin.EmptyFieldListFilter), ("seen_at", RangeDateFilter)]
    list_filter_submit = True
    list_select_related = ["address", "settled_by"]
    fields = ["address", "because", "seen_at", "offered_at", "settled_at", "settled_by"]
    actions_detail = ["offer_a_way_back", "believe_it"]

    def has_settle_permission(self, request: HttpRequest, object_id: object = None) -> bool:
        return request.user.has_perm("preferences.settle_doubtfulleave")

    @action(description=gettext_lazy("Send undo link"), icon="undo", permissions=["settle"])
    def offer_a_way_back(self, request: HttpRequest, object_id: str) -> HttpResponse:
        def verb(doubtful: DoubtfulLeave, said: dict[str, Any]) -> str:
            bot_detection.offer_a_way_back(doubtful, by=colleague(request))
            tasks.answer_soon(doubtful.address)
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
    def believe_it(self, request: HttpRequest, object_id: str) -> HttpResponse:
        def verb(doubtful: DoubtfulLeave, said: dict[str, Any]) -> str:
            bot_detection.settle(doubtful, by=colleague(request))
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
