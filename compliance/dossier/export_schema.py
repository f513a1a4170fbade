"""Which tables lead to one person, what each tells, and its fields: the schema of what people take along.

Fields may be added. None is ever given another meaning, and none names a colleague.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from campaigns.models import DeliveryEvent, Message
from compliance.models import SubjectRequest
from preferences.models import (
    Address,
    AddressChange,
    ConsentEvent,
    Contact,
    Evidence,
    FrequencyCap,
    InboundMessage,
    LinkOpen,
    Notice,
    OptOutReason,
    Receipt,
    ServiceMessage,
    Subscription,
    Suppression,
)

SCHEMA = "sayso-takeout/1"
Rows = Callable[[Contact], QuerySet]


@dataclass(frozen=True)
class ExportTable:
    """One sort of row: what it tells, its rows, and its fields in their order; a dot leads on to another row."""

    about: str | Promise
    rows: Rows
    fields: str

    @property
    def paths(self) -> list[str]:
        return self.fields.split()

    @property
    def names(self) -> list[str]:
        return [path.replace(".", "_") for path in self.paths]

    @property
    def model(self) -> Any:
        return self.rows(Contact(pk=0)).model

    def found(self, contact: Contact) -> QuerySet:
        """Its rows, with everything that the fields lead to, in one query."""
        related = [path for field in self.paths if (path := _related(self.model, field))]
        return self.rows(contact).select_related(*related) if related else self.rows(contact)


def _related(model: Any, field: str) -> str:
    """The part of a path that leads to other rows."""
    first, _dot, rest = field.partition(".")
    found = model._meta.get_field(first)
    if not found.is_relation:
        return ""
    further = _related(found.related_model, rest) if rest else ""
    return f"{first}__{further}" if further else first


def _of_address(model: type[models.Model]) -> Rows:
    return lambda contact: model._default_manager.filter(address__contact=contact).order_by("pk")


def _of_contact(model: type[models.Model]) -> Rows:
    return lambda contact: model._default_manager.filter(contact=contact).order_by("pk")


EXPORT_TABLES: dict[str, ExportTable] = {
    "addresses": ExportTable(
        gettext_lazy("Your addresses"),
        _of_contact(Address),
        "reference channel value verified_at created_at",
    ),
    "said": ExportTable(
        gettext_lazy("Consent history"),
        _of_address(ConsentEvent),
        "reference interaction_id occurred_at recorded_at address topic.sender topic kind source method notice.digest "
        "form.title form.version until most_per_month basis basis_on origin commitment",
    ),
    "proofs": ExportTable(
        gettext_lazy("Evidence"),
        lambda contact: Evidence.objects.filter(event__address__contact=contact).order_by("pk"),
        "event.reference ip user_agent page words document",
    ),
    "notices": ExportTable(
        gettext_lazy("Consent wording you were shown"),
        lambda contact: Notice.objects.filter(events__address__contact=contact).distinct().order_by("pk"),
        "topic.sender topic language version kind_of_messages frequency charges sender_identity privacy_url "
        "terms_url how_to_unsubscribe digest published_at",
    ),
    "subscriptions": ExportTable(
        gettext_lazy("Your subscriptions"),
        _of_address(Subscription),
        "address topic.sender topic status expires_at paused_until changed_at",
    ),
    "frequency_caps": ExportTable(
        gettext_lazy("Your message limits"),
        _of_contact(FrequencyCap),
        "topic.sender topic most_per_month changed_at",
    ),
    "stops": ExportTable(
        gettext_lazy("Why nothing is sent to an address"),
        lambda contact: Suppression.objects.filter(
            fingerprint__in=contact.addresses.live().values("fingerprint")
        ).order_by("pk"),
        "channel reason scope since detail lifted_at lifted_because",
    ),
    "messages": ExportTable(
        gettext_lazy("Campaign messages sent to you"),
        _of_address(Message),
        "reference address campaign.topic campaign.subject campaign.body status skipped_because "
        "decided_at decision waiting_for local_time sent_to_provider_at finished_at",
    ),
    "answers": ExportTable(
        gettext_lazy("Service messages sent to you"),
        _of_address(ServiceMessage),
        "reference interaction_id address sender kind status reason queued_at sent_at",
    ),
    "deliveries": ExportTable(
        gettext_lazy("Delivery reports from providers"),
        lambda contact: DeliveryEvent.objects.filter(
            Q(message__address__contact=contact)
            | Q(service_message__address__contact=contact)
            | Q(fingerprint__in=contact.addresses.live().values("fingerprint"))
        ).order_by("pk"),
        "provider kind message.reference service_message.reference detail occurred_at",
    ),
    "written": ExportTable(
        gettext_lazy("What you wrote to us"),
        _of_address(InboundMessage),
        "address channel raw_text meaning outcome received_at sent_at",
    ),
    "reasons": ExportTable(
        gettext_lazy("Why you unsubscribed, if you told us"),
        _of_address(OptOutReason),
        "address topic reason words created_at",
    ),
    "moves": ExportTable(
        gettext_lazy("Addresses you changed"),
        lambda contact: AddressChange.objects.filter(
            Q(old__contact=contact) | Q(new__contact=contact, confirmed_at__isnull=False)
        ).order_by("pk"),
        "interaction_id old new asked_at confirmed_at dropped_at",
    ),
    "links_opened": ExportTable(
        gettext_lazy("Links opened in our messages"),
        _of_address(LinkOpen),
        "address purpose method opener because network agent seen_at",
    ),
    "receipts": ExportTable(
        gettext_lazy("Consent receipts issued to you"),
        _of_address(Receipt),
        "reference interaction_id address document issued_at",
    ),
    "requests": ExportTable(
        gettext_lazy("Your requests about your data"),
        _of_contact(SubjectRequest),
        "kind status words received_at due_at answered_at answer",
    ),
}
