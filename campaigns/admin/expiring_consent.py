"""The expiry desk: whose permission runs out within 90 days, why, and one button to ask them again."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe
from unfold.decorators import action

from campaigns.eligibility import repermission
from preferences.admin.base import StaffAdmin, staff_user
from preferences.consent import expiry
from preferences.consent.expiry import HORIZON_DAYS, ConsentExpiry, ExpiryReason
from preferences.errors import NotAllowed
from preferences.models import Address, Channel, Topic

PER_PAGE = 100
HEADS = {
    0: gettext_lazy("Already expired"),
    30: gettext_lazy("Within 30 days"),
    60: gettext_lazy("31 to 60 days"),
    90: gettext_lazy("61 to 90 days"),
}
REASONS = {
    ExpiryReason.CLOCK: gettext_lazy("Based on a purchase, enquiry or membership"),
    ExpiryReason.AGE: gettext_lazy("Old consent, to be renewed"),
    ExpiryReason.TERM: gettext_lazy("Time-limited consent"),
}


class ExpiringConsentAdminMixin(StaffAdmin):
    """Mix into the campaigns' pages."""

    def get_urls(self) -> list[URLPattern]:
        site = self.admin_site.admin_view
        pages = [
            path("expiring-consent/", site(require_safe(self.expiry_view)), name="campaigns_expiring_consent"),
            path(
                "expiring-consent/names/",
                site(require_safe(self.names_view)),
                name="campaigns_expiring_consent_names",
            ),
            path("expiring-consent/ask/", site(require_POST(self.ask_view)), name="campaigns_expiring_consent_ask"),
        ]
        return pages + super().get_urls()

    @action(description=gettext_lazy("Expiring consent"), permissions=["view"], icon="hourglass_bottom")
    def running_out(self, request: HttpRequest) -> HttpResponse:
        """The way to the desk from the list of campaigns."""
        return redirect("admin:campaigns_expiring_consent")

    def expiry_view(self, request: HttpRequest) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        context = {
            "title": _("Expiring consent"),
            "desk": list(_expiry_groups()),
            "heads": HEADS.values(),
            "sees_names": request.user.has_perm("preferences.view_contact"),
            "may_ask": self.has_add_permission(request),
        }
        return self.page(request, "admin/campaigns/expiring_consent.html", context)

    def names_view(self, request: HttpRequest) -> HttpResponse:
        """The people behind one number."""
        if not (self.has_view_permission(request) and request.user.has_perm("preferences.view_contact")):
            raise PermissionDenied
        topic, channel = _subject(request.GET)
        days, why = (
            _one_of(request.GET.get("within"), HORIZON_DAYS),
            _one_of(request.GET.get("why"), list(ExpiryReason)),
        )
        page = _number(request.GET.get("page"))
        ending = expiry.expiring(topic=topic, channel=channel)
        behind = (one for one in ending if (expiry.horizon_of(one), one.why) == (days, why))
        rows = list(islice(behind, (page - 1) * PER_PAGE, page * PER_PAGE + 1))
        context = {
            "title": _("Expiring consent: %(topic)s") % {"topic": topic},
            "said": f"{HEADS[days]} · {REASONS[why]} · {Channel(channel).label}",
            "people": _people(rows[:PER_PAGE]),
            "before": _page_url(request, page - 1) if page > 1 else "",
            "after": _page_url(request, page + 1) if len(rows) > PER_PAGE else "",
        }
        return self.page(request, "admin/campaigns/expiring_consent_names.html", context)

    def ask_view(self, request: HttpRequest) -> HttpResponse:
        """A draft in one step; it goes through its review like any other."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        topic, channel = _subject(request.POST)
        try:
            campaign = repermission.draft_campaign(topic, channel, by=staff_user(request))
        except NotAllowed as refusal:
            self.message_user(request, str(refusal), messages.ERROR)
            return redirect("admin:campaigns_expiring_consent")
        self.message_user(
            request,
            _("This draft asks recipients to renew their consent. Read it, preview it, and submit it for review."),
            messages.SUCCESS,
        )
        return redirect(self.change_url(campaign))


def _expiry_groups() -> Iterator[dict[str, Any]]:
    """One part for each topic and channel: its numbers by reason and span, and how many could be asked now."""
    counted = expiry.counts_by_topic(expiry.expiring())
    topics = Topic.objects.select_related("sender").in_bulk({topic for topic, _channel in counted})
    for topic_id, channel in sorted(counted, key=lambda key: (str(topics[key[0]]), key)):
        counts, topic = counted[topic_id, channel], topics[topic_id]
        about = {"topic": topic_id, "channel": channel}
        yield {
            **about,
            "name": f"{topic.sender} · {topic} · {Channel(channel).label}",
            "rows": [
                _row(why, counts, about) for why in REASONS if any(counts.get((days, why)) for days in HORIZON_DAYS)
            ],
            "asked": repermission.count_recipients(topic, channel),
        }


def _row(why: ExpiryReason, counts: dict[tuple[int, ExpiryReason], int], about: dict[str, Any]) -> dict[str, Any]:
    cells = [
        {
            "people": counts.get((days, why), 0),
            "head": HEADS[days],
            "url": reverse("admin:campaigns_expiring_consent_names", query=about | {"within": days, "why": why.value}),
        }
        for days in HORIZON_DAYS
    ]
    return {"reason": REASONS[why], "cells": cells}


def _people(endings: Iterable[ConsentExpiry]) -> list[dict[str, Any]]:
    endings = list(endings)
    addresses = Address.objects.select_related("contact").in_bulk([one.address for one in endings])
    return [{"ending": one, "address": addresses[one.address]} for one in endings if one.address in addresses]


def _subject(asked: Any) -> tuple[Topic, str]:
    """What the page is about. Whatever else stands in the address is not found."""
    topic = Topic.objects.filter(pk=_number(asked.get("topic") or "0")).first()
    channel = asked.get("channel", "")
    if topic is None or channel not in Channel.values:
        raise Http404
    return topic, channel


def _one_of(text: str | None, choices: Iterable[Any]) -> Any:
    found = next((choice for choice in choices if str(choice) == text), None)
    if found is None:
        raise Http404
    return found


def _number(text: str | None) -> int:
    """A page or an id as it was typed. Raises Http404 for what is none."""
    if not text:
        return 1
    if not (text.isascii() and text.isdigit()) or len(text) > 9 or not int(text):
        raise Http404
    return int(text)


def _page_url(request: HttpRequest, page: int) -> str:
    asked = request.GET.copy()
    asked["page"] = str(page)
    return f"?{asked.urlencode()}"
