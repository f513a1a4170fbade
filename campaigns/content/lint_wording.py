"""Lint of the words themselves: what they ask for, what they sell, where they lead, in which language they are."""

import re
from collections.abc import Iterator

from campaigns.content import content_requirements, hyperlinks, merge_fields, reserved_words
from campaigns.content.content_checks import RenderedSample
from campaigns.content.problems import Problem, problem
from campaigns.models import Campaign
from preferences.models import Topic
from preferences.rulebook.content_codes import ContentCode, Level
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
        yield problem(ContentCode.PRETENDS_AN_ANSWER)
    letters = [c for c in message.subject if c.isalpha()]
    if len(letters) >= SHOUTED and "".join(letters).isupper():
        yield problem(ContentCode.SHOUTED)


def _answers(message: RenderedSample) -> Iterator[Problem]:
    if words := reserved_words.misused_reserved_words(message.own):
        quoted = ", ".join(f"“{word}”" for word in words)
        yield problem(ContentCode.RESERVED_WORDS, about=words, words=quoted, number=len(words))
    if reserved_words.has_numbered_opt_out(message.own):
        yield problem(ContentCode.NUMBER_FOR_THE_WAY_OUT)


def _images(message: RenderedSample) -> Iterator[Problem]:
    if not message.in_mail or not _IMAGE.search(message.campaign.body):
        return
    words = normalize.plain_words(_IMAGE.sub(" ", message.campaign.body)).split()
    yield problem(ContentCode.ONLY_AN_IMAGE if len(words) < MIN_WORDS else ContentCode.IMAGES)


def _shorteners(message: RenderedSample) -> Iterator[Problem]:
    level = Level.WARNING if message.in_mail else Level.ERROR
    for host in hyperlinks.shortener_hosts(message.own):
        yield problem(ContentCode.SHORTENER, about=(host,), level=level, host=host)


def _offers(message: RenderedSample) -> Iterator[Problem]:
    """What informs and sells is advertising: it goes to those who asked for advertising."""
    campaign, topic = message.campaign, message.topic
    is_repermission = campaign.kind == Campaign.Kind.REPERMISSION
    if topic.purpose == Topic.Purpose.MARKETING and not is_repermission:
        return
    if sold := lexicons.offer_phrases(f"{message.subject}\n{message.own}"):
        code = ContentCode.OFFERS_IN_RENEWAL if is_repermission else ContentCode.OFFERS
        yield problem(code, about=sold, words=", ".join(sold), purpose=topic.purpose)


def _names(message: RenderedSample) -> Iterator[Problem]:
    fields = merge_fields.parse_fields(message.campaign.subject) + merge_fields.parse_fields(message.campaign.body)
    for name in dict.fromkeys(field.name for field in fields if not field.default):
        if name in ("name", "first_name"):
            example = f'{{{{ {name}|default:"there" }}}}'
            yield problem(ContentCode.NO_DEFAULT, about=(name,), name=name, example=example)


def _languages(message: RenderedSample) -> Iterator[Problem]:
    """Who reads which language is known; in which one the text is, as far as its small words tell."""
    spoken = lexicons.detect_languages(f"{message.subject} {message.own}")
    readers = content_requirements.audience_languages(message.campaign) if spoken else {}
    for language, people in readers.items():
        if language not in spoken:
            yield problem(ContentCode.TRANSLATION, about=(language,), people=people, language=language, number=people)
