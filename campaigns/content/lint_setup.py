"""Lint of what is around the words: topic and channel, where it comes from, how long it is."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from campaigns.content.content_checks import RenderedSample
from campaigns.content.content_requirements import ContentRequirements
from campaigns.content.problems import Problem, error, warning
from campaigns.models import Campaign
from preferences.models import Channel
from preferences.text import normalize, sms_segments

MAX_SEGMENTS = 2
MAX_BODY_LENGTH = 100_000  # beyond this mailbox providers cut a message off, footer first


def find_setup_problems(campaign: Campaign) -> Iterator[Problem]:
    """What can be seen before anything is written."""
    yield from _addressee(campaign)
    yield from _origin(campaign)
    if campaign.channel == Channel.EMAIL and not normalize.fold_text(campaign.subject).strip():
        yield error("no_subject", _("Write a subject."))
    if campaign.channel == Channel.EMAIL and len(campaign.body) > MAX_BODY_LENGTH:
        yield error(
            "cut_off",
            _("The text is longer than email programs show."),
            _("Shorten it, so that the unsubscribe link is not cut off."),
        )


def _addressee(campaign: Campaign) -> Iterator[Problem]:
    topic = campaign.topic
    if topic.retired_at:
        sentence = _("The topic “%(topic)s” is retired.") % {"topic": topic.name}
        yield error("topic_retired", sentence, _("Choose another one."))
    if not topic.offers(campaign.channel):
        words = {"topic": topic.name, "channel": campaign.get_channel_display()}
        sentence = _("“%(topic)s” is not offered by %(channel)s.") % words
        yield error("channel_not_offered", sentence, _("Choose another channel or topic."))


def _origin(campaign: Campaign) -> Iterator[Problem]:
    sender = campaign.topic.sender
    if campaign.channel == Channel.EMAIL and not sender.from_email:
        sentence = _("%(sender)s has no from address.") % {"sender": sender.name}
        yield error("from_address", sentence, _("Add it to the sender."))
    if campaign.channel == Channel.SMS and not sender.text_number:
        sentence = _("%(sender)s has no SMS number.") % {"sender": sender.name}
        yield error("text_number", sentence, _("Add it to the sender."))


def size_problems(message: RenderedSample, asked: ContentRequirements) -> Iterator[Problem]:
    """How long a text is, as carriers count."""
    if message.in_mail:
        return
    yield from _segments(message, asked)
    yield from _characters(message, asked)
    if odd := sms_segments.costly_characters(message.text):
        signs = " ".join(odd[:10])
        sentence = _("These characters more than double the cost of each text message: %(signs)s") % {"signs": signs}
        yield warning("costly_characters", sentence, _("Write plain letters and straight quotes."))


def _segments(message: RenderedSample, asked: ContentRequirements) -> Iterator[Problem]:
    number = sms_segments.measure_sms(message.text).segments
    most, reasons = next(iter(asked.segments.items()), (MAX_SEGMENTS, ()))
    if number > most:
        words = {"segments": number, "most": most}
        sentence = _("This text message has %(segments)s segments; at most %(most)s are allowed.") % words
        say = error if reasons else warning
        yield say("segments", sentence, _("Shorten it."), because=reasons)


def _characters(message: RenderedSample, asked: ContentRequirements) -> Iterator[Problem]:
    for most, reasons in asked.characters.items():
        if (number := len(message.text)) > most:
            words = {"characters": number, "most": most}
            sentence = _("This text message has %(characters)s characters; at most %(most)s are allowed.") % words
            suggestion = _("Shorten it. The brand and the opt-out instructions count as well.")
            yield error("characters", sentence, suggestion, because=reasons)
