"""One line of a contact record."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy


class EntryKind(TextChoices):
    """What sort of row an entry comes from."""

    SAID = "said", gettext_lazy("Consent event")
    EVIDENCE = "evidence", gettext_lazy("Evidence")
    SUBSCRIPTION = "subscription", gettext_lazy("Subscription")
    SUPPRESSION = "suppression", gettext_lazy("Suppression")
    REPLY = "service_message", gettext_lazy("Service message")
    MESSAGE = "message", gettext_lazy("Message")
    DELIVERY = "delivery", gettext_lazy("Delivery")
    INBOUND = "inbound", gettext_lazy("Incoming message")
    REQUEST = "request", gettext_lazy("Data subject request")
    RECEIPT = "receipt", gettext_lazy("Receipt")
    LINK = "link", gettext_lazy("Link opens")
    RECORD = "record", gettext_lazy("Record")


@dataclass(frozen=True)
class TimelineEntry:
    """One thing that happened: when, what, by whom, to which address, and the rest in words."""

    at: datetime
    kind: EntryKind
    what: str
    who: str
    where: str = ""
    detail: str = ""
    personal: bool = False


AddressesById = dict[int | None, str]
