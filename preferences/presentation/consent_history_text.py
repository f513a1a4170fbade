"""The ledger in the person's own words: what they said, when, by which door, and which words they saw. Reads only."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from preferences.consent import renewal_markers
from preferences.links import tokens
from preferences.models import Address, Basis, Channel, ConsentEvent, Contact, Evidence, Method, Source

EventKind = ConsentEvent.Kind

# About one topic. A way in that is not the person's own is named beside it, see `who`.
TOPIC_SENTENCES = {
    EventKind.ASKED: gettext_lazy("Sign-up for %(topic)s was requested, %(channel)s"),
    EventKind.GRANTED: gettext_lazy("You agreed to %(topic)s, %(channel)s"),
    EventKind.REFUSED: gettext_lazy("You declined %(topic)s, %(channel)s"),
    EventKind.WITHDRAWN: gettext_lazy("You unsubscribed from %(topic)s, %(channel)s"),
    EventKind.PAUSED: gettext_lazy("You paused %(topic)s, %(channel)s"),
    EventKind.RESUMED: gettext_lazy("The pause on %(topic)s ended, %(channel)s"),
    EventKind.LIMITED: gettext_lazy("You limited how often you get %(topic)s"),
    EventKind.EXPIRED: gettext_lazy("Your consent to %(topic)s expired, %(channel)s"),
    EventKind.INVALIDATED: gettext_lazy(
        "We invalidated the consent to %(topic)s, because it was never given, %(channel)s"
    ),
}
RENEWED_SENTENCE = gettext_lazy("You renewed %(topic)s, %(channel)s")
# A yes that nobody said: something else stands for it, for a while.
IMPLIED_SENTENCES = {
    Basis.SOFT_OPT_IN: gettext_lazy("You bought something and did not object to %(topic)s, %(channel)s"),
    Basis.PURCHASE: gettext_lazy(
        "You were a customer, which counts as consent to %(topic)s for a limited time, %(channel)s"
    ),
    Basis.INQUIRY: gettext_lazy(
        "You made an enquiry, which counts as consent to %(topic)s for a limited time, %(channel)s"
    ),
    Basis.MEMBERSHIP: gettext_lazy(
        "You donated, volunteered or were a member, which counts as consent to %(topic)s for a "
        "limited time, %(channel)s"
    ),
    Basis.PUBLISHED: gettext_lazy("Your address was published for messages like %(topic)s, %(channel)s"),
}
OVERALL_SENTENCES = {
    EventKind.WITHDRAWN: gettext_lazy("You unsubscribed from everything, %(channel)s"),
    EventKind.PAUSED: gettext_lazy("You paused everything, %(channel)s"),
    EventKind.RESUMED: gettext_lazy("The pause on all topics ended, %(channel)s"),
    EventKind.LIMITED: gettext_lazy("You limited how often we write to you"),
}
METHOD_SENTENCES = {Channel.EMAIL: gettext_lazy("by email"), Channel.SMS: gettext_lazy("by text message")}


@dataclass(frozen=True)
class HistoryLine:
    """One thing on record, told to the person it is about."""

    event: ConsentEvent
    where: str

    @property
    def what(self) -> str:
        return self._limit if self.event.kind == EventKind.LIMITED else self._sentence

    @property
    def how(self) -> str:
        """Where nobody spoke, what stands for it and since when."""
        basis, day = Basis(self.event.basis), self.event.basis_on
        if basis == Basis.EXPRESS:
            return str(Method(self.event.method).label)
        return f"{basis.label}, {formats.date_format(day)}" if day else str(basis.label)

    @property
    def door(self) -> str:
        return str(Source(self.event.source).traits.place)

    @property
    def who(self) -> str:
        """Nobody of ours is named: that is the staff's own data."""
        if self.event.by_id:
            return _("one of our staff")
        return str(Source(self.event.source).traits.actor)

    @cached_property
    def evidence(self) -> Evidence | None:
        return getattr(self.event, "evidence", None)

    @property
    def has_evidence(self) -> bool:
        proof = self.evidence
        return bool(proof and (proof.ip or proof.user_agent or proof.page or proof.words or proof.document))

    @property
    def receipt_url(self) -> str:
        return tokens.receipt_url(self.event.address, self.event.interaction_id)

    @property
    def until(self) -> datetime | None:
        return self.event.until

    @property
    def is_pause(self) -> bool:
        return self.event.kind == EventKind.PAUSED

    @property
    def _sentence(self) -> str:
        named = {"topic": self.event.topic, "channel": METHOD_SENTENCES[Channel(self.event.address.channel)]}
        return str(self._pattern) % named

    @property
    def _pattern(self) -> Any:
        if self.event.basis != Basis.EXPRESS:
            return IMPLIED_SENTENCES[Basis(self.event.basis)]
        if renewal_markers.is_renewal(self.event):
            return RENEWED_SENTENCE
        return (TOPIC_SENTENCES if self.event.topic else OVERALL_SENTENCES)[EventKind(self.event.kind)]

    @property
    def _limit(self) -> str:
        most = self.event.most_per_month
        named = {"topic": self.event.topic, "number": most}
        if most is None:
            limitless = _("You removed the limit on %(topic)s"), _("You removed the limit on all messages")
            return limitless[self.event.topic is None] % named
        if self.event.topic:
            return _most_of_one(most) % named
        return _most_of_everything(most) % named


def _most_of_one(number: int) -> str:
    return ngettext(
        "You asked for at most %(number)s message in 30 days about %(topic)s",
        "You asked for at most %(number)s messages in 30 days about %(topic)s",
        number,
    )


def _most_of_everything(number: int) -> str:
    return ngettext(
        "You asked for at most %(number)s message in 30 days in total",
        "You asked for at most %(number)s messages in 30 days in total",
        number,
    )


def events_of(contact: Contact) -> QuerySet[ConsentEvent]:
    """Everything on record for all addresses of this person, newest first, in one query."""
    said = renewal_markers.with_renewal_flags(ConsentEvent.objects.filter(address__contact=contact))
    related = ("topic__sender", "notice__topic", "form__form", "evidence", "address")
    return said.select_related(*related).order_by("-occurred_at", "-pk")


def history_lines(page: "list[ConsentEvent]", *, visiting: Address) -> Iterator[HistoryLine]:
    """These events as lines. Only the visitor's own address is written out."""
    for event in page:
        yield HistoryLine(event, address_label(event.address, visiting=visiting))


def address_label(address: Address, *, visiting: Address) -> str:
    """An address of the person: in full the one whose owner is looking, masked any other."""
    return address.value if address == visiting else address.masked
