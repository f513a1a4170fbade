"""What a mail means for us: the same answers that a text has, and three that only machines give. Pure."""

from collections.abc import Callable
from dataclasses import dataclass

from preferences.inbound import mail_text
from preferences.inbound.mail_parser import Kind, Letter
from preferences.models import Inbound
from preferences.text import keywords

Meaning = Inbound.Meaning
LONGEST_RULE = 60
OPT_OUT_TYPES = ("opt-out", "opt-out-list")  # of a feedback report, by which some providers pass on an unsubscribe


@dataclass(frozen=True)
class Reading:
    """What a mail means, which rule said so, and the words as they were understood."""

    meaning: str
    matched_by: str = ""
    normal_text: str = ""

    @property
    def is_chatter(self) -> bool:
        """Did they write something that asks for nothing, like a thank-you?"""
        return self.matched_by == "chatter"


def of(letter: Letter) -> Reading:
    return READ[letter.kind](letter)


def _words(letter: Letter) -> Reading:
    """What the person asks for in the text, its first lines, or a subject of their own; a "no" goes before all."""
    asked = [letter.words, mail_text.first_paragraph(letter.words), letter.own_subject]
    found = [keywords.read(text) for text in dict.fromkeys(asked) if text.strip()]
    best = min(found, key=lambda one: URGENCY.index(str(one.meaning)), default=None)
    return Reading(str(best.meaning), best.matched_by, best.normal_text) if best else Reading(Meaning.OTHER)


def _machine(letter: Letter) -> Reading:
    """A machine says nothing, unless it might be a person who wants out."""
    words = _words(letter)
    if letter.is_certain or words.meaning not in (Meaning.OPT_OUT, Meaning.REVIEW):
        return Reading(Meaning.AUTOMATIC, letter.rule)
    return Reading(Meaning.REVIEW, f"{letter.rule}+{words.matched_by}"[:LONGEST_RULE], words.normal_text)


def _complaint(letter: Letter) -> Reading:
    kind = letter.rule.partition(":")[2]
    return Reading(Meaning.OPT_OUT if kind in OPT_OUT_TYPES else Meaning.COMPLAINT, letter.rule)


READ: dict[str, Callable[[Letter], Reading]] = {
    Kind.OPT_OUT: lambda letter: Reading(Meaning.OPT_OUT, letter.rule),
    Kind.BOUNCE: lambda letter: Reading(Meaning.BOUNCE, letter.rule),
    Kind.COMPLAINT: _complaint,
    Kind.AUTOMATIC: _machine,
    Kind.WORDS: _words,
    Kind.UNREADABLE: lambda letter: Reading(Meaning.OTHER, letter.rule),
}
URGENCY: list[str] = [
    Meaning.OPT_OUT,
    Meaning.WRONG_PERSON,
    Meaning.REVIEW,
    Meaning.HELP,
    Meaning.OPT_IN,
    Meaning.OTHER,
]
