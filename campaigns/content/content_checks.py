"""What the words of a campaign carry and what they lack, seen in what is really rendered. Reads only.

Each code of content that a rule can demand has its check here. The sending, the preview and the question "why" evaluate
by `words`; lint.py explains the same to whoever writes.
"""

import email
import html
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache

from django.conf import settings
from django.utils import translation

from campaigns.content import hyperlinks, markdown, merge_fields, rendering, reserved_words
from campaigns.models import Campaign
from preferences.channels.email import Mail
from preferences.errors import SaysoError
from preferences.models import Channel, Topic
from preferences.rulebook import book as rulebook
from preferences.rulebook.content_codes import ContentCode
from preferences.text import lexicons, normalize, sms_segments

CACHE_SIZE = 64


@dataclass(frozen=True)
class TextFindings:
    """What the campaign's text is found to lack and to carry; the same for everybody."""

    lacks: frozenset[ContentCode] = frozenset()
    labels: frozenset[str] = frozenset()
    segments: int = 0
    characters: int = 0


NO_TEXT_FINDINGS = TextFindings()


@dataclass(frozen=True)
class RenderedSample:
    """One message as it would really go out, to somebody who does not exist; and what staff wrote of it.

    `own` is the text without what is put around it, `places` are the fields that every message fills in.
    """

    campaign: Campaign
    subject: str
    text: str
    page: str
    own: str
    places: frozenset[str]
    headers: dict[str, str]

    @property
    def topic(self) -> Topic:
        return self.campaign.topic

    @property
    def in_mail(self) -> bool:
        return self.campaign.channel == Channel.EMAIL

    def shows(self, value: str) -> bool:
        """Is it there for readers of the text and for readers of the page?"""
        value = " ".join(value.split())
        return bool(value) and value in self.text and (not self.page or value in self.page)


@dataclass(frozen=True)
class ContentFindings:
    """The codes that are not fulfilled, each with what it is about, and what the text measures."""

    lacks: dict[ContentCode, tuple[str, ...]]
    labels: frozenset[str]
    segments: int
    characters: int


def text_findings(campaign: Campaign) -> TextFindings:
    """What a decision needs to know about this text. What was allowed for these very words is not lacking.

    A code that nobody may allow is lacking all the same, even if it was allowed by mistake: without it a message is
    unlawful wherever a rule asks for it.
    """
    found, granted = content_findings(campaign), allowed_problems(campaign)
    lacks = {code for code, about in found.lacks.items() if (code, about) not in granted or not code.traits.allowable}
    codes = {code for code, _about in granted}
    return TextFindings(
        lacks=frozenset(lacks),
        labels=found.labels | {label for code, about in granted if code == ContentCode.LABEL for label in about},
        segments=0 if ContentCode.SEGMENTS in codes else found.segments,
        characters=0 if ContentCode.CHARACTERS in codes else found.characters,
    )


def allowed_problems(campaign: Campaign) -> frozenset[tuple[ContentCode, tuple[str, ...]]]:
    """The problems that somebody allowed for the words as they stand now: each by its code and what it is about."""
    if campaign.pk is None:
        return frozenset()
    rows = campaign.overrides.filter(content_digest=campaign.content_digest).values_list("problems", flat=True)
    return frozenset((ContentCode(one["code"]), tuple(one["about"])) for problems in rows for one in problems)


def content_findings(campaign: Campaign) -> ContentFindings:
    """What is found in the text; worked out once for the same words of the same sender."""
    with translation.override(settings.LANGUAGE_CODE):
        try:
            prepared = rendering.prepare(campaign)
        except SaysoError:
            return ContentFindings(dict.fromkeys(ContentCode.requirements(), ()), frozenset(), 0, 0)
        topic = campaign.topic
        key = (prepared.content, topic.slug, topic.frequency, topic.charges, topic.purpose, campaign.kind)
        return _findings(_CampaignKey((*key, topic.sender_id, topic.sender.country, _labels()), campaign))


def render_sample(campaign: Campaign) -> RenderedSample:
    """The message as it would go out. Raises SaysoError when it cannot be written."""
    with translation.override(settings.LANGUAGE_CODE):
        prepared, sample = rendering.prepare(campaign), rendering.sample_parcel(campaign)
        shown, parcel = prepared.words(*sample), prepared.parcel(*sample)
        in_mail = campaign.channel == Channel.EMAIL
        return RenderedSample(
            campaign=campaign,
            subject=_filled(campaign, campaign.subject),
            text=shown.text,
            page=html.unescape(shown.html),
            own=_filled(campaign, markdown.to_plain_text(campaign.body) if in_mail else campaign.body),
            places=_places(prepared),
            headers=_headers(parcel.content) if isinstance(parcel, Mail) else {},
        )


@dataclass(frozen=True)
class _CampaignKey:
    """A campaign that is the same as another one whenever its words, its topic and its sender say the same."""

    key: tuple
    campaign: Campaign = field(compare=False)


@lru_cache(maxsize=CACHE_SIZE)
def _findings(asked: _CampaignKey) -> ContentFindings:
    try:
        message = render_sample(asked.campaign)
    except SaysoError:
        return ContentFindings(dict.fromkeys(ContentCode.requirements(), ()), frozenset(), 0, 0)
    channel = message.campaign.channel
    lacks = {
        code: about
        for code, check in CHECKS.items()
        if code.applies_to(channel) and (about := check(message)) is not None
    }
    size = sms_segments.measure_sms(message.text).segments
    measured = (0, 0) if message.in_mail else (size, len(message.text))
    return ContentFindings(lacks, _leading_labels(message), *measured)


def _filled(campaign: Campaign, text: str) -> str:
    """What staff wrote, as somebody gets it who told us no name: every default shows."""
    values = {"sender": campaign.topic.sender.name, "topic": campaign.topic.name}
    return merge_fields.compile_text(text, merge_fields.escape_for_line).fill(
        dict.fromkeys(merge_fields.FIELDS, "") | values
    )


def _places(prepared: rendering.Prepared) -> frozenset[str]:
    """The fields that both the text and the page of a mail fill in."""
    if not isinstance(prepared, rendering.PreparedMail):
        return frozenset()
    return prepared.text.places & prepared.html.places


def _headers(content: bytes) -> dict[str, str]:
    head = email.message_from_bytes(content)
    return {name: str(value) for name, value in head.items()}


def _labels() -> frozenset[str]:
    """Every label that some rule asks for."""
    book = rulebook.current_rulebook()
    return frozenset().union(*(book.said(rule).labels for rule in book.rules if "labels" in rule.figures))


def _leading_labels(message: RenderedSample) -> frozenset[str]:
    """The labels that the subject or the text begins with, in any order; before them may stand only the brand."""
    brand = normalize.fold_text(message.topic.sender.name)
    head = normalize.fold_text(message.subject if message.in_mail else message.text).strip().removeprefix(brand)
    head, waiting = head.lstrip(" :"), {label: normalize.fold_text(label) for label in _labels()}
    while found := [label for label, folded in waiting.items() if head.startswith(folded)]:
        head = head.removeprefix(waiting.pop(found[0])).lstrip()
    return _labels() - waiting.keys()


# A check returns None when all is well, else what the trouble is about: the words found, or nothing in particular.
Check = Callable[[RenderedSample], tuple[str, ...] | None]
NOTHING_SAID: tuple[str, ...] = ()


def _lacking_unless(fulfilled: Callable[[RenderedSample], bool]) -> Check:
    return lambda message: None if fulfilled(message) else NOTHING_SAID


def _sender_name(message: RenderedSample) -> bool:
    sender = message.topic.sender
    return message.shows(sender.legal_name if message.in_mail else sender.name)


def _postal_address(message: RenderedSample) -> bool:
    return message.shows(", ".join(map(merge_fields.escape_for_line, message.topic.sender.postal_address.splitlines())))


def _contact(message: RenderedSample) -> bool:
    sender = message.topic.sender
    return message.shows(sender.contact_email) or message.shows(sender.contact_phone) or _contact_channel(message)


def _contact_channel(message: RenderedSample) -> bool:
    """A phone number, an email address or a page, wherever it stands."""
    if message.in_mail:
        sender = message.topic.sender
        return message.shows(sender.contact_email) or message.shows(sender.contact_phone)
    return hyperlinks.has_contact_details(message.text)


def _way_out(message: RenderedSample) -> bool:
    return "leave_url" in message.places if message.in_mail else reserved_words.has_stop_instruction(message.text)


def _stop_hint(message: RenderedSample) -> bool:
    return reserved_words.has_stop_instruction(message.text)


def _brand_first(message: RenderedSample) -> bool:
    return message.text.startswith(message.topic.sender.name)


def _one_click(message: RenderedSample) -> bool:
    one_click = message.headers.get("List-Unsubscribe-Post") == "List-Unsubscribe=One-Click"
    return one_click and "<http" in message.headers.get("List-Unsubscribe", "")


def _privacy_link(message: RenderedSample) -> bool:
    return message.shows(message.topic.sender.privacy_url)


def _why(message: RenderedSample) -> bool:
    return message.shows(message.topic.name) and (not message.in_mail or "why" in message.places)


def _objection(message: RenderedSample) -> bool:
    return message.shows(str(rendering.OBJECTION))


def _frequency(message: RenderedSample) -> bool:
    return message.shows(message.topic.frequency)


def _rates(message: RenderedSample) -> bool:
    return message.shows(message.topic.charges)


def _french(message: RenderedSample) -> bool:
    return "fr" in lexicons.detect_languages(f"{message.subject} {message.own}")


def _advertisement(message: RenderedSample) -> bool:
    return lexicons.is_labelled_advertising(f"{message.subject} {message.text}")


def _strange_links(message: RenderedSample) -> tuple[str, ...] | None:
    return hyperlinks.foreign_hosts(message.text, message.topic.sender) or None


def _health_words(message: RenderedSample) -> tuple[str, ...] | None:
    """In what others can read over a shoulder: a text, a subject, the names in the headers."""
    topic = message.topic
    shown = (
        [message.subject, topic.sender.name, topic.name, topic.slug] if message.in_mail else [message.text, message.own]
    )
    found = dict.fromkeys(word for text in shown for word in lexicons.health_phrases(text))
    return tuple(found) or None


CHECKS: dict[ContentCode, Check] = {
    ContentCode.WAY_OUT: _lacking_unless(_way_out),
    ContentCode.SENDER_NAME: _lacking_unless(_sender_name),
    ContentCode.POSTAL_ADDRESS: _lacking_unless(_postal_address),
    ContentCode.CONTACT: _lacking_unless(_contact),
    ContentCode.CONTACT_CHANNEL: _lacking_unless(_contact_channel),
    ContentCode.STOP_HINT: _lacking_unless(_stop_hint),
    ContentCode.BRAND_FIRST: _lacking_unless(_brand_first),
    ContentCode.ONE_CLICK_HEADERS: _lacking_unless(_one_click),
    ContentCode.PRIVACY_LINK: _lacking_unless(_privacy_link),
    ContentCode.WHY_YOU_GET_THIS: _lacking_unless(_why),
    ContentCode.OBJECTION_NOTICE: _lacking_unless(_objection),
    ContentCode.OWN_DOMAIN_LINKS: _strange_links,
    ContentCode.FREQUENCY: _lacking_unless(_frequency),
    ContentCode.RATES: _lacking_unless(_rates),
    ContentCode.FRENCH_COPY: _lacking_unless(_french),
    ContentCode.AD_DISCLOSURE: _lacking_unless(_advertisement),
    ContentCode.NO_HEALTH_WORDS: _health_words,
}
