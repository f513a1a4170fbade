"""A window of messages evaluated together: who may get it now, who later, who not; each row stores the decision.

It is asked after the addresses are locked (sender.py). The same facts and the same decision serve the preview and
the question "why".

Writes: Message.
"""

import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from campaigns.decision import checks, facts
from campaigns.decision.checks import Decision, DecisionFacts, DecisionKind
from campaigns.decision.facts import KnownFacts
from campaigns.eligibility import frequency_caps
from campaigns.models import Campaign, Message
from preferences.geo.jurisdictions import Place
from preferences.models import Address, AppliedRules
from preferences.rulebook import book as rulebook
from preferences.rulebook import service as rules
from preferences.rulebook.book import Rulebook
from preferences.rulebook.effective_terms import EffectiveTerms

MessageStatus = Message.Status
HOLD_RECHECK_DELAY = timedelta(hours=1)  # how long until what staff must settle is looked at anew
BEGINS_WITHIN = timedelta(seconds=5)  # no sending begins later than this after its window was evaluated


@dataclass(frozen=True)
class MessageDecision:
    """One message, the decision on it, and under which terms."""

    message: Message
    decision: Decision
    known: KnownFacts
    terms: EffectiveTerms


@dataclass
class SendWindow:
    """What evaluating the messages of one campaign needs, looked up once for a batch."""

    campaign: Campaign
    question: facts.Question
    book: Rulebook
    records: dict[tuple[frozenset[str], frozenset[tuple[str, int]]], AppliedRules] = field(default_factory=dict)

    def terms(self, place: Place, at: datetime) -> EffectiveTerms:
        return self.book.at(place.jurisdictions, self.campaign.channel, self.campaign.topic.purpose, at)

    def record(self, place: Place, terms: EffectiveTerms) -> AppliedRules:
        """The row that a message points at; made when these terms are used for the first time."""
        key = (place.jurisdictions, terms.rules)
        if key not in self.records:
            purpose = self.campaign.topic.purpose
            self.records[key] = rules.applied_rules_for(place.jurisdictions, self.campaign.channel, purpose, terms)
        return self.records[key]


def send_window_for(campaign: Campaign) -> SendWindow:
    """Ready to evaluate this campaign's messages by the rulebook of this moment."""
    return SendWindow(campaign, facts.question_for(campaign), rulebook.current_rulebook())


def evaluate_messages(send_window: SendWindow, messages: list[Message], at: datetime) -> list[MessageDecision]:
    """The decision on each message, in their order. The addresses are locked, and so are the limits after this."""
    send_window.book = rulebook.current_rulebook()  # what was published since the batch began holds from now on
    locked_caps = frequency_caps.lock_caps(messages, send_window.campaign.topic)
    known = facts.facts_for(Address.objects.filter(pk__in=[m.address_id for m in messages]), send_window.question, at)
    judged = list(_evaluate_in_order(send_window, messages, known, at))
    allowed = [judgement.message for judgement in judged if judgement.decision.kind == DecisionKind.SEND]
    beyond = {message.pk for message in frequency_caps.messages_over_cap(allowed, locked_caps)}
    _store_applied_rules(send_window, judged)
    too_many = Decision(DecisionKind.SKIP, frequency_caps.OVER_CAP)
    return [replace(one, decision=too_many) if one.message.pk in beyond else one for one in judged]


def _evaluate_in_order(
    send_window: SendWindow, messages: list[Message], known: dict[int, KnownFacts], at: datetime
) -> Iterable[MessageDecision]:
    """One after the other: what somebody gets in this very window counts for what else they would get in it."""
    given: set[int] = set()
    for message in messages:
        person = known[message.address_id]
        asked = replace(person.facts, sent=(*person.facts.sent, at)) if person.contact_id in given else person.facts
        terms = send_window.terms(asked.place, at)
        answer = _evaluate_both_ends(asked, terms, at)
        if answer.kind == DecisionKind.SEND:
            given.add(person.contact_id)
        yield MessageDecision(message, answer, person, terms)


def _evaluate_both_ends(asked: DecisionFacts, terms: EffectiveTerms, at: datetime) -> Decision:
    """It may go some seconds from now: it must be right at both ends of them."""
    answer = checks.evaluate_with_wait_end(asked, terms, at)
    return (
        checks.evaluate_with_wait_end(asked, terms, at + BEGINS_WITHIN) if answer.kind == DecisionKind.SEND else answer
    )


def _store_applied_rules(send_window: SendWindow, judged: Iterable[MessageDecision]) -> None:
    """In the same order everywhere: two workers that make the same rows never wait for each other in a circle."""
    used = {(one.known.facts.place.jurisdictions, one.terms.rules): one for one in judged}
    for key in sorted(used, key=lambda key: [sorted(part) for part in key]):
        send_window.record(used[key].known.facts.place, used[key].terms)


def apply_decisions(send_window: SendWindow, judged: Iterable[MessageDecision], at: datetime) -> None:
    """Write down what is skipped and what waits."""
    for (answer, told), ids in _same_decision(send_window, judged, at).items():
        rows = Message.objects.filter(pk__in=ids)
        if answer.kind == DecisionKind.SKIP:
            rows.update(
                status=MessageStatus.SKIPPED, skipped_because=answer.reason, finished_at=at, **FREE, **dict(told)
            )
        else:
            until = answer.until or at + HOLD_RECHECK_DELAY
            rows.update(status=MessageStatus.WAITING, wait_until=until, waiting_for=answer.reason, **FREE, **dict(told))


def mark_sending(
    send_window: SendWindow, judged: Iterable[MessageDecision], window: uuid.UUID, until: datetime, at: datetime
) -> None:
    """These are in hand from now on; each row says by which decision, under which terms, on which consent."""
    judged = list(judged)
    for (_answer, told), ids in _same_decision(send_window, judged, at).items():
        Message.objects.filter(pk__in=ids).update(
            status=MessageStatus.SENDING, lease=window, leased_until=until, waiting_for="", **dict(told)
        )
    for judgement in judged:
        if judgement.known.event_id and judgement.known.event_id != judgement.message.event_id:
            Message.objects.filter(pk=judgement.message.pk).update(event=judgement.known.event_id)


FREE = {"lease": None, "leased_until": None}
DecisionColumns = tuple[tuple[str, object], ...]


def _same_decision(
    send_window: SendWindow, judged: Iterable[MessageDecision], at: datetime
) -> dict[tuple[Decision, DecisionColumns], list[int]]:
    """The messages about which the same is written down."""
    groups: dict[tuple[Decision, DecisionColumns], list[int]] = defaultdict(list)
    for one in judged:
        place = one.known.facts.place
        told = {
            "decided_at": at,
            "decision": one.decision.kind.value,
            "local_time": local_time_label(place, at),
            "time_zone_source": place.time_zone_source,
            "applied_rules_id": send_window.record(place, one.terms).pk,
        }
        groups[one.decision, tuple(told.items())].append(one.message.pk)
    return groups


def local_time_label(place: Place, at: datetime) -> str:
    """What their clock shows, and how many other clocks may be theirs; empty where no zone is known."""
    if not place.zones:
        return ""
    others = f" (1 of {len(place.zones)})" if len(place.zones) > 1 else ""
    return f"{at.astimezone(ZoneInfo(place.zones[0])):%Y-%m-%d %H:%M} {place.zones[0]}{others}"[:60]
