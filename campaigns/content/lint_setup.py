"""Lint of what is around the words: topic and channel, where it comes from, how long it is."""

from collections.abc import Iterator

from campaigns.content.content_checks import RenderedSample
from campaigns.content.content_requirements import ContentRequirements
from campaigns.content.problems import Problem, problem
from campaigns.models import Campaign
from preferences.models import Channel
from preferences.rulebook.content_codes import ContentCode, Level
from preferences.text import normalize, sms_segments

MAX_SEGMENTS = 2
MAX_BODY_LENGTH = 100_000  # beyond this mailbox providers cut a message off, footer first


def find_setup_problems(campaign: Campaign) -> Iterator[Problem]:
    """What can be seen before anything is written."""
    yield from _addressee(campaign)
    yield from _origin(campaign)
    if campaign.channel == Channel.EMAIL and not normalize.fold_text(campaign.subject).strip():
        yield problem(ContentCode.NO_SUBJECT)
    if campaign.channel == Channel.EMAIL and len(campaign.body) > MAX_BODY_LENGTH:
        yield problem(ContentCode.CUT_OFF)


def _addressee(campaign: Campaign) -> Iterator[Problem]:
    topic = campaign.topic
    if topic.retired_at:
        yield problem(ContentCode.TOPIC_RETIRED, topic=topic.name)
    if not topic.offers(campaign.channel):
        yield problem(ContentCode.CHANNEL_NOT_OFFERED, topic=topic.name, channel=campaign.channel)


def _origin(campaign: Campaign) -> Iterator[Problem]:
    sender = campaign.topic.sender
    if campaign.channel == Channel.EMAIL and not sender.from_email:
        yield problem(ContentCode.FROM_ADDRESS, sender=sender.name)
    if campaign.channel == Channel.SMS and not sender.text_number:
        yield problem(ContentCode.TEXT_NUMBER, sender=sender.name)


def size_problems(message: RenderedSample, asked: ContentRequirements) -> Iterator[Problem]:
    """How long a text is, as carriers count."""
    if message.in_mail:
        return
    yield from _segments(message, asked)
    yield from _characters(message, asked)
    if odd := sms_segments.costly_characters(message.text):
        yield problem(ContentCode.COSTLY_CHARACTERS, signs=" ".join(odd[:10]))


def _segments(message: RenderedSample, asked: ContentRequirements) -> Iterator[Problem]:
    number = sms_segments.measure_sms(message.text).segments
    most, reasons = next(iter(asked.segments.items()), (MAX_SEGMENTS, ()))
    if number > most:
        level = Level.ERROR if reasons else Level.WARNING
        yield problem(ContentCode.SEGMENTS, because=reasons, level=level, segments=number, most=most)


def _characters(message: RenderedSample, asked: ContentRequirements) -> Iterator[Problem]:
    for most, reasons in asked.characters.items():
        if (number := len(message.text)) > most:
            yield problem(ContentCode.CHARACTERS, because=reasons, characters=number, most=most)
