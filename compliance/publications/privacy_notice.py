"""The privacy notice: what one sender holds about people, made from what is so today. Reads, and writes nothing.

Every table that can lead to a person belongs to one paragraph of HELD; a test finds the one that does not.
"""

import datetime
from dataclasses import dataclass
from itertools import groupby

from django.conf import settings
from django.db.models import Max, Model
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.models import DeliveryEvent, Message
from compliance.models import Processor, SubjectRequest
from preferences.geo import territories
from preferences.models import (
    Address,
    AddressChange,
    ConsentEvent,
    Contact,
    Evidence,
    FrequencyCap,
    InboundMessage,
    InFlight,
    LinkOpen,
    OptOutReason,
    Receipt,
    Sender,
    ServiceMessage,
    Subscription,
    Suppression,
    SuspiciousOptOut,
    Topic,
)
from preferences.rulebook import request_deadlines

TEXT_OF = datetime.date(2026, 11, 22)  # when the words around the live parts last changed

# Under what right each purpose is pursued; everything that is not here needs a yes.
BASES = {
    Topic.Purpose.TRANSACTIONAL: gettext_lazy("You requested something from us, and we keep you informed about it."),
    Topic.Purpose.COMPLIANCE: gettext_lazy("The law requires us to inform you."),
}
CONSENT = gettext_lazy("You gave your consent. You can withdraw it at any time, without any other disadvantage.")

COUNTRIES: dict[str, Promise] = {
    "AU": gettext_lazy("Australia"),
    "CA": gettext_lazy("Canada"),
    "CH": gettext_lazy("Switzerland"),
    "DE": gettext_lazy("Germany"),
    "ES": gettext_lazy("Spain"),
    "FR": gettext_lazy("France"),
    "GB": gettext_lazy("the United Kingdom"),
    "IE": gettext_lazy("Ireland"),
    "IN": gettext_lazy("India"),
    "NL": gettext_lazy("the Netherlands"),
    "US": gettext_lazy("the United States"),
}
AUTHORITIES = {
    "AU": ("Office of the Australian Information Commissioner", "https://www.oaic.gov.au/privacy/privacy-complaints"),
    "CA": ("Office of the Privacy Commissioner of Canada", "https://www.priv.gc.ca/"),
    "DE": ("BfDI", "https://www.bfdi.bund.de/"),
    "ES": ("Agencia Española de Protección de Datos", "https://www.aepd.es/"),
    "FR": ("CNIL", "https://www.cnil.fr/"),
    "GB": ("Information Commissioner's Office", "https://ico.org.uk/make-a-complaint/"),
    "IE": ("Data Protection Commission", "https://www.dataprotection.ie/"),
    "US": ("Federal Trade Commission", "https://reportfraud.ftc.gov/"),
}


@dataclass(frozen=True)
class DataCategory:
    """One sort of data: what it is, why we have it, how long, and which tables it is in."""

    what: str | Promise
    why: str | Promise
    how_long: str | Promise
    models: tuple[type[Model], ...]


@dataclass(frozen=True)
class ProcessingPurpose:
    """What one purpose is pursued for: the topics, and under what right."""

    purpose: str
    basis: str | Promise
    topics: list[Topic]


@dataclass(frozen=True)
class PrivacyNotice:
    """Everything the page of one sender says that is not the same for all."""

    sender: Sender
    aims: list[ProcessingPurpose]
    has_private_topics: bool
    processors: list[tuple[Processor, str]]
    as_of: datetime.date

    @property
    def authority(self) -> tuple[str, str] | None:
        """Who can be complained to where the sender is at home, and where."""
        return AUTHORITIES.get(self.sender.country)

    @property
    def held(self) -> list[DataCategory]:
        return list(DATA_CATEGORIES)

    @property
    def confirm_days(self) -> int:
        return settings.CONFIRM_LINK_DAYS

    @property
    def spoken_days(self) -> int:
        return settings.OFFLINE_CONSENT_DAYS

    @property
    def link_days(self) -> int:
        return settings.LINK_OPEN_DAYS

    @property
    def answer_days(self) -> int:
        return request_deadlines.response_days_in(territories.rulebook_names(self.sender.country))


RETENTION_TEXT = gettext_lazy("As long as you receive messages from us, and six years after you unsubscribe.")
DATA_CATEGORIES = (
    DataCategory(
        gettext_lazy(
            "Your email address and phone number, and when you confirmed them. If we know them: your "
            "name, language, time zone, country, region and postal code, and your date of birth "
            "where an age limit applies."
        ),
        gettext_lazy("To send messages to the address you chose, in your language, at a reasonable hour."),
        RETENTION_TEXT,
        (Contact, Address, AddressChange),
    ),
    DataCategory(
        gettext_lazy(
            "What you agreed to and unsubscribed from, when, on which page or by which text message, "
            "call or form, and the exact wording you were shown. Your pauses and message limits. The "
            "receipts you were given."
        ),
        gettext_lazy("To follow your choices, and to prove them."),
        RETENTION_TEXT,
        (ConsentEvent, Subscription, FrequencyCap, Receipt),
    ),
    DataCategory(
        gettext_lazy(
            "Evidence that it was you: the network address (IP) and the browser you used and, if you "
            "told us by voice or on paper, what you said or wrote, a recording or a copy of the form."
        ),
        gettext_lazy("To prove your choices."),
        gettext_lazy("The same period. If you ask us to delete your data, this is deleted."),
        (Evidence,),
    ),
    DataCategory(
        gettext_lazy(
            "Which messages we sent you, when, and whether they arrived. Not whether you opened them, and not what you "
            "clicked on."
        ),
        gettext_lazy("So that nothing is sent twice, or after you unsubscribe."),
        RETENTION_TEXT,
        (Message, DeliveryEvent, ServiceMessage, InFlight),
    ),
    DataCategory(
        gettext_lazy("What you wrote back to us, and how we understood it."),
        gettext_lazy("To act on your request, for example to stop sending."),
        gettext_lazy("The same period. If you ask us to delete your data, your messages are deleted."),
        (InboundMessage,),
    ),
    DataCategory(
        gettext_lazy("Why you unsubscribed, if you told us."),
        gettext_lazy("To improve, and to find out if somebody signed you up without asking you."),
        gettext_lazy("The same period. If you ask us to delete your data, your messages are deleted."),
        (OptOutReason,),
    ),
    DataCategory(
        gettext_lazy("Your requests about your own data, and our answers."),
        gettext_lazy("The law requires us to be able to show it."),
        gettext_lazy("Six years."),
        (SubjectRequest,),
    ),
    DataCategory(
        gettext_lazy(
            "That a link in one of our messages to your personal pages was opened: when, from which "
            "network, with which browser. Links to other places are not counted."
        ),
        gettext_lazy(
            "Email security programs open links, too. We need to tell them apart from people, so "
            "that no program changes your choices."
        ),
        gettext_lazy(
            "Link opens: some weeks, see below. A note that an unsubscribe looked automated: as long "
            "as the unsubscribe itself."
        ),
        (LinkOpen, SuspiciousOptOut),
    ),
    DataCategory(
        gettext_lazy(
            "After you unsubscribe or ask us to delete your data: a fingerprint of your address. It "
            "is a code that tells us “this address opted out” and does not reveal the address."
        ),
        gettext_lazy("So that no list we receive later can make us contact you again."),
        gettext_lazy("Permanently, even after everything else is deleted."),
        (Suppression,),
    ),
)


def build_notice(sender: Sender) -> PrivacyNotice:
    """The notice of one sender. Costs the same number of queries for everybody."""
    topics = list(sender.topics.filter(retired_at=None).order_by("purpose", "name"))
    processors = sender.processors.filter(ended_at=None)
    return PrivacyNotice(
        sender=sender,
        aims=_processing_purposes([topic for topic in topics if topic.is_public]),
        has_private_topics=any(not topic.is_public for topic in topics),
        processors=[(processor, country_name(processor.country)) for processor in processors],
        as_of=_last_change(sender),
    )


def country_name(code: str) -> str:
    """A country as people call it; its two letters where we have no name for it."""
    return str(COUNTRIES.get(code.upper(), code))


def _processing_purposes(topics: list[Topic]) -> list[ProcessingPurpose]:
    by_purpose = groupby(topics, key=lambda topic: topic.purpose)
    return [
        ProcessingPurpose(_purpose(purpose), BASES.get(purpose, CONSENT), list(some)) for purpose, some in by_purpose
    ]


def _purpose(purpose: str) -> str:
    return {
        Topic.Purpose.MARKETING: _("To tell you about offers"),
        Topic.Purpose.INFORMATIONAL: _("To send you information you asked for"),
        Topic.Purpose.TRANSACTIONAL: _("To keep you informed about something you requested from us"),
        Topic.Purpose.COMPLIANCE: _("To tell you what the law requires us to tell you"),
    }[Topic.Purpose(purpose)]


def _last_change(sender: Sender) -> datetime.date:
    """When anything that this notice says was last different."""
    moments = [
        Sender.history.filter(id=sender.pk).aggregate(last=Max("history_date"))["last"],
        Topic.history.filter(sender_id=sender.pk).aggregate(last=Max("history_date"))["last"],
        Processor.history.filter(id__in=sender.processors.values("pk")).aggregate(last=Max("history_date"))["last"],
    ]
    return max([TEXT_OF, *(moment.date() for moment in moments if moment)])
