"""A window of messages before the gate: who may have it now, who later, who not; each row remembers why. Writes
Message.

It is asked after the addresses are locked (sending.py). The same facts and the same verdict serve the preview and
the question "why".
"""

import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from campaigns.decision import checks, facts
from campaigns.decision.checks import Facts, Kind, Verdict
from campaigns.decision.facts import Known
from campaigns.eligibility import frequency_caps
from campaigns.models import Campaign, Message
from preferences.geo.jurisdictions import Place
from preferences.models import Address, TermsRecord
from preferences.rulebook import book as rulebook
from preferences.rulebook import service as rules
from preferences.rulebook.book import Book
from preferences.rulebook.effective_terms import Terms

Status = Message.Status
HELD_AGAIN = timedelta(hours=1)  # how long until what staff must settle is looked at anew
BEGINS_WITHIN = timedelta(seconds=5)  # no hand-over begins later than this after its window was judged


@dataclass(frozen=True)
class Judgement:
    """One message, the verdict on it, and under which terms."""

    message: Message
    verdict: Verdict
    known: Known
    terms: Terms


@dataclass
class Bench:
    """What judging the messages of one campaign needs, looked up once for a batch."""

    campaign: Campaign
    question: facts.Question
    book: Book
    records: dict[tuple[frozenset[str], frozenset[tuple[str, int]]], TermsRecord] = field(default_factory=dict)

    def terms(self, place: Place, at: datetime) -> Terms:
        return self.book.at(place.jurisdictions, self.campaign.channel, self.campaign.topic.purpose, at)

    def record(self, place: Place, terms: Terms) -> TermsRecord:
        """The row that a message points at; made when these terms are used for the first time."""
        key = (place.jurisdictions, terms.rules)
        if key not in self.records:
            purpose = self.campaign.topic.purpose
            self.records[key] = rules.record(place.jurisdictions, self.campaign.channel, purpose, terms)
        return self.records[key]


def bench(campaign: Campaign) -> Bench:
    """Ready to judge this campaign's messages by the rulebook of this moment."""
    return Bench(campaign, facts.question(campaign), rulebook.book())


def judge(bench: Bench, messages: list[Message], at: datetime) -> list[Judgement]:
    """The verdict on each message, in their order. The addresses are locked, and so are the limits after this."""
    bench.book = rulebook.book()  # what was published since the batch began holds from now on
    limits = frequency_caps.hold(messages, bench.campaign.topic)
    known = facts.gather(Address.objects.filter(pk__in=[m.address_id for m in messages]), bench.question, at)
    judged = list(_in_turn(bench, messages, known, at))
    allowed = [judgement.message for judgement in judged if judgement.verdict.kind == Kind.SEND]
    beyond = {message.pk for message in frequency_caps.beyond(allowed, limits)}
    _write_terms_down(bench, judged)
    too_many = Verdict(Kind.SKIP, frequency_caps.OVER_LIMIT)
    return [replace(one, verdict=too_many) if one.message.pk in beyond else one for one in judged]


def _in_turn(bench: Bench, messages: list[Message], known: dict[int, Known], at: datetime) -> Iterable[Judgement]:
    """One after the other: what somebody gets in this very window counts for what else they would get in it."""
    given: set[int] = set()
    for message in messages:
        person = known[message.address_id]
        asked = replace(person.facts, sent=(*person.facts.sent, at)) if person.contact_id in given else person.facts
        terms = bench.terms(asked.place, at)
        answer = _throughout(asked, terms, at)
        if answer.kind == Kind.SEND:
            given.add(person.contact_id)
        yield Judgement(message, answer, person, terms)


def _throughout(asked: Facts, terms: Terms, at: datetime) -> Verdict:
    """It may go some seconds from now: it must be right at both ends of them."""
    answer = checks.settled(asked, terms, at)
    return checks.settled(asked, terms, at + BEGINS_WITHIN) if answer.kind == Kind.SEND else answer


def _write_terms_down(bench: Bench, judged: Iterable[Judgement]) -> None:
    """In the same order everywhere: two workers that make the same rows never wait for each other in a circle."""
    used = {(one.known.facts.place.jurisdictions, one.terms.rules): one for one in judged}
    for key in sorted(used, key=lambda key: [sorted(part) for part in key]):
        bench.record(used[key].known.facts.place, used[key].terms)


def settle(bench: Bench, judged: Iterable[Judgement], at: datetime) -> None:
    """Write down what is skipped and what waits."""
    for (answer, told), ids in _alike(bench, judged, at).items():
        rows = Message.objects.filter(pk__in=ids)
        if answer.kind == Kind.SKIP:
            rows.update(status=Status.SKIPPED, skipped_because=answer.reason, finished_at=at, **FREE, **dict(told))
        else:
            until = answer.until or at + HELD_AGAIN
            rows.update(status=Status.WAITING, wait_until=until, waiting_for=answer.reason, **FREE, **dict(told))


def mark(bench: Bench, judged: Iterable[Judgement], window: uuid.UUID, until: datetime, at: datetime) -> None:
    """These are in hand from now on; each row says by which verdict, under which terms, on which say-so."""
    judged = list(judged)
    for (_answer, told), ids in _alike(bench, judged, at).items():
        Message.objects.filter(pk__in=ids).update(
            status=Status.HANDING_OVER, claim=window, claimed_until=until, waiting_for="", **dict(told)
        )
    for judgement in judged:
        if judgement.known.event_id and judgement.known.event_id != judgement.message.event_id:
            Message.objects.filter(pk=judgement.message.pk).update(event=judgement.known.event_id)


FREE = {"claim": None, "claimed_until": None}
Told = tuple[tuple[str, object], ...]


def _alike(bench: Bench, judged: Iterable[Judgement], at: datetime) -> dict[tuple[Verdict, Told], list[int]]:
    """The messages about which the same is written down."""
    groups: dict[tuple[Verdict, Told], list[int]] = defaultdict(list)
    for one in judged:
        place = one.known.facts.place
        told = {
            "judged_at": at,
            "verdict": one.verdict.kind.value,
            "local_time": local_time(place, at),
            "zone_source": place.zone_source,
            "judged_under_id": bench.record(place, one.terms).pk,
        }
        groups[one.verdict, tuple(told.items())].append(one.message.pk)
    return groups


def local_time(place: Place, at: datetime) -> str:
    """What their clock shows, and how many other clocks may be theirs; empty where no zone is known."""
    if not place.zones:
        return ""
    others = f" (1 of {len(place.zones)})" if len(place.zones) > 1 else ""
    return f"{at.astimezone(ZoneInfo(place.zones[0])):%Y-%m-%d %H:%M} {place.zones[0]}{others}"[:60]
