"""What a campaign must and must not contain. Errors keep it from being submitted, warnings are advice."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext as _

from campaigns import merge, rendering
from campaigns.models import Campaign
from preferences import segments
from preferences.errors import Unreadable
from preferences.models import Channel, Topic

MOST_SEGMENTS = 2
LONGEST_BODY = 100_000  # beyond this mailbox providers cut a message off, footer first
SHORTENERS = ("bit.ly", "tinyurl.com", "t.co", "goo.gl", "ow.ly", "is.gd", "buff.ly", "cutt.ly", "rb.gy", "t.ly")
RESERVED = ("STOP", "STOPALL", "QUIT", "END", "REVOKE", "CANCEL", "UNSUBSCRIBE", "OPT OUT", "OPTOUT", "START", "HELP")

_SHORTENED = re.compile(rf"(?<![\w.-])({'|'.join(map(re.escape, SHORTENERS))})(?=/)", re.IGNORECASE)
_OFFERED = re.compile(
    rf"\b(?:reply|text|send|answer|respond)\s+(?:with\s+|back\s+)?[\"'“‘]?({'|'.join(RESERVED)})\b", re.IGNORECASE
)
_IMAGE = re.compile(r"!\[[^\]]*\]\(")


class Level(StrEnum):
    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True)
class Problem:
    """One thing to put right, in a sentence fit to show."""

    level: Level
    sentence: str


def problems(campaign: Campaign) -> list[Problem]:
    """Everything that speaks against sending this text, gravest first."""
    checks = [_words, _addressee, _shorteners, _names]
    checks += [_text_number, _size, _reserved] if campaign.channel == Channel.SMS else [_letterhead, _length, _images]
    found = [problem for check in checks for problem in check(campaign)]
    return sorted(found, key=lambda problem: problem.level != Level.ERROR)


def errors(campaign: Campaign) -> list[str]:
    """The sentences that must be dealt with before anybody reviews it."""
    return [problem.sentence for problem in problems(campaign) if problem.level == Level.ERROR]


def _words(campaign: Campaign) -> Iterator[Problem]:
    if campaign.channel == Channel.EMAIL and not campaign.subject.strip():
        yield _error(_("Write a subject."))
    if not campaign.body.strip():
        yield _error(_("Write the text."))
    try:
        rendering.check(campaign)
    except Unreadable as trouble:
        yield _error(str(trouble))


def _addressee(campaign: Campaign) -> Iterator[Problem]:
    topic = campaign.topic
    if topic.retired_at:
        yield _error(_("The topic “%(topic)s” is retired. Choose another one.") % {"topic": topic.name})
    if not topic.offers(campaign.channel):
        words = {"topic": topic.name, "channel": campaign.get_channel_display()}
        yield _error(_("“%(topic)s” is not offered by %(channel)s. Choose another channel or topic.") % words)


def _letterhead(campaign: Campaign) -> Iterator[Problem]:
    sender = campaign.topic.sender
    if not sender.from_email:
        yield _error(_("%(sender)s has no from address. Add it to the sender.") % {"sender": sender.name})
    if not sender.postal_address.strip():
        yield _error(_("%(sender)s has no postal address. Add it to the sender.") % {"sender": sender.name})


def _text_number(campaign: Campaign) -> Iterator[Problem]:
    sender = campaign.topic.sender
    if not sender.text_number:
        yield _error(_("%(sender)s has no text number. Add it to the sender.") % {"sender": sender.name})


def _size(campaign: Campaign) -> Iterator[Problem]:
    try:
        text = rendering.preview(campaign).words.text
    except Unreadable:
        return
    size = segments.count(text)
    if size.segments > MOST_SEGMENTS:
        strict = campaign.topic.purpose == Topic.Purpose.MARKETING
        words = {"segments": size.segments, "most": MOST_SEGMENTS}
        sentence = _("This is %(segments)s texts in a row; at most %(most)s are in order. Shorten it.") % words
        yield _error(sentence) if strict else _warning(sentence)
    if odd := segments.unusual(text):
        signs = " ".join(odd[:10])
        yield _warning(_("These characters more than double what each text costs: %(signs)s") % {"signs": signs})


def _reserved(campaign: Campaign) -> Iterator[Problem]:
    for word in dict.fromkeys(found.upper() for found in _OFFERED.findall(campaign.body)):
        yield _error(
            _("“%(word)s” is a word for opting out or in, or for help. Ask for another answer, like C or 1.")
            % {"word": word}
        )


def _length(campaign: Campaign) -> Iterator[Problem]:
    if len(campaign.body) > LONGEST_BODY:
        yield _error(_("The text is longer than mailboxes show. Shorten it, so that everybody can find the way out."))


def _images(campaign: Campaign) -> Iterator[Problem]:
    if _IMAGE.search(campaign.body):
        yield _warning(_("Images are not sent; they become links. Many people see none, and some call home."))


def _shorteners(campaign: Campaign) -> Iterator[Problem]:
    level = Level.ERROR if campaign.channel == Channel.SMS else Level.WARNING
    for host in dict.fromkeys(found.lower() for found in _SHORTENED.findall(campaign.body)):
        sentence = _("Carriers and mailboxes take %(host)s for spam. Write the link in full.")
        yield Problem(level, sentence % {"host": host})


def _names(campaign: Campaign) -> Iterator[Problem]:
    try:
        fields = merge.fields(campaign.subject) + merge.fields(campaign.body)
    except Unreadable:
        return
    for name in dict.fromkeys(field.name for field in fields if not field.default):
        if name in ("name", "first_name"):
            example = f'{{{{ {name}|default:"there" }}}}'
            words = {"name": name, "example": example}
            yield _warning(_("Not everybody told us a name. Give “%(name)s” a default: %(example)s.") % words)


def _error(sentence: str) -> Problem:
    return Problem(Level.ERROR, sentence)


def _warning(sentence: str) -> Problem:
    return Problem(Level.WARNING, sentence)
