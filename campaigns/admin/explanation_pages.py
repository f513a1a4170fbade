"""Why (not)? For one person and one topic or campaign, as a page and for machines. Looks, and changes nothing.

The page belongs to the messages; other pages lead here by the name of its address, admin:campaigns_check_eligibility.
"""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import NoReverseMatch, URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from campaigns.explain import explanation, query, recorded, serialize
from campaigns.explain.check_answers import Explanation, Link
from campaigns.models import Campaign, Message
from preferences.admin.base import StaffAdmin
from preferences.errors import SaysoError
from preferences.models import Address, Subscription, Topic

QUERY_FIELDS = ("who", "about", "channel", "at", "format")
MAX_CAMPAIGNS = 50
MAX_MESSAGES = 20
STATUS: dict[type[SaysoError], int] = {
    query.UnclearQuery: 400,
    query.ErasedPerson: 410,
    query.NotFound: 404,
    query.SeveralAddresses: 300,
}


class EligibilityForm(forms.Form):
    """Whom, what, and when; read by query.py, which says what is wrong."""

    who = forms.CharField(
        label=gettext_lazy("Who"),
        help_text=gettext_lazy("An email address, a phone number, or the reference of a contact."),
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off", "maxlength": query.MAX_QUERY_LENGTH}),
    )
    about = forms.ChoiceField(
        label=gettext_lazy("Topic or campaign"),
        required=False,
        help_text=gettext_lazy("If empty: their status for all topics."),
        widget=UnfoldAdminSelectWidget,
    )
    at = forms.CharField(
        label=gettext_lazy("When"),
        required=False,
        help_text=gettext_lazy("If empty: now. Otherwise in UTC, like 2027-03-01T09:00."),
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = self.fields["about"]
        if isinstance(choices, forms.ChoiceField):
            choices.choices = [("", _("Choose a topic or a campaign")), *_choices()]


def _choices() -> Iterable[tuple[str, list[tuple[str, str]]]]:
    """Every topic that is not retired, and the newest campaigns. Two queries."""
    topics = Topic.objects.filter(retired_at=None).select_related("sender")
    campaigns = Campaign.objects.select_related("topic")[:MAX_CAMPAIGNS]
    yield _("Topics"), [(f"{topic.sender.slug}/{topic.slug}", f"{topic.sender} · {topic}") for topic in topics]
    yield _("Campaigns"), [(str(campaign.reference), f"{campaign} · {campaign.topic}") for campaign in campaigns]


class ExplanationAdminMixin(StaffAdmin):
    """Mix into the messages' pages."""

    def get_urls(self) -> list[URLPattern]:
        asks, reads = require_safe(self.eligibility_view), require_safe(self.decision_view)
        return [
            path("check-eligibility/", self.admin_site.admin_view(asks), name="campaigns_check_eligibility"),
            path("<int:message_id>/decision/", self.admin_site.admin_view(reads), name="campaigns_recorded_decision"),
            *super().get_urls(),
        ]

    def eligibility_view(self, request: HttpRequest) -> HttpResponse:
        """Whoever may see contacts asks here."""
        if not request.user.has_perm("preferences.view_contact"):
            raise PermissionDenied
        try:
            found = _requested_explanation(request)
            standings = _eligibility_by_topic(request) if found is None else []
        except tuple(STATUS) as error:
            return self._no_answer(request, error)
        if found is None:
            return self._why_page(request, {"standings": standings})
        if _wants_json(request):
            return _json(serialize.explanation_document(found, admin_urls_for(request)))
        return self._why_page(request, {"answer": serialize.explanation_document(found, admin_urls_for(request))})

    def decision_view(self, request: HttpRequest, message_id: int) -> HttpResponse:
        """The stored decision of one message, for machines; people see it on the message's page."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        message = recorded.messages_with_decision(pk=message_id)
        if message is None:
            raise Http404
        personal = request.user.has_perm("preferences.view_contact")
        return _json(
            serialize.decision_document(recorded.read_decision(message), admin_urls_for(request), personal=personal)
        )

    def _no_answer(self, request: HttpRequest, error: SaysoError) -> HttpResponse:
        status = next(status for kind, status in STATUS.items() if isinstance(error, kind))
        addresses: list[Address] = getattr(error, "addresses", [])
        if _wants_json(request):
            return _json(serialize.error_document(str(error), addresses), status=status)
        return self._why_page(request, {"trouble": str(error), "addresses": addresses}, status=status)

    def _why_page(self, request: HttpRequest, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
        asked = {name: request.GET.get(name, "") for name in QUERY_FIELDS}
        words = {"title": _("Check eligibility"), "form": EligibilityForm(initial=asked), "asked": asked}
        page = self.page(request, "admin/campaigns/message/check_eligibility.html", {**words, **context})
        page.status_code = status
        return page


def _requested_explanation(request: HttpRequest) -> Explanation | None:
    """The answer to what the address of the page asks; None where it asks nothing yet."""
    given = {name: request.GET.getlist(name) for name in QUERY_FIELDS}
    if doubled := [name for name, values in given.items() if len(values) > 1]:
        raise query.UnclearQuery(_("“%(name)s” is given more than once. Give it once.") % {"name": doubled[0]})
    asked = {name: values[0] if values else "" for name, values in given.items()}
    if not (asked["who"] and asked["about"]) and not _wants_json(request):
        return None
    address, question = query.parse_question(asked["who"], asked["about"], asked["channel"])
    return explanation.explain_now_or_at(address, question, at=query.parse_moment(asked["at"]) if asked["at"] else None)


def _eligibility_by_topic(request: HttpRequest) -> list[dict[str, Any]]:
    """Where only a person is named: how their addresses stand to each topic, to choose from."""
    who = request.GET.get("who", "").strip()
    if not who:
        return []
    addresses = {address.pk: address for address in query.find_addresses(who)}
    rows = Subscription.objects.filter(address__in=addresses).select_related("topic__sender")
    subscriptions = list(rows.order_by("topic__sender__name", "topic__name"))
    messages = Message.objects.filter(address__in=addresses).select_related("campaign")
    newest = list(messages.order_by("-pk")[:MAX_MESSAGES])
    return [
        {
            "address": address,
            "subscriptions": [row for row in subscriptions if row.address_id == address.pk],
            "messages": [row for row in newest if row.address_id == address.pk],
        }
        for address in addresses.values()
    ]


def _wants_json(request: HttpRequest) -> bool:
    asked = request.GET.get("format")
    if asked:
        return asked == "json"
    return request.get_preferred_type(["text/html", "application/json"]) == "application/json"


def _json(document: dict[str, Any], *, status: int = 200) -> JsonResponse:
    return JsonResponse(document, status=status, json_dumps_params={"indent": 2, "ensure_ascii": False})


def admin_urls_for(request: HttpRequest) -> serialize.Url:
    """Where a row can be opened, for this colleague; None where there is no page or no permission."""

    def url(link: Link) -> str | None:
        app, model = link.model.split(".")
        if not request.user.has_perm(f"{app}.view_{model}"):
            return None
        try:
            return reverse(f"admin:{app}_{model}_change", args=[link.pk])
        except NoReverseMatch:
            return None

    return url
