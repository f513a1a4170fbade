"""What one line of an import says: who, about what, and whether it proves it. Reads, never writes."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

import phonenumbers
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from preferences.consent import expiry
from preferences.contacts import address_normalization
from preferences.errors import Unreadable
from preferences.geo import jurisdictions
from preferences.imports import contact_details, csv_reader, legal_bases
from preferences.imports.csv_reader import CsvRecord, Stream
from preferences.models import Basis, Channel, Method, Notice, Topic
from preferences.rulebook import book as rulebook
from preferences.rulebook import consent_requirements

CHANNELS = {
    "email": Channel.EMAIL,
    "mail": Channel.EMAIL,
    "sms": Channel.SMS,
    "text": Channel.SMS,
    "phone": Channel.SMS,
    "mobile": Channel.SMS,
}
METHODS = {
    "checkbox": Method.CHECKBOX,
    "webform": Method.CHECKBOX,
    "doubleoptin": Method.DOUBLE_OPT_IN,
    "confirmed": Method.DOUBLE_OPT_IN,
    "button": Method.BUTTON,
    "keyword": Method.KEYWORD,
    "written": Method.WRITTEN,
    "paper": Method.WRITTEN,
    "paperform": Method.WRITTEN,
    "letter": Method.WRITTEN,
    "verbal": Method.VERBAL,
    "phonecall": Method.VERBAL,
    "inperson": Method.VERBAL,
}
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
MAX_NAME_LENGTH = 200
MAX_PROOF_LENGTH = 10_000
INVISIBLE = "\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff"
QUOTES = "\"'“”„«»‘’「」"


class TopicIndex:
    """The topics a file may name: by sender/topic, or by topic alone where only one sender has it."""

    def __init__(self) -> None:
        self.by_name: dict[str, list[Topic]] = {}
        for topic in Topic.objects.filter(retired_at=None).select_related("sender"):
            for name in (f"{topic.sender.slug}/{topic.slug}", topic.slug):
                self.by_name.setdefault(name, []).append(topic)
        self.book = rulebook.current_rulebook()
        self.notices: dict[int, list[Notice]] = {}
        for notice in Notice.objects.order_by("published_at", "pk"):
            self.notices.setdefault(notice.topic_id, []).append(notice)

    def find(self, name: str) -> Topic:
        found = self.by_name.get(name.casefold(), [])
        if not found:
            raise Unreadable(_("There is no such topic. Write it like sender/topic, as in our links."))
        if len(found) > 1:
            raise Unreadable(_("Several senders have a topic of this name. Write it like sender/topic."))
        return found[0]

    def notice_at(self, topic: Topic, language: str, moment: datetime) -> Notice | None:
        """The words in force when the person spoke; none when we had not published any by then."""
        then = [notice for notice in self.notices.get(topic.pk, []) if notice.published_at <= moment]
        for wanted in (language, settings.LANGUAGE_CODE):
            if fitting := [notice for notice in then if notice.language == wanted]:
                return fitting[-1]
        return None


@dataclass
class ImportRow:
    """One line, understood. `refused` says why it is not, `lacks` what its proof is missing."""

    line: int
    last: int
    refused: str = ""
    lacks: str = ""
    channel: str = ""
    value: str = ""
    normal: str = ""
    fingerprint: str = ""
    name: str = ""
    language: str = ""
    country: str = ""
    topic: Topic | None = None
    method: str = ""
    said_at: datetime | None = None
    words: str = ""
    notice: Notice | None = None
    basis: str = Basis.EXPRESS
    basis_on: date | None = None
    details: dict[str, Any] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    @property
    def person(self) -> tuple[str, str]:
        return self.channel, self.normal


def parse_rows(stream: Stream) -> Iterator[ImportRow]:
    """Every line of the file, understood or refused. Raises Unreadable when the file cannot be trusted."""
    topics = TopicIndex()
    for record in csv_reader.read_records(stream):
        yield parse_record(record, topics)


def parse_record(record: CsvRecord, topics: TopicIndex) -> ImportRow:
    """What this record says."""
    row = ImportRow(line=record.line, last=record.last, refused=record.broken)
    if not row.refused:
        try:
            _parse_fields(row, {name: _strip_invisible(value) for name, value in record.fields.items()}, topics)
        except Unreadable as error:
            row.refused = str(error)
    return row


def _strip_invisible(value: str) -> str:
    """Without surrounding space, and without characters that nobody types."""
    spaced = ("\n" if letter == "\n" else " " if letter.isspace() else letter for letter in value)
    return "".join(letter for letter in spaced if letter == "\n" or not _is_invisible(letter)).strip()


def _is_invisible(letter: str) -> bool:
    return unicodedata.category(letter) == "Cc" or letter in INVISIBLE


def _parse_fields(row: ImportRow, said: dict[str, str], topics: TopicIndex) -> None:
    row.name, row.country, row.language = " ".join(said.get("name", "").split()), _country(said), _language(said)
    if len(row.name) > MAX_NAME_LENGTH:
        raise Unreadable(_("The name is longer than 200 characters."))
    row.channel = _channel(said)
    row.normal = _normal_form(row.channel, said["address"], row.country)
    row.value = said["address"] if row.channel == Channel.EMAIL else row.normal
    row.fingerprint = address_normalization.fingerprint(row.channel, row.normal)
    row.details, row.notes = contact_details.parse_details(said, row.country)
    if said["topic"]:
        row.topic = topics.find(said["topic"])
    try:
        _parse_proof(row, said, topics)
    except Unreadable as error:
        row.lacks = str(error)


def _country(said: dict[str, str]) -> str:
    country = said.get("country", "").upper()
    return country if country in phonenumbers.SUPPORTED_REGIONS else ""


def _language(said: dict[str, str]) -> str:
    language = said.get("language", "").casefold().replace("_", "-").partition("-")[0]
    return language if language in dict(settings.LANGUAGES) else ""


def _channel(said: dict[str, str]) -> str:
    if not said["channel"]:
        return Channel.EMAIL if "@" in said["address"] else Channel.SMS
    if channel := CHANNELS.get(_without_quotes(said["channel"])):
        return channel
    raise Unreadable(_("The channel is neither email nor sms."))


def _without_quotes(text: str) -> str:
    return "".join(character for character in text.casefold() if character.isalnum())


def _normal_form(channel: str, address: str, country: str) -> str:
    if not address:
        raise Unreadable(_("The address is empty."))
    return (
        address_normalization.normalize_phone(address, country)
        if channel == Channel.SMS
        else address_normalization.normalize_email(address)
    )


def _parse_proof(row: ImportRow, said: dict[str, str], topics: TopicIndex) -> None:
    """Fill in the proof. Raises Unreadable with what it lacks: consent is never assumed."""
    if row.topic is None:
        raise Unreadable(_("No topic is named, so there is nothing to agree to."))
    if not row.topic.offers(row.channel):
        raise Unreadable(_("This topic is not offered on this channel."))
    if row.channel == Channel.EMAIL and _looks_mistyped(row.normal.rpartition("@")[2]):
        raise Unreadable(
            _("The domain looks like a misspelling of a very common one, so the address may belong to somebody else.")
        )
    row.basis, row.basis_on = legal_bases.parse_basis(said.get("consent_basis", ""), said.get("basis_date", ""))
    if row.basis_on:
        _parse_implied_consent(row, row.topic, row.basis_on, said, topics)
        return
    row.method = _method(said["consent_method"])
    row.said_at = _moment(said["consent_time"])
    row.words = _words(said)
    row.notice = topics.notice_at(row.topic, row.language, row.said_at)
    if not topics.notices.get(row.topic.pk) and not any(mark in said["evidence"] for mark in QUOTES):
        raise Unreadable(
            _("The topic has no published consent wording: quote in the evidence the wording that was agreed to.")
        )


def _parse_implied_consent(row: ImportRow, topic: Topic, day: date, said: dict[str, str], topics: TopicIndex) -> None:
    """Nobody said yes here, so no words were agreed to: what counts is the day, where they are, and the proof."""
    row.method = _method(said["consent_method"]) if said["consent_method"] else Method.NONE
    row.said_at = _moment(said["consent_time"] or legal_bases.start_of_day(day).isoformat())
    row.words = _words(said)
    terms = expiry.effective_terms_for(
        _place(row, topic), row.channel, topic.purpose, timezone.localdate(), topics.book
    )
    if not consent_requirements.accepts_basis(terms, row.basis):
        raise Unreadable(_("This basis does not count as consent where this person is. Ask for their consent."))
    ends = consent_requirements.basis_expires_on(terms, row.basis, day)
    if ends and timezone.localdate() >= ends:
        raise Unreadable(_("This basis expired on %(day)s. Ask for their consent.") % {"day": ends.isoformat()})


def _place(row: ImportRow, topic: Topic) -> jurisdictions.Place:
    details = {name: str(row.details.get(name, "")) for name in ("region", "postal_code", "time_zone")}
    said = {"channel": row.channel, "value": row.normal, "country": row.country}
    return jurisdictions.locate(**said, **details, sender_country=topic.sender.country)


@lru_cache(maxsize=10_000)
def _looks_mistyped(domain: str) -> bool:
    return bool(address_normalization.suggest_correction(f"somebody@{domain}"))


def _method(text: str) -> str:
    if method := METHODS.get(_without_quotes(text)):
        return method
    raise Unreadable(_("The consent method is missing or not known. Use one like checkbox, written or verbal."))


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise Unreadable(_("The consent time is missing or unclear. Write it like 2025-03-01T10:00+01:00.")) from None
    if moment.tzinfo is None:
        moment = _whole_day(text, moment)
    if moment > timezone.now():
        raise Unreadable(_("The consent time is in the future."))
    if moment < EARLIEST:
        raise Unreadable(_("The consent time is too long ago to be right."))
    return moment


def _whole_day(text: str, moment: datetime) -> datetime:
    """A plain date needs no time zone; a time of day does."""
    if len(text) > len("2025-03-01"):
        raise Unreadable(_("The consent time has no time zone. Write it like 2025-03-01T10:00+01:00."))
    return moment.replace(tzinfo=UTC)


def _words(said: dict[str, str]) -> str:
    if not said["consent_source"] or not said["evidence"]:
        raise Unreadable(_("The proof needs both a source and evidence: where consent was given, and what shows it."))
    words = f"{said['evidence']}\n{said['consent_source']}"
    if len(words) > MAX_PROOF_LENGTH:
        raise Unreadable(
            _("The evidence is longer than 10,000 characters. Store the document separately, and enter its name here.")
        )
    return words
