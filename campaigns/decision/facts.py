"""What a decision looks at, gathered for many addresses at once. Reads only.

One builder for sending, the preview and the question "why": what differs between them is only the audience.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from django.db.models import FilteredRelation, Q, QuerySet

from campaigns.content import content_checks
from campaigns.content.content_checks import NO_TEXT_FINDINGS, TextFindings
from campaigns.decision.checks import DecisionFacts
from campaigns.eligibility import objections
from campaigns.models import Campaign, EmergencyStop, Message
from preferences.consent import eligibility
from preferences.geo import jurisdictions
from preferences.models import Address, Basis, Topic
from preferences.rulebook import consent_requirements

LOOK_BACK = timedelta(days=31)


class AddressRow(NamedTuple):
    """One address as the database tells of it: the eligibility check's answer, the person, and the yes on record."""

    address: int
    objection: str
    channel: str
    value: str | None
    verified_at: datetime | None
    contact: int
    country: str
    region: str
    postal_code: str
    time_zone: str
    born_on: date | None
    event: int | None
    method: str | None
    source: str | None
    notice: int | None
    discloses_texts: bool | None
    form: int | None
    basis: str | None
    basis_on: date | None
    said_at: datetime | None


ROW_COLUMNS = (
    "pk",
    "objection",
    "channel",
    "normal_form",
    "verified_at",
    "contact_id",
    "contact__country",
    "contact__region",
    "contact__postal_code",
    "contact__time_zone",
    "contact__born_on",
    "said__granted_id",
    "said__granted__method",
    "said__granted__source",
    "said__granted__notice_id",
    "said__granted__notice__discloses_texts",
    "said__granted__form_id",
    "said__granted__basis",
    "said__granted__basis_on",
    "said__granted__occurred_at",
)


@dataclass(frozen=True)
class Question:
    """About what, on which channel: a campaign, or a topic for which no campaign was written yet."""

    topic: Topic
    channel: str
    campaign: Campaign | None = None
    words: TextFindings = NO_TEXT_FINDINGS

    @property
    def is_repermission(self) -> bool:
        return self.campaign is not None and self.campaign.kind == Campaign.Kind.REPERMISSION

    @property
    def ends_at(self) -> datetime | None:
        return self.campaign.ends_at if self.campaign else None


@dataclass(frozen=True, slots=True)
class KnownFacts:
    """Facts, with the rows they come from."""

    address_id: int
    contact_id: int
    event_id: int | None
    facts: DecisionFacts


def question_for(campaign: Campaign) -> Question:
    """What is asked about everybody in this campaign's audience."""
    return Question(campaign.topic, campaign.channel, campaign, content_checks.text_findings(campaign))


def facts_for(addresses: QuerySet[Address], question: Question, at: datetime) -> dict[int, KnownFacts]:
    """The facts about each of these addresses, by address. Three queries, however many there are."""
    rows = [AddressRow(*row) for row in with_objections(addresses, question).values_list(*ROW_COLUMNS)]
    sent = recent_messages({row.contact for row in rows}, question, at)
    stopped = EmergencyStop.objects.active().exists()
    return {row.address: facts_of_row(row, question, sent.get(row.contact, ()), stopped) for row in rows}


def with_objections(addresses: QuerySet[Address], question: Question) -> QuerySet[Address]:
    """The addresses in order of their id, each with its exclusion reason and its subscription to the topic (`said`)."""
    also = objections.campaign_objections(question.topic, question.campaign, among=addresses)
    said = FilteredRelation("subscriptions", condition=Q(subscriptions__topic=question.topic))
    return eligibility.with_objections(addresses, question.topic, also=also).annotate(said=said).order_by("pk")


def recent_messages(contacts: Iterable[int], question: Question, at: datetime) -> dict[int, tuple[datetime, ...]]:
    """When each person got what counts against the caps of this channel and purpose, oldest first."""
    ended = Q(status__in=[Message.Status.SENT, Message.Status.UNKNOWN], finished_at__gte=at - LOOK_BACK)
    counts = Message.objects.filter(
        ended | Q(status=Message.Status.SENDING),
        address__contact__in=list(contacts),
        address__channel=question.channel,
        campaign__topic__purpose=question.topic.purpose,
    )
    found: dict[int, list[datetime]] = {}
    for contact, moment, ends in counts.order_by().values_list(
        "address__contact_id", "sent_to_provider_at", "finished_at"
    ):
        found.setdefault(contact, []).append(moment if moment and ends else at)
    return {contact: tuple(sorted(moments)) for contact, moments in found.items()}


def facts_of_row(row: AddressRow, question: Question, sent: tuple[datetime, ...], stopped: bool) -> KnownFacts:
    """What one row tells, as the facts that a decision looks at."""
    topic, words = question.topic, question.words
    facts = DecisionFacts(
        place=place_of(row, topic.sender.country),
        objection=row.objection,
        flags=_flags(row),
        basis=row.basis or Basis.EXPRESS,
        basis_on=row.basis_on,
        consented_on=row.said_at.date() if row.said_at else None,
        reveals_health=topic.reveals_health,
        uses_health_records=topic.uses_health_records,
        minimum_age=topic.minimum_age,
        born_on=row.born_on,
        sent=sent,
        stopped=stopped,
        is_repermission=question.is_repermission,
        ends_at=question.ends_at,
        lacks=words.lacks,
        labels=words.labels,
        segments=words.segments,
        characters=words.characters,
    )
    return KnownFacts(row.address, row.contact, row.event, facts)


def place_of(row: AddressRow, sender_country: str) -> jurisdictions.Place:
    """Where somebody may be, by everything that is on record."""
    return jurisdictions.locate(
        channel=row.channel,
        value=row.value or "",
        country=row.country,
        region=row.region,
        postal_code=row.postal_code,
        time_zone=row.time_zone,
        sender_country=sender_country,
    )


def _flags(row: AddressRow) -> frozenset[str]:
    if row.event is None:
        return frozenset()
    return _worth(
        method=row.method,
        source=row.source,
        has_notice=row.notice is not None,
        discloses_texts=bool(row.discloses_texts),
        has_form=row.form is not None,
        verified=row.verified_at is not None,
        basis=row.basis,
        basis_on=row.basis_on,
    )


_worth = lru_cache(maxsize=10_000)(consent_requirements.consent_flags)
