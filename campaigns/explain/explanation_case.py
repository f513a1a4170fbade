"""One address and one question, with every row that an explanation needs. Reads only; always as many queries.

What the database tells is as it stands now. For another moment, clocks, hours, caps, pauses and terms of consent are
those of that moment.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import BooleanField, Q, Value, When
from django.db.models import Case as Choice

from campaigns.decision import facts
from campaigns.decision.checks import DecisionFacts
from campaigns.decision.facts import LOOK_BACK, Question
from campaigns.eligibility import frequency_caps, objections
from campaigns.models import EmergencyStop, LintOverride, Message
from preferences.consent import eligibility
from preferences.models import Address, ConsentEvent, FrequencyCap, Rule, Subscription, Suppression, Topic
from preferences.rulebook import book as rulebook
from preferences.rulebook.book import Rulebook
from preferences.rulebook.effective_terms import EffectiveTerms

MAX_EVENTS = 20
PAUSED, EXPIRED = "paused", "expired"
MOMENT = timedelta(minutes=1)


class CountedMessage(NamedTuple):
    """One message that this person got, or is getting, and what it counts as."""

    message: int
    campaign: str
    channel: str
    purpose: str
    topic: int
    sent_to_provider_at: datetime | None
    finished_at: datetime | None


@dataclass(frozen=True)
class ExplanationCase:
    """Everything known about the question whether this address gets this."""

    address: Address
    question: Question
    at: datetime
    now: datetime
    facts: DecisionFacts
    terms: EffectiveTerms
    rules: list[Rule]
    where: dict[str, str]
    applying: list[str]
    subscription: Subscription | None
    story: list[ConsentEvent]
    suppressions: list[Suppression]
    frequency_caps: list[FrequencyCap]
    counted: list[CountedMessage]
    switch: EmergencyStop | None
    message: Message | None
    allowed: list[LintOverride]

    @property
    def topic(self) -> Topic:
        return self.question.topic

    @property
    def is_now(self) -> bool:
        return abs(self.at - self.now) < MOMENT

    @property
    def yes(self) -> ConsentEvent | None:
        """The yes on record."""
        return self.subscription.granted if self.subscription else None


def load_case(address: Address, question: Question, at: datetime, now: datetime) -> ExplanationCase:
    """All of it, for one address."""
    known = facts.facts_for(Address.objects.filter(pk=address.pk), question, at)[address.pk].facts
    subscription, frequency_caps = _subscription(address, question.topic), _frequency_caps(address, question.topic)
    counted = _counted(address, at)
    over_limit = any(is_cap_reached(limit, counted, at) for limit in frequency_caps)
    applying = _objections_at(at, now, _objections_of(address, question), subscription, over_limit=over_limit)
    book, asked = rulebook.current_rulebook(), _facts_at(known, question, applying, at)
    terms = _terms(book, asked, question, at)
    return ExplanationCase(
        address=address,
        question=question,
        at=at,
        now=now,
        facts=asked if question.campaign else replace(asked, lacks=frozenset(), labels=terms.labels),
        terms=terms,
        rules=book.in_force_at(asked.place.jurisdictions, question.channel, question.topic.purpose, at),
        where={rule.jurisdiction: rule.jurisdiction_name for rule in book.rules},
        applying=applying,
        subscription=subscription,
        story=_history(address, question.topic),
        suppressions=_suppressions(address, question.topic),
        frequency_caps=frequency_caps,
        counted=counted,
        switch=EmergencyStop.objects.active().select_related("activated_by").first(),
        message=_message(address, question),
        allowed=_allowed(question),
    )


def counted_under_cap(limit: FrequencyCap, counted: list[CountedMessage], at: datetime) -> list[CountedMessage]:
    """The messages that count against a person's own limit at this moment, the one that falls out first at the head."""
    since = at - frequency_caps.MONTH
    rows = [row for row in counted if row.purpose in frequency_caps.CAPPED and limit.topic_id in (None, row.topic)]
    rows = [row for row in rows if row.finished_at is None or since <= row.finished_at <= at]
    return sorted(rows, key=lambda row: row.finished_at or at)


def is_cap_reached(limit: FrequencyCap, counted: list[CountedMessage], at: datetime) -> bool:
    """Did they get as much as they wish?"""
    return limit.most_per_month is not None and len(counted_under_cap(limit, counted, at)) >= limit.most_per_month


def _terms(book: Rulebook, asked: DecisionFacts, question: Question, at: datetime) -> EffectiveTerms:
    return book.at(asked.place.jurisdictions, question.channel, question.topic.purpose, at)


def _facts_at(known: DecisionFacts, question: Question, applying: list[str], at: datetime) -> DecisionFacts:
    """The facts as a decision of that moment would look at them."""
    sent = tuple(moment for moment in known.sent if moment <= at)
    return replace(known, objection=applying[0] if applying else "", sent=sent)


def _objections_of(address: Address, question: Question) -> dict[str, bool]:
    """For every objection of the eligibility check whether it holds for this address, gravest first; one query."""
    asked_of = Address.objects.filter(pk=address.pk)
    ours = objections.campaign_objections(question.topic, question.campaign, among=asked_of)
    named = {**eligibility.objections(question.topic), **ours}
    asked = [
        Choice(When(condition, then=Value(True)), default=Value(False), output_field=BooleanField())
        for condition in named.values()
    ]
    row = asked_of.values_list(*asked).get()
    return dict(zip(named, row, strict=True))


def _objections_at(
    at: datetime, now: datetime, named: dict[str, bool], subscription: Subscription | None, *, over_limit: bool
) -> list[str]:
    """The objections of that moment: a pause that is over by then is none, a term that has run out by then is one."""
    named = {**named, frequency_caps.OVER_CAP: over_limit}
    if subscription and at > now:
        paused, expires = subscription.paused_until, subscription.expires_at
        named[PAUSED] = named[PAUSED] and not (paused and paused <= at)
        named[EXPIRED] = named[EXPIRED] or bool(expires and expires <= at)
    return [name for name, holds in named.items() if holds]


def _subscription(address: Address, topic: Topic) -> Subscription | None:
    rows = Subscription.objects.filter(address=address, topic=topic)
    return rows.select_related("event", "granted__notice__topic", "granted__form__form", "granted__by").first()


def _frequency_caps(address: Address, topic: Topic) -> list[FrequencyCap]:
    if topic.purpose not in frequency_caps.CAPPED:
        return []
    rows = FrequencyCap.objects.filter(Q(topic=None) | Q(topic=topic), contact=address.contact_id)
    return list(rows.filter(most_per_month__isnull=False).select_related("topic", "event").order_by("pk"))


def _counted(address: Address, at: datetime) -> list[CountedMessage]:
    """What the person got on any address and channel in the last month before that moment, oldest first."""
    ended = Q(status__in=[Message.Status.SENT, Message.Status.UNKNOWN], finished_at__gte=at - LOOK_BACK)
    rows = Message.objects.filter(
        ended | Q(status=Message.Status.SENDING), address__contact=address.contact_id
    ).order_by("sent_to_provider_at", "pk")
    columns = ["pk", "campaign__name", "address__channel", "campaign__topic__purpose", "campaign__topic_id"]
    return [CountedMessage(*row) for row in rows.values_list(*columns, "sent_to_provider_at", "finished_at")]


def _history(address: Address, topic: Topic) -> list[ConsentEvent]:
    """What was said about this topic or about everything, newest first."""
    rows = ConsentEvent.objects.filter(Q(topic=topic) | Q(topic=None), address=address)
    return list(rows.select_related("topic").order_by("-pk")[:MAX_EVENTS])


def _suppressions(address: Address, topic: Topic) -> list[Suppression]:
    if address.fingerprint is None:
        return []
    rows = Suppression.objects.of(address).in_force().filter(scope__in=[Suppression.EVERYTHING, topic.purpose])
    return list(rows.order_by("pk"))


def _message(address: Address, question: Question) -> Message | None:
    if question.campaign is None:
        return None
    return Message.objects.filter(campaign=question.campaign, address=address).first()


def _allowed(question: Question) -> list[LintOverride]:
    """What a second person allowed for these very words."""
    campaign = question.campaign
    if campaign is None:
        return []
    return list(campaign.overrides.filter(content_digest=campaign.content_digest).select_related("by"))
