"""What one person can choose between: their addresses, and what each of them gets or could get."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from preferences.models import Address, ConsentEvent, Contact, Notice, Subscription, Topic

Status = Subscription.Status
ON = (Status.ACTIVE, Status.PAUSED)


@dataclass(frozen=True)
class Choice:
    """One topic for one address."""

    address: Address
    topic: Topic
    status: str | None
    notice: Notice | None
    is_visiting: bool

    @property
    def name(self) -> str:
        return f"a{self.address.pk}-t{self.topic.pk}"

    @property
    def is_on(self) -> bool:
        return self.status in ON

    @property
    def is_waiting(self) -> bool:
        return self.status == Status.PENDING

    @property
    def can_be_added(self) -> bool:
        """Only for the address whose link was opened, and only with words to agree to."""
        return bool(self.is_visiting and not self.is_on and self.notice and not self.topic.retired_at)


def of(visiting: Address, *, language: str) -> dict[Address, list[Choice]]:
    """All choices by address, the visiting one first. Four queries, however much there is."""
    addresses = sorted(_addresses(visiting.contact), key=lambda address: (address != visiting, address.pk))
    standing = {
        (row.address_id, row.topic_id): row.status for row in Subscription.objects.filter(address__in=addresses)
    }
    topics = list(_topics(addresses, {topic for _address, topic in standing}))
    notices = Notice.objects.current_by_topic(topics, language)

    def choices(address: Address) -> Iterator[Choice]:
        for topic in topics:
            status = standing.get((address.pk, topic.pk))
            if status in (*ON, Status.PENDING) or (topic.offers(address.channel) and _is_open(topic)):
                yield Choice(address, topic, status, notices.get(topic.pk), address == visiting)

    return {address: list(choices(address)) for address in addresses}


def _addresses(contact: Contact) -> list[Address]:
    return list(contact.addresses.live().select_related("contact"))


def _is_open(topic: Topic) -> bool:
    return topic.is_public and topic.retired_at is None


def _topics(addresses: list[Address], theirs: set[int]) -> QuerySet[Topic]:
    """What they get, and the public topics of the senders they have ever had to do with."""
    said = ConsentEvent.objects.filter(address__in=addresses, topic__isnull=False).values("topic__sender")
    offered = Q(sender__in=said, is_public=True, retired_at=None)
    return Topic.objects.filter(Q(pk__in=theirs) | offered).select_related("sender").order_by("sender__name", "name")
