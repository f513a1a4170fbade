"""What a person means by a text message. A pure function: the words decide, by rules with names.

Exact words first; then what looks like a stop and is none; then everything that means stop in other words. STOP
counts in every language and beats HELP, which beats START. What may be a stop is left to a person.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import product

from preferences.text import fuzzy, normalize, phrases, vocabulary
from preferences.text.vocabulary import WORDS

__all__ = ["LESS", "WORDS", "Meaning", "Reading", "read"]


class Meaning(StrEnum):
    """The answers that an inbound text keeps; a mail has some more."""

    OPT_OUT = "opt_out"
    OPT_IN = "opt_in"
    HELP = "help"
    WRONG_PERSON = "wrong_person"
    REVIEW = "review"
    OTHER = "other"


LESS = frozenset({Meaning.OPT_OUT, Meaning.WRONG_PERSON, Meaning.REVIEW})  # after these, less is sent than before


@dataclass(frozen=True)
class Reading:
    """What a text means, which rule and language said so, and the words as they were understood.

    `topic` is the keyword of a topic, if one was named; it may be one that nobody has.
    """

    meaning: Meaning
    matched_by: str
    normal_text: str
    topic: str = ""

    @property
    def is_keyword(self) -> bool:
        """Was it one of the words we told people to send, or nearly?"""
        return self.matched_by.startswith(("exact:", "loose:", "topic:", "keep:"))

    @property
    def keeps(self) -> bool:
        """Do they answer which topic they want to keep?"""
        return self.matched_by.startswith("keep:")

    @property
    def is_chatter(self) -> bool:
        """Did they say something that asks for nothing?"""
        return self.matched_by == "chatter"


def read(
    text: str, *, languages: Sequence[str] = (), expecting_yes: bool = False, topics: Collection[str] = ()
) -> Reading:
    """Say what this text asks for. `topics` are the keywords of the sender's topics."""
    text = normalize.shortened(text)
    forms = normalize.forms(text)
    spoken = list(dict.fromkeys(["en", *map(vocabulary.language, languages)]))
    named = frozenset(topic.casefold() for topic in topics)
    return (
        _exact(forms, spoken, expecting_yes)
        or _less(text, forms, named)
        or _more(forms, spoken, named, expecting_yes)
        or Reading(Meaning.OTHER, "" if text.strip() and not _is_chatter(forms) else "chatter", forms[0])
    )


def _exact(forms: list[str], spoken: list[str], expecting_yes: bool) -> Reading | None:
    """The whole text is one of the words everybody knows."""
    questions = [
        (Meaning.OPT_OUT, "stop", list(WORDS)),
        (Meaning.HELP, "help", spoken),
        (Meaning.OPT_IN, "start", spoken),
        (Meaning.OPT_IN, "yes", spoken if expecting_yes else []),
    ]
    for meaning, kind, asked_in in questions:
        for language, form in product(asked_in, forms):
            if form in WORDS.get(language, {}).get(kind, ()):
                return Reading(meaning, f"exact:{language}:{kind}", form)
    return None


def _less(text: str, forms: list[str], topics: frozenset[str]) -> Reading | None:
    """They want to stop, or perhaps do, in more words than one."""
    found = (
        _by(Meaning.REVIEW, "guard", phrases.find("guard", forms))
        or _by(Meaning.WRONG_PERSON, "intent", phrases.find("wrong_person", forms))
        or _by(Meaning.OPT_OUT, "", next(filter(None, (fuzzy.stop(form, topics) for form in forms)), ""))
        or _by(Meaning.OPT_OUT, "intent", phrases.find("opt_out", forms))
        or _by(Meaning.OPT_OUT, "intent", "emoji:stop" if not forms[0] and _shows(text, vocabulary.STOP_SIGNS) else "")
        or _by(Meaning.REVIEW, "review", phrases.find("review", forms))
        or _by(Meaning.REVIEW, "", next(filter(None, map(fuzzy.hint, forms)), ""))
        or _by(Meaning.REVIEW, "review", "emoji" if _shows(text, vocabulary.SIGNS) else "")
    )
    return Reading(*found, forms[0]) if found else None


def _by(meaning: Meaning, how: str, rule: str) -> tuple[Meaning, str] | None:
    return (meaning, f"{how}:{rule}" if how else rule) if rule else None


def _more(forms: list[str], spoken: list[str], topics: frozenset[str], expecting_yes: bool) -> Reading | None:
    """They ask for help, or for a topic, or say yes in a few polite words."""
    yes = ["yes"] if expecting_yes else []
    for form in forms:
        if rule := fuzzy.only(form, ["help", "start", *yes], spoken):
            return Reading(Meaning.HELP if rule.endswith(":help") else Meaning.OPT_IN, rule, forms[0])
        if named := _names_a_topic(form, spoken, topics):
            return named
    return None


def _names_a_topic(form: str, spoken: list[str], topics: frozenset[str]) -> Reading | None:
    """JOIN TIPS, KEEP TIPS, KEEP, or the keyword alone; JOIN and a word that is no keyword, so that we can say so."""
    first, _space, rest = form.partition(" ")
    if form in topics:
        return Reading(Meaning.OPT_IN, "topic:alone", form, topic=form)
    if rest in topics and (kept := vocabulary.language_of(first, "keep")):
        return Reading(Meaning.OPT_IN, f"keep:{kept}", form, topic=rest)
    if (kept := vocabulary.language_of(first, "keep")) and (not rest or rest in vocabulary.of("yes", vocabulary.WORDS)):
        return Reading(Meaning.OPT_IN, f"keep:{kept}", form)
    joins = vocabulary.language_of(first, "start", spoken)
    if joins and rest and " " not in rest and rest not in vocabulary.of("polite", spoken):
        return Reading(Meaning.OPT_IN, f"topic:{joins}:start", form, topic=rest)
    return None


def _shows(text: str, signs: frozenset[str]) -> bool:
    return not signs.isdisjoint(text)


def _is_chatter(forms: list[str]) -> bool:
    """Nothing to read in it: thanks, a greeting, a smile."""
    return not forms[0] or any(form in vocabulary.CHATTER for form in forms)
