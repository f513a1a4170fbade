"""Lint of the words themselves: what they ask for, what they sell, where they lead, in which language they are."""

import re
from collections.abc import Iterator

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaigns.content import content_requirements, hyperlinks, merge_fields, reserved_words
from campaigns.content.content_checks import RenderedSample
from campaigns.content.problems import Problem, error, warning
from campaigns.models import Campaign
from preferences.models import Topic
from preferences.text import lexicons, normalize

MIN_WORDS = 3  # beside an image
SHOUTED = 8  # so many letters, all of them capitals
_IMAGE = re.compile(r"!\[[^\]]{0,500}\]\([^)]{0,2000}\)|<img\b[^>]{0,2000}>", re.IGNORECASE)
# How mail programs mark an answer or what is passed on, in the languages here.
_ANSWER = re.compile(
    r"[\W_]*(?:adv[\W_]+|광고[\W_]+)?(?:re|fw|fwd|aw|wg|tr|rv|antw|sv|vs)\s*(?:[\[(]\d{1,3}[\])])?\s*:", re.IGNORECASE
)


def find_wording_problems(message: RenderedSample) -> Iterator[Problem]:
    """What had better be said in other words."""
    yield from _subject(message) if message.in_mail else _answers(message)
    yield from _images(message)
    yield from _shorteners(message)
    yield from _offers(message)
    yield from _names(message)
    yield from _languages(message)


def _subject(message: RenderedSample) -> Iterator[Problem]:
    shown = lexicons.without_lookalikes(normalize.fold_text(message.subject))
    if _ANSWER.match(shown):
        yield error(
            "pretends_an_answer",
            _("The subject looks like a reply in a conversation that never took place."),
            _("Remove RE: or FW:, and say what the email is about."),
        )
    letters = [c for c in message.subject if c.isalpha()]
    if len(letters) >= SHOUTED and "".join(letters).isupper():
        sentence = _("The subject is all in capitals, and spam filters may block that.")
        yield warning("shouted", sentence, _("Write it like a sentence."))


def _answers(message: RenderedSample) -> Iterator[Problem]:
    if words := reserved_words.misused_reserved_words(message.own):
        sentence = ngettext(
            "%(words)s is a keyword for opting out or in, or for help.",
            "%(words)s are keywords for opting out or in, or for help.",
            len(words),
        )
        quoted = ", ".join(f"“{word}”" for word in words)
        suggestion = _("Ask for another reply, such as C or 1, or use a link.")
        yield error("reserved_words", sentence % {"words": quoted}, suggestion, about=words)
    if reserved_words.has_numbered_opt_out(message.own):
        yield error(
            "number_for_the_way_out",
            _("A reply with this character opts nobody out: only a keyword such as STOP does."),
            _("Remove it. Opt-out instructions are added automatically."),
        )


def _images(message: RenderedSample) -> Iterator[Problem]:
    if not message.in_mail or not _IMAGE.search(message.campaign.body):
        return
    words = normalize.plain_words(_IMAGE.sub(" ", message.campaign.body)).split()
    if len(words) < MIN_WORDS:
        sentence = _("The email is only an image, and images are not sent.")
        yield error("only_an_image", sentence, _("Write in words what the image says."))
    else:
        sentence = _(
            "Images are not sent; they become links. Many recipients do not see images, and some "
            "images track who opens them."
        )
        yield warning("images", sentence, _("Write in words what the image says."))


def _shorteners(message: RenderedSample) -> Iterator[Problem]:
    say = warning if message.in_mail else error
    for host in hyperlinks.shortener_hosts(message.own):
        sentence = _("Carriers and spam filters often block links to %(host)s.") % {"host": host}
        yield say("shortener", sentence, _("Write the link in full."), about=(host,))


def _offers(message: RenderedSample) -> Iterator[Problem]:
    """What informs and sells is advertising: it goes to those who asked for advertising."""
    campaign, topic = message.campaign, message.topic
    is_repermission = campaign.kind == Campaign.Kind.REPERMISSION
    if topic.purpose == Topic.Purpose.MARKETING and not is_repermission:
        return
    if sold := lexicons.offer_phrases(f"{message.subject}\n{message.own}"):
        words = {"words": ", ".join(sold), "purpose": topic.get_purpose_display()}
        sentence = (
            _(
                "This looks like marketing: %(words)s. The purpose of the topic is “%(purpose)s”, so "
                "marketing is not allowed."
            )
            % words
        )
        if is_repermission:
            sentence = (
                _("This looks like marketing: %(words)s. A consent renewal request must not contain marketing.") % words
            )
        yield error("offers", sentence, _("Remove it, or send it on a marketing topic."), about=sold)


def _names(message: RenderedSample) -> Iterator[Problem]:
    fields = merge_fields.parse_fields(message.campaign.subject) + merge_fields.parse_fields(message.campaign.body)
    for name in dict.fromkeys(field.name for field in fields if not field.default):
        if name in ("name", "first_name"):
            example = f'{{{{ {name}|default:"there" }}}}'
            words = {"name": name, "example": example}
            suggestion = _("Give “%(name)s” a default: %(example)s.") % words
            yield warning("no_default", _("Not all recipients have given a name."), suggestion, about=(name,))


def _languages(message: RenderedSample) -> Iterator[Problem]:
    """Who reads which language is known; in which one the text is, as far as its small words tell."""
    spoken = lexicons.detect_languages(f"{message.subject} {message.own}")
    readers = content_requirements.audience_languages(message.campaign) if spoken else {}
    for language, people in readers.items():
        if language not in spoken:
            words = {"people": f"{people:,}", "language": dict(settings.LANGUAGES).get(language, language)}
            sentence = ngettext(
                "%(people)s recipient reads %(language)s, and the text is not in that language.",
                "%(people)s recipients read %(language)s, and the text is not in that language.",
                people,
            )
            suggestion = _("Add the text in their language, or write a campaign in it.")
            yield warning("translation", sentence % words, suggestion, about=(language,))
