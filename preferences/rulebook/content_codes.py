"""What is looked for in the text of a campaign: one row for each code. Pure.

The rules of the rulebook demand some of these codes (their kind is REQUIREMENT); campaigns look for all of them, name
what they find, and keep which of them a second person allowed.
"""

from dataclasses import dataclass
from enum import StrEnum, auto

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

# The values of preferences.models.Channel, which cannot be imported here: settings are checked against the rulebook's
# fields before the models are loaded.
BY_EMAIL = frozenset({"email"})
BY_SMS = frozenset({"sms"})
BY_ANY = BY_EMAIL | BY_SMS


class Level(StrEnum):
    """An error keeps a campaign from being submitted, a warning is advice."""

    ERROR = auto()
    WARNING = auto()


class ContentKind(StrEnum):
    """What a code is about. Only a REQUIREMENT can be named in the `content` of a rule."""

    REQUIREMENT = auto()
    SETUP = auto()
    WORDING = auto()
    SIZE = auto()


@dataclass(frozen=True)
class ContentTraits:
    """The part of a row that is not the code itself.

    `problem` says what is wrong and `remedy` what to do about it; both are filled in with the words of the finding.
    `requirement` is what a rule asks for ("" where no rule can). `allowable`: a second person may allow it.
    """

    kind: ContentKind
    channels: frozenset[str]
    problem: str | Promise
    remedy: str | Promise
    requirement: str | Promise = ""
    level: Level = Level.ERROR
    allowable: bool = True


class ContentCode(StrEnum):
    """A code as rules, findings and exceptions store it, with its traits."""

    traits: ContentTraits

    def __new__(cls, code: str, *row: ContentTraits) -> "ContentCode":
        member = str.__new__(cls, code)
        member._value_ = code
        (member.traits,) = row
        return member

    SENDER_NAME = (
        "sender_name",
        ContentTraits(
            ContentKind.REQUIREMENT,
            BY_ANY,
            requirement=_("who sends it"),
            problem=_("The message does not say that %(sender)s sent it."),
            remedy=_("Add the legal name and the brand to the sender."),
            allowable=False,
        ),
    )
    POSTAL_ADDRESS = (
        "postal_address",
        ContentTraits(
            ContentKind.REQUIREMENT,
            BY_ANY,
            requirement=_("the sender’s postal address"),
            problem=_("%(sender)s has no postal address."),
            remedy=_("Add it to the sender."),
            allowable=False,
        ),
    )
    CONTACT = (
        "contact",
        ContentTraits(
            ContentKind.REQUIREMENT,
            BY_ANY,
            requirement=_("how to reach the sender"),
            problem=_("The message does not say how to contact %(sender)s."),
            remedy=_("Add a phone number, an email address or a link to the text or to the sender."),
        ),
    )
    CONTACT_CHANNEL = (
        "contact_channel",
        ContentTraits(
            ContentKind.REQUIREMENT,
            BY_ANY,
            requirement=_("a phone number, an email address or a page of the sender"),
            problem=_("The message gives no phone number, email address or page of %(sender)s."),
            remedy=_("Add one of them to the text."),
        ),
    )
    WAY_OUT = (
        "way_out",
        ContentTraits(
            ContentKind.REQUIREMENT,
            BY_ANY,
            requirement=_("an unsubscribe option"),
            problem=_("This message does not offer a way to unsubscribe."),
            remedy=_("Add opt-out instructions to the text, for example: Reply STOP to stop."),
            allowable=False,
        ),
    )
    STOP_HINT = (
        "stop_hint",
        ContentTraits(
            ContentKind.REQUIREMENT,
            BY_SMS,
            requirement=_("that replying STOP unsubscribes"),
            problem=_("The text does not say how to opt out."),
            remedy=_("Add: Reply STOP to stop."),
        ),
    )
    BRAND_FIRST = (
        "brand_first",
        ContentTraits(
            ContentKind.REQUIREMENT,
            BY_SMS,
            requirement=_("the brand name at the start"),
            problem=_("The text does not begin with the brand."),
            remedy=_("Begin it with %(sender)s."),
        ),
    )
    ONE_CLICK_HEADERS = (
        "one_click_headers",
        ContentTraits(
            ContentKind.REQUIREMENT,
            BY_EMAIL,
            requirement=_("one-click unsubscribe"),
            problem=_("The email lacks the headers that let email programs show an unsubscribe button."),
            remedy=_("Ask an administrator: this address of Sayso cannot be reached from outside."),
        ),
    )
    PRIVACY_LINK = (
        "privacy_link",
        ContentTraits(
            ContentKind.REQUIREMENT,
            BY_ANY,
            requirement=_("a link to the privacy policy"),
            problem=_("The message does not link to the privacy policy."),
            remedy=_("Add the address of the privacy policy to the sender, or the link to the text."),
        ),
    )
    WHY_YOU_GET_THIS = (
        "why_you_get_this",
        ContentTraits(
            ContentKind.REQUIREMENT,
            BY_ANY,
            requirement=_("why the recipient gets it"),
            problem=_("The message does not say why recipients receive it."),
            remedy=_("Name the topic in the text."),
        ),
    )
    OBJECTION_NOTICE = (
        "objection_notice",
        ContentTraits(
            ContentKind.REQUIREMENT,
            BY_ANY,
            requirement=_("the right to object"),
            problem=_("The message does not say that recipients can object to it."),
            remedy=_("Add to the text: You can object to these messages at any time, free of charge."),
        ),
    )
    OWN_DOMAIN_LINKS = (
        "own_domain_links",
        ContentTraits(
            ContentKind.REQUIREMENT,
            BY_SMS,
            requirement=_("links to the sender’s own domain only"),
            problem=_("The text links to pages that are not %(sender)s's own: %(about)s."),
            remedy=_("Link to the sender's own domain, written in full."),
        ),
    )
    FREQUENCY = (
        "frequency",
        ContentTraits(
            ContentKind.REQUIREMENT,
            BY_ANY,
            requirement=_("how often messages are sent"),
            problem=_("The message does not say how often such messages are sent."),
            remedy=_("Add the frequency, as worded in the topic."),
        ),
    )
    RATES = (
        "rates",
        ContentTraits(
            ContentKind.REQUIREMENT,
            BY_ANY,
            requirement=_("what it may cost"),
            problem=_("The message does not say what it costs to receive it."),
            remedy=_("Add the cost, as worded in the topic."),
        ),
    )
    FRENCH_COPY = (
        "french_copy",
        ContentTraits(
            ContentKind.REQUIREMENT,
            BY_ANY,
            requirement=_("the same in French"),
            problem=_("Recipients in Quebec must get this text in French, and it contains no French."),
            remedy=_("Add the French text, at least as prominent as the other one."),
        ),
    )
    AD_DISCLOSURE = (
        "ad_disclosure",
        ContentTraits(
            ContentKind.REQUIREMENT,
            BY_ANY,
            requirement=_("that it is advertising"),
            problem=_("The email does not say that it is advertising, and some recipients never asked for it."),
            remedy=_("Add the word “Advertisement” to the text."),
        ),
    )
    NO_HEALTH_WORDS = (
        "no_health_words",
        ContentTraits(
            ContentKind.REQUIREMENT,
            BY_ANY,
            requirement=_("no words that reveal something about the recipient’s health"),
            problem=_("Others could read something about a person's health or records here: %(about)s."),
            remedy=_("Write a neutral text, subject and topic name, and put the rest behind a link with a login."),
        ),
    )
    LABEL = (
        "label",
        ContentTraits(
            ContentKind.WORDING,
            BY_ANY,
            problem=_("The message does not carry the label “%(label)s”."),
            remedy=_("Put it at the start of the email subject or of the text message."),
        ),
    )
    NO_SUBJECT = (
        "no_subject",
        ContentTraits(
            ContentKind.SETUP,
            BY_EMAIL,
            problem=_("The subject is empty."),
            remedy=_("Write a subject."),
            allowable=False,
        ),
    )
    NO_TEXT = (
        "no_text",
        ContentTraits(
            ContentKind.SETUP,
            BY_ANY,
            problem=_("The text is empty."),
            remedy=_("Write the text."),
            allowable=False,
        ),
    )
    UNREADABLE = (
        "unreadable",
        ContentTraits(
            ContentKind.SETUP,
            BY_ANY,
            problem=_("The text cannot be prepared for sending."),
            remedy="%(trouble)s",  # the sentence of the error, which says what to do
            allowable=False,
        ),
    )
    TOPIC_RETIRED = (
        "topic_retired",
        ContentTraits(
            ContentKind.SETUP,
            BY_ANY,
            problem=_("The topic “%(topic)s” is retired."),
            remedy=_("Choose another one."),
            allowable=False,
        ),
    )
    CHANNEL_NOT_OFFERED = (
        "channel_not_offered",
        ContentTraits(
            ContentKind.SETUP,
            BY_ANY,
            problem=_("“%(topic)s” is not offered by %(channel)s."),
            remedy=_("Choose another channel or topic."),
            allowable=False,
        ),
    )
    FROM_ADDRESS = (
        "from_address",
        ContentTraits(
            ContentKind.SETUP,
            BY_EMAIL,
            problem=_("%(sender)s has no from address."),
            remedy=_("Add it to the sender."),
            allowable=False,
        ),
    )
    TEXT_NUMBER = (
        "text_number",
        ContentTraits(
            ContentKind.SETUP,
            BY_SMS,
            problem=_("%(sender)s has no SMS number."),
            remedy=_("Add it to the sender."),
            allowable=False,
        ),
    )
    CUT_OFF = (
        "cut_off",
        ContentTraits(
            ContentKind.SIZE,
            BY_EMAIL,
            problem=_("The text is longer than email programs show."),
            remedy=_("Shorten it, so that the unsubscribe link is not cut off."),
            allowable=False,
        ),
    )
    SEGMENTS = (
        "segments",
        ContentTraits(
            ContentKind.SIZE,
            BY_SMS,
            problem=_("This text message has %(segments)s segments; at most %(most)s are allowed."),
            remedy=_("Shorten it."),
        ),
    )
    CHARACTERS = (
        "characters",
        ContentTraits(
            ContentKind.SIZE,
            BY_SMS,
            problem=_("This text message has %(characters)s characters; at most %(most)s are allowed."),
            remedy=_("Shorten it. The brand and the opt-out instructions count as well."),
        ),
    )
    COSTLY_CHARACTERS = (
        "costly_characters",
        ContentTraits(
            ContentKind.SIZE,
            BY_SMS,
            problem=_("These characters more than double the cost of each text message: %(signs)s"),
            remedy=_("Write plain letters and straight quotes."),
            level=Level.WARNING,
        ),
    )
    PRETENDS_AN_ANSWER = (
        "pretends_an_answer",
        ContentTraits(
            ContentKind.WORDING,
            BY_EMAIL,
            problem=_("The subject looks like a reply in a conversation that never took place."),
            remedy=_("Remove RE: or FW:, and say what the email is about."),
        ),
    )
    SHOUTED = (
        "shouted",
        ContentTraits(
            ContentKind.WORDING,
            BY_EMAIL,
            problem=_("The subject is all in capitals, and spam filters may block that."),
            remedy=_("Write it like a sentence."),
            level=Level.WARNING,
        ),
    )
    RESERVED_WORDS = (
        "reserved_words",
        ContentTraits(
            ContentKind.WORDING,
            BY_SMS,
            problem=ngettext_lazy(
                "%(words)s is a keyword for opting out or in, or for help.",
                "%(words)s are keywords for opting out or in, or for help.",
                "number",
            ),
            remedy=_("Ask for another reply, such as C or 1, or use a link."),
        ),
    )
    NUMBER_FOR_THE_WAY_OUT = (
        "number_for_the_way_out",
        ContentTraits(
            ContentKind.WORDING,
            BY_SMS,
            problem=_("A reply with this character opts nobody out: only a keyword such as STOP does."),
            remedy=_("Remove it. Opt-out instructions are added automatically."),
        ),
    )
    ONLY_AN_IMAGE = (
        "only_an_image",
        ContentTraits(
            ContentKind.WORDING,
            BY_EMAIL,
            problem=_("The email is only an image, and images are not sent."),
            remedy=_("Write in words what the image says."),
        ),
    )
    IMAGES = (
        "images",
        ContentTraits(
            ContentKind.WORDING,
            BY_EMAIL,
            problem=_(
                "Images are not sent; they become links. Many recipients do not see images, and some "
                "images track who opens them."
            ),
            remedy=_("Write in words what the image says."),
            level=Level.WARNING,
        ),
    )
    SHORTENER = (
        "shortener",
        ContentTraits(
            ContentKind.WORDING,
            BY_ANY,
            problem=_("Carriers and spam filters often block links to %(host)s."),
            remedy=_("Write the link in full."),
        ),
    )
    OFFERS = (
        "offers",
        ContentTraits(
            ContentKind.WORDING,
            BY_ANY,
            problem=_(
                "This looks like marketing: %(words)s. The purpose of the topic is “%(purpose)s”, so "
                "marketing is not allowed."
            ),
            remedy=_("Remove it, or send it on a marketing topic."),
        ),
    )
    OFFERS_IN_RENEWAL = (
        "offers_in_renewal",
        ContentTraits(
            ContentKind.WORDING,
            BY_ANY,
            problem=_("This looks like marketing: %(words)s. A consent renewal request must not contain marketing."),
            remedy=_("Remove it, or send it on a marketing topic."),
        ),
    )
    NO_DEFAULT = (
        "no_default",
        ContentTraits(
            ContentKind.WORDING,
            BY_ANY,
            problem=_("Not all recipients have given a name."),
            remedy=_("Give “%(name)s” a default: %(example)s."),
            level=Level.WARNING,
        ),
    )
    TRANSLATION = (
        "translation",
        ContentTraits(
            ContentKind.WORDING,
            BY_ANY,
            problem=ngettext_lazy(
                "%(people)s recipient reads %(language)s, and the text is not in that language.",
                "%(people)s recipients read %(language)s, and the text is not in that language.",
                "number",
            ),
            remedy=_("Add the text in their language, or write a campaign in it."),
            level=Level.WARNING,
        ),
    )

    @classmethod
    def requirements(cls) -> frozenset["ContentCode"]:
        """The codes that a rule can demand."""
        return frozenset(code for code in cls if code.traits.kind == ContentKind.REQUIREMENT)

    def applies_to(self, channel: str) -> bool:
        return channel in self.traits.channels
