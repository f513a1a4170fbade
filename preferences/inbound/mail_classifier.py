"""What a mail means for us: the same answers that a text has, and three that only machines give. Pure."""

from collections.abc import Callable
from dataclasses import dataclass

from preferences.inbound import mail_text
from preferences.inbound.mail_parser import MailKind, ParsedMail
from preferences.models import InboundMessage
from preferences.text import keywords

InboundMeaning = InboundMessage.Meaning
LONGEST_RULE = 60
OPT_OUT_TYPES = ("opt-out", "opt-out-list")  # of a feedback report, by which some providers pass on an unsubscribe


@dataclass(frozen=True)
class MailClassification:
    """What a mail means, which rule said so, and the words as they were understood."""

    meaning: str
    matched_by: str = ""
    normal_text: str = ""

    @property
    def is_chatter(self) -> bool:
        """Did they write something that asks for nothing, like a thank-you?"""
        return self.matched_by == "chatter"


def classify_mail(letter: ParsedMail) -> MailClassification:
    return CLASSIFIERS[letter.kind](letter)


def _classify_words(letter: ParsedMail) -> MailClassification:
    """What the person asks for in the text, its first lines, or a subject of their own; a "no" goes before all."""
    asked = [letter.words, mail_text.first_paragraph_of(letter.words), letter.own_subject]
    found = [keywords.classify_text(text) for text in dict.fromkeys(asked) if text.strip()]
    best = min(found, key=lambda one: URGENCY.index(str(one.meaning)), default=None)
    return (
        MailClassification(str(best.meaning), best.matched_by, best.normal_text)
        if best
        else MailClassification(InboundMeaning.OTHER)
    )


def _classify_automatic(letter: ParsedMail) -> MailClassification:
    """A machine says nothing, unless it might be a person who wants out."""
    words = _classify_words(letter)
    if letter.is_certain or words.meaning not in (InboundMeaning.OPT_OUT, InboundMeaning.REVIEW):
        return MailClassification(InboundMeaning.AUTOMATIC, letter.rule)
    return MailClassification(
        InboundMeaning.REVIEW, f"{letter.rule}+{words.matched_by}"[:LONGEST_RULE], words.normal_text
    )


def _classify_complaint(letter: ParsedMail) -> MailClassification:
    kind = letter.rule.partition(":")[2]
    return MailClassification(
        InboundMeaning.OPT_OUT if kind in OPT_OUT_TYPES else InboundMeaning.COMPLAINT, letter.rule
    )


CLASSIFIERS: dict[str, Callable[[ParsedMail], MailClassification]] = {
    MailKind.OPT_OUT: lambda letter: MailClassification(InboundMeaning.OPT_OUT, letter.rule),
    MailKind.BOUNCE: lambda letter: MailClassification(InboundMeaning.BOUNCE, letter.rule),
    MailKind.COMPLAINT: _classify_complaint,
    MailKind.AUTOMATIC: _classify_automatic,
    MailKind.WORDS: _classify_words,
    MailKind.UNREADABLE: lambda letter: MailClassification(InboundMeaning.OTHER, letter.rule),
}
URGENCY: list[str] = [
    InboundMeaning.OPT_OUT,
    InboundMeaning.WRONG_PERSON,
    InboundMeaning.REVIEW,
    InboundMeaning.HELP,
    InboundMeaning.OPT_IN,
    InboundMeaning.OTHER,
]
