"""From what a colleague types to whom and what they mean: an address, a topic or campaign, a moment. Reads only."""

import uuid
from datetime import UTC, datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from campaigns.decision import facts as facts_of
from campaigns.decision.facts import Question
from campaigns.explain import clock_labels
from campaigns.models import Campaign
from preferences.contacts import address_normalization
from preferences.errors import SaysoError, Unreadable
from preferences.models import Address, Channel, Contact, Suppression, Topic

MAX_QUERY_LENGTH = 320
EARLIEST, LATEST = 2000, 2100


class UnclearQuery(SaysoError):
    """The question cannot be read, in a sentence that says how to ask."""


class NotFound(SaysoError):
    """Nobody and nothing here is called that."""


class ErasedPerson(NotFound):
    """Somebody who had this address asked to be forgotten."""


class SeveralAddresses(SaysoError):
    """The person has more than one address on the channel."""

    def __init__(self, addresses: list[Address]) -> None:
        super().__init__(_("This person has several addresses. Choose the one you mean."))
        self.addresses = addresses


def find_address(text: str, channel: str = "") -> Address:
    """The address that is meant: typed, or by its reference or its contact's. Raises Unclear, NotFound or Several."""
    text = _clean_query(text, _("Enter an email address, a phone number, or the reference of a contact."))
    if channel and channel not in Channel.values:
        raise UnclearQuery(_("Choose a channel: %(channels)s.") % {"channels": ", ".join(Channel.values)})
    rows = Address.objects.select_related("contact")
    reference = _uuid(text)
    found = _by_reference(rows, reference, channel) if reference else _by_value(rows, text)
    if channel and found.channel != channel:
        words = {"has": found.get_channel_display(), "asked": Channel(channel).label}
        raise UnclearQuery(
            _("This address is for “%(has)s” and you asked about “%(asked)s”. Remove the channel.") % words
        )
    return found


def find_addresses(text: str) -> list[Address]:
    """Every address that may be meant: one, or all of a contact. Raises Unclear or NotFound."""
    try:
        return [find_address(text)]
    except SeveralAddresses as several:
        return several.addresses


def _clean_query(text: str, ask: str) -> str:
    text = text.strip()
    if not text or len(text) > MAX_QUERY_LENGTH or not text.isprintable():
        raise UnclearQuery(ask)
    return text


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def _by_reference(rows: QuerySet[Address], reference: uuid.UUID, channel: str) -> Address:
    """One query for both: the address with this reference, or those of the contact with it."""
    found = list(rows.filter(Q(reference=reference) | Q(contact__reference=reference)))
    exact = [row for row in found if row.reference == reference]
    theirs = exact or [row for row in found if channel in ("", row.channel)]
    if not found and not Contact.objects.filter(reference=reference).exists():
        raise NotFound(_("No contact or address has this reference. Check for typing errors."))
    if not theirs:
        raise NotFound(_("This person has no address of that kind."))
    if len(theirs) > 1:
        raise SeveralAddresses(theirs)
    return theirs[0]


def _by_value(rows: QuerySet[Address], text: str) -> Address:
    channel = Channel.EMAIL if "@" in text else Channel.SMS
    try:
        normal = address_normalization.normalize_address(channel, text)
    except Unreadable as error:
        raise UnclearQuery(str(error)) from None
    if found := rows.filter(channel=channel, normal_form=normal).first():
        return found
    stops = Suppression.objects.in_force().filter(fingerprint=address_normalization.fingerprint(channel, normal))
    if stop := stops.order_by("pk").first():
        words = {"reason": stop.get_reason_display(), "since": clock_labels.day_label(stop.since)}
        raise ErasedPerson(
            _("There is no contact with this address, and it has been suppressed since %(since)s: %(reason)s.") % words
        )
    raise NotFound(_("No contact has this address. Check for typing errors."))


def find_subject(text: str) -> Topic | Campaign:
    """The topic (sender/topic, by their names in links) or the campaign (its reference) that is meant."""
    text = _clean_query(text, _("Choose a topic or a campaign."))
    if reference := _uuid(text):
        campaign = Campaign.objects.select_related("topic__sender").filter(reference=reference).first()
        return _found(campaign, _("No campaign has this reference."))
    sender, slash, name = text.partition("/")
    if not slash:
        raise UnclearQuery(
            _("Enter a topic as sender/topic, using their names in links, or the reference of a campaign.")
        )
    topic = Topic.objects.select_related("sender").filter(sender__slug=sender, slug=name).first()
    return _found(topic, _("There is no topic “%(topic)s”.") % {"topic": text})


def _found(row: Any, otherwise: str) -> Any:
    if row is None:
        raise NotFound(otherwise)
    return row


def parse_question(who: str, text: str, channel: str = "") -> tuple[Address, Question]:
    """The address and what is asked about it. A campaign also says which of a person's addresses is meant."""
    try:
        whom, what = find_address(who, channel), find_subject(text)
    except SeveralAddresses as several:
        what = find_subject(text)
        whom = _on_its_channel(several, what)
    return whom, _asked(what, whom)


def _on_its_channel(several: SeveralAddresses, what: Topic | Campaign) -> Address:
    if isinstance(what, Topic):
        raise several
    fitting = [one for one in several.addresses if one.channel == what.channel]
    if len(fitting) != 1:
        raise SeveralAddresses(fitting or several.addresses)
    return fitting[0]


def _asked(what: Topic | Campaign, whom: Address) -> Question:
    if isinstance(what, Topic):
        return Question(what, whom.channel)
    if what.channel != whom.channel:
        words = {"campaign": what, "channel": what.get_channel_display()}
        raise UnclearQuery(_("“%(campaign)s” is sent by %(channel)s, and this address is of another type.") % words)
    return facts_of.question_for(what)


def parse_moment(text: str) -> datetime:
    """A day or a moment, in UTC unless it says otherwise. Raises Unclear."""
    written = text.strip()
    # A plus sign in the address of a page arrives as a space.
    written = written.replace(" ", "+") if "T" in written else written
    try:
        found = datetime.fromisoformat(written)
        found = found if found.tzinfo else found.replace(tzinfo=UTC)
        found = found.astimezone(UTC)
    except (ValueError, OverflowError):
        raise UnclearQuery(_("Enter the time like 2027-03-01T09:00, in UTC, or with an offset like +02:00.")) from None
    if not EARLIEST <= found.year < LATEST:
        raise UnclearQuery(_("Choose a time between the years 2000 and 2099."))
    return found
