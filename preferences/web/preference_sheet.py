"""What one person can choose between: each topic on each of their addresses, and how much of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from preferences.contacts import address_change
from preferences.models import Address, ConsentEvent, FrequencyCap, Notice, Subscription, Suppression, Topic
from preferences.presentation import agreement_text

SubscriptionStatus = Subscription.Status
TopicPurpose = Topic.Purpose
SuppressionReason = Suppression.Reason
ON_STATUSES = (SubscriptionStatus.ACTIVE, SubscriptionStatus.PAUSED)

# What topics are for, in people's words and in the order of the page.
GROUPS = [
    (_("News and offers"), (TopicPurpose.MARKETING,)),
    (_("Information you asked for"), (TopicPurpose.INFORMATIONAL,)),
    (_("About your account"), (TopicPurpose.TRANSACTIONAL, TopicPurpose.COMPLIANCE)),
]


@dataclass(frozen=True)
class AddressChoice:
    """One topic for one address."""

    address: Address
    topic: Topic
    standing: Subscription | None
    granted: ConsentEvent | None
    notice: Notice | None
    is_open: bool

    @property
    def name(self) -> str:
        return f"a{self.address.pk}-t{self.topic.pk}"

    @property
    def status(self) -> str | None:
        return self.standing.status if self.standing else None

    @property
    def is_on(self) -> bool:
        return self.status in ON_STATUSES

    @property
    def is_waiting(self) -> bool:
        return self.status == SubscriptionStatus.PENDING

    @property
    def paused_until(self) -> datetime | None:
        return self.standing.paused_until if self.standing else None

    @property
    def can_be_added(self) -> bool:
        """Only for the address whose link was opened, and only with words to agree to."""
        return bool(self.is_open and not self.is_on and self.notice and not self.topic.retired_at)

    @property
    def agreed(self) -> str:
        """When and how they agreed to what they get."""
        return (
            agreement_text.agreement_sentence(self.granted, self.address.contact) if self.is_on and self.granted else ""
        )


@dataclass(frozen=True)
class TopicRow:
    """One topic on all addresses of a person, and how much of it they want."""

    topic: Topic
    choices: list[AddressChoice]
    most_per_month: int | None

    @property
    def key(self) -> str:
        return f"t{self.topic.pk}"

    @property
    def group(self) -> int:
        """Its place among GROUPS."""
        return next(place for place, (_words, purposes) in enumerate(GROUPS) if self.topic.purpose in purposes)

    @property
    def is_on(self) -> bool:
        return any(choice.is_on for choice in self.choices)

    @property
    def paused_until(self) -> datetime | None:
        return max((choice.paused_until for choice in self.choices if choice.paused_until), default=None)

    def is_paused_until(self, until: datetime) -> bool:
        """Is it in just this pause, wherever it comes?"""
        return all(choice.paused_until == until for choice in self.choices if choice.is_on)

    def is_pausable(self, until: datetime) -> bool:
        """Would a pause until then be one, and no shorter than the one that stands?"""
        return self.is_on and not self.is_paused_until(until) and (self.paused_until or until) <= until

    @property
    def costs(self) -> bool:
        """Is there a text among it, which may cost something?"""
        return bool(self.topic.charges) and any(choice.address.channel == "sms" for choice in self.choices)

    @property
    def agreements(self) -> list[str]:
        """Each sentence once, however many addresses it holds for."""
        return list(dict.fromkeys(choice.agreed for choice in self.choices if choice.agreed))


@dataclass(frozen=True)
class PreferenceSheet:
    """Everything one person can choose. Wishes hold on all addresses, so only who reads at them may say one."""

    addresses: list[Address]
    entries: list[TopicRow]
    most_per_month: int | None
    stopped: frozenset[Address]
    never: frozenset[Address]
    can_set_frequency: bool = True

    @property
    def choices(self) -> list[AddressChoice]:
        return [choice for entry in self.entries for choice in entry.choices]

    @property
    def is_on(self) -> bool:
        return any(entry.is_on for entry in self.entries)

    @property
    def is_all_off(self) -> bool:
        """Was everything turned off, on every address?"""
        return not self.is_on and self.stopped | self.never == set(self.addresses)

    @property
    def paused_until(self) -> datetime | None:
        """Until when nothing at all comes."""
        moments = [choice.paused_until for choice in self.choices if choice.is_on]
        return min((moment for moment in moments if moment), default=None) if all(moments) else None

    @property
    def channels_on(self) -> list[str]:
        return sorted({choice.address.channel for choice in self.choices if choice.is_on})


def preference_sheet_for(visiting: Address, *, language: str) -> PreferenceSheet:
    """All choices of the person behind this address, which comes first. As many queries, however much there is."""
    contact, can_set_frequency = visiting.contact, not address_change.may_be_another_reader(visiting)
    addresses = _all_addresses(visiting) if can_set_frequency else [visiting]
    standing = {(row.address_id, row.topic_id): row for row in Subscription.objects.filter(address__in=addresses)}
    topics = list(_topics(addresses, {topic for _address, topic in standing}))
    notices = Notice.objects.current_by_topic(topics, language)
    granted = _latest_grants(addresses)
    wishes = FrequencyCap.objects.filter(contact=contact) if can_set_frequency else FrequencyCap.objects.none()
    frequency_caps: dict[int | None, int | None] = dict(wishes.values_list("topic_id", "most_per_month"))
    stopped, never = (
        _suppressed_address_ids(addresses, SuppressionReason.STOPPED),
        _suppressed_address_ids(addresses, SuppressionReason.PERMANENT),
    )

    def choice(topic: Topic, address: Address) -> AddressChoice:
        pair = (address.pk, topic.pk)
        is_open = address == visiting and address not in never
        return AddressChoice(address, topic, standing.get(pair), granted.get(pair), notices.get(topic.pk), is_open)

    def is_shown(choice: AddressChoice) -> bool:
        """What comes there, or could; nothing could to another address that was turned off."""
        is_offered = choice.topic.offers(choice.address.channel) and _is_open(choice.topic)
        is_off = choice.address != visiting and choice.address in stopped | never
        return choice.is_on or choice.is_waiting or (is_offered and not is_off)

    def entry(topic: Topic) -> TopicRow:
        choices = [one for address in addresses if is_shown(one := choice(topic, address))]
        return TopicRow(topic, choices, frequency_caps.get(topic.pk))

    shown = sorted((one for topic in topics if (one := entry(topic)).choices), key=_sort_key)
    return PreferenceSheet(addresses, shown, frequency_caps.get(None), stopped, never, can_set_frequency)


def visible_addresses(visiting: Address) -> list[Address]:
    """Every address of the person, the visited one first. Who reads where they no longer are sees that one alone."""
    return [visiting] if address_change.may_be_another_reader(visiting) else _all_addresses(visiting)


def _all_addresses(visiting: Address) -> list[Address]:
    live = visiting.contact.addresses.live().select_related("contact")
    return sorted(live, key=lambda one: (one != visiting, one.pk))


def topic_row_for(visiting: Address, topic: Topic) -> TopicRow:
    """What this person gets of one topic, on all their addresses; nothing they could have less of, at one they left."""
    if address_change.may_be_another_reader(visiting):
        return TopicRow(topic, [], None)
    rows = Subscription.objects.filter(address__in=_all_addresses(visiting), topic=topic).select_related("address")
    choices = [AddressChoice(row.address, topic, row, None, None, False) for row in rows]
    frequency_caps = FrequencyCap.objects.filter(contact=visiting.contact_id, topic=topic)
    return TopicRow(topic, choices, frequency_caps.values_list("most_per_month", flat=True).first())


def _is_open(topic: Topic) -> bool:
    return topic.is_public and topic.retired_at is None


def _sort_key(entry: TopicRow) -> tuple[str, int, int, bool]:
    """By sender and by what it is for; what they get stands first."""
    return entry.topic.sender.name, entry.topic.sender_id, entry.group, not entry.is_on


def _topics(addresses: Iterable[Address], theirs: set[int]) -> QuerySet[Topic]:
    """What they get, and the public topics of the senders they have ever had to do with."""
    said = ConsentEvent.objects.filter(address__in=addresses, topic__isnull=False).values("topic__sender")
    offered = Q(sender__in=said, is_public=True, retired_at=None)
    return Topic.objects.filter(Q(pk__in=theirs) | offered).select_related("sender").order_by("name", "pk")


def _latest_grants(addresses: Iterable[Address]) -> dict[tuple[int, int | None], ConsentEvent]:
    """The latest yes for each address and topic."""
    said = ConsentEvent.objects.filter(address__in=addresses, kind=ConsentEvent.Kind.GRANTED).order_by("pk")
    return {(event.address_id, event.topic_id): event for event in said}


def _suppressed_address_ids(addresses: Iterable[Address], reason: str) -> frozenset[Address]:
    rows = Suppression.objects.in_force().filter(
        reason=reason, scope=Suppression.EVERYTHING, fingerprint__in=[one.fingerprint for one in addresses]
    )
    known = set(rows.values_list("fingerprint", flat=True))
    return frozenset(address for address in addresses if address.fingerprint in known)
