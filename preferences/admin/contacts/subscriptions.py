"""What the facts add up to: who gets what, and who is not written to."""

from typing import TYPE_CHECKING, Any, TypedDict

from django.contrib import admin
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import action, display

from preferences.admin.action_forms import ReasonForm
from preferences.admin.address_search import AddressSearchAdmin, addresses_matching
from preferences.admin.base import ReadOnly, StaffAdmin, staff_user
from preferences.admin.contacts.consent_events import TopicFilter
from preferences.consent import suppressions
from preferences.models import Address, Subscription, Suppression

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations


class WithAddress(TypedDict):
    """The address behind the fingerprint, as long as we know it."""

    address_value: str | None


STATUSES = {"active": "success", "pending": "info", "paused": "warning", "ended": "danger"}


@admin.register(Subscription)
class SubscriptionAdmin(AddressSearchAdmin, ReadOnly, StaffAdmin):
    """Who gets what? Only the ledger changes it."""

    list_display = ["address", "topic", "standing", "because", "expires_at", "changed_at"]
    list_filter = [TopicFilter, "status", "address__channel"]
    list_select_related = ["address", "topic", "event"]
    ordering = ["-id"]
    fields = ["address", "topic", "status", "event", "expires_at", "changed_at"]

    @display(description=gettext_lazy("status"), label=STATUSES, ordering="status")
    def standing(self, subscription: Subscription) -> tuple[str, str]:
        return subscription.status, subscription.get_status_display()

    @display(description=gettext_lazy("consent event"))
    def because(self, subscription: Subscription) -> str:
        event = subscription.event
        return f"{event.get_kind_display()} · {event.get_source_display()} · {event.occurred_at:%Y-%m-%d}"


@admin.register(Suppression)
class SuppressionAdmin(AddressSearchAdmin, ReadOnly, StaffAdmin):
    """To whom do we not write, and why?"""

    list_display = ["whose", "channel", "why", "scope", "since", "detail_label", "lifted_at"]
    list_filter = ["reason", "channel", ("lifted_at", admin.EmptyFieldListFilter)]
    list_select_related = ["lifted_by"]
    fields = [
        "whose",
        ("channel", "scope"),
        ("reason", "detail_label"),
        "since",
        ("lifted_at", "lifted_by"),
        "lifted_because_label",
    ]
    readonly_fields = ["whose", "detail_label", "lifted_because_label"]
    actions_detail = ["lift"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Suppression]:
        owner = Address.objects.filter(fingerprint=OuterRef("fingerprint"), channel=OuterRef("channel"))
        return super().get_queryset(request).annotate(address_value=Subquery(owner.values("value")[:1]))

    def found(self, term: str) -> Q:
        return Q(fingerprint__in=addresses_matching(term).values("fingerprint"))

    def has_lift_permission(self, request: HttpRequest, object_id: object = None) -> bool:
        return request.user.has_perm("preferences.change_suppression")

    @display(description=gettext_lazy("address"))
    def whose(self, suppression: "WithAnnotations[Suppression, WithAddress]") -> str:
        return suppression.address_value or _("Not on file (%(start)s…)") % {"start": suppression.fingerprint[:8]}

    @display(description=gettext_lazy("reason"), label={True: "danger", False: "info"}, ordering="reason")
    def why(self, suppression: Suppression) -> tuple[bool, str]:
        return suppression.lifted_at is None, suppression.get_reason_display()

    @action(description=gettext_lazy("Lift"), icon="lock_open", permissions=["lift"])
    def lift(self, request: HttpRequest, object_id: str) -> HttpResponse:
        def verb(suppression: Suppression, said: dict[str, Any]) -> str:
            suppressions.lift_by_staff(suppression, by=staff_user(request), because=said["because"])
            return _("Suppression lifted. Messages can be sent to this address again, for its active subscriptions.")

        return self.ask_first(
            request,
            object_id,
            title=_("Lift this suppression"),
            text=_(
                "Staff can lift a suppression caused by a delivery problem, such as a mailbox that "
                "bounced. Only the person can lift their own opt-out."
            ),
            button=_("Lift"),
            verb=verb,
            form_class=ReasonForm,
        )
