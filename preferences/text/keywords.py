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


class Meaning(StrEnum):
    """The answers that an inbound text keeps; a mail has some more."""

    OPT_OUT = "opt_out"
    OPT_IN = "opt_in"
    HELP = "help"
    WRONG_PERSON = "wrong_person"
    REVIEW = "review"
    OTHER = "other"


OPT_OUT_MEANINGS = frozenset(
    {Meaning.OPT_OUT, Meaning.WRONG_PERSON, Meaning.REVIEW}
)  # after these, less is sent than before


@dataclass(frozen=True)
class TextClassification:
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


def classify_text(
    text: str, *, languages: Sequence[str] = (), expecting_yes: bool = False, topics: Collection[str] = ()
) -> TextClassification:
    """Say what this text asks for. `topics` are the keywords of the sender's topics."""
    text = normalize.truncated(text)
    forms = normalize.text_variants(text)
    spoken = list(dict.fromkeys([vocabulary.CARRIER_LANGUAGE, *map(vocabulary.vocabulary_language, languages)]))
    named = frozenset(topic.casefold() for topic in topics)
    return (
        _classify_exact(forms, spoken, expecting_yes)
        or _classify_opt_out(text, forms, named)
        or _classify_request(forms, spoken, named, expecting_yes)
        or TextClassification(Meaning.OTHER, "" if text.strip() and not _is_small_talk(forms) else "chatter", forms[0])
    )


def _classify_exact(forms: list[str], spoken: list[str], expecting_yes: bool) -> TextClassification | None:
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
                return TextClassification(meaning, f"exact:{language}:{kind}", form)
    return None


def _classify_opt_out(text: str, forms: list[str], topics: frozenset[str]) -> TextClassification | None:
    """They want to stop, or perhaps do, in more words than one."""
    found = (
        _classified(Meaning.REVIEW, "guard", phrases.find_intent("guard", forms))
        or _classified(Meaning.WRONG_PERSON, "intent", phrases.find_intent("wrong_person", forms))
        or _classified(
            Meaning.OPT_OUT, "", next(filter(None, (fuzzy.find_stop_word(form, topics) for form in forms)), "")
        )
        or _classified(Meaning.OPT_OUT, "intent", phrases.find_intent("opt_out", forms))
        or _classified(
            Meaning.OPT_OUT,
            "intent",
            "emoji:stop" if not forms[0] and _contains_sign(text, vocabulary.STOP_SIGNS) else "",
        )
        or _classified(Meaning.REVIEW, "review", phrases.find_intent("review", forms))
        or _classified(Meaning.REVIEW, "", next(filter(None, map(fuzzy.find_hint, forms)), ""))
        or _classified(Meaning.REVIEW, "review", "emoji" if _contains_sign(text, vocabulary.SIGNS) else "")
    )
    return TextClassification(*found, forms[0]) if found else None


def _classified(meaning: Meaning, how: str, rule: str) -> tuple[Meaning, str] | None:
    return (meaning, f"{how}:{rule}" if how else rule) if rule else None


def _classify_request(
    forms: list[str], spoken: list[str], topics: frozenset[str], expecting_yes: bool
) -> TextClassification | None:
    """They ask for help, or for a topic, or say yes in a few polite words."""
    yes = ["yes"] if expecting_yes else []
    for form in forms:
        if rule := fuzzy.find_sole_keyword(form, ["help", "start", *yes], spoken):
            return TextClassification(Meaning.HELP if rule.endswith(":help") else Meaning.OPT_IN, rule, forms[0])
        if named := _names_a_topic(form, spoken, topics):
            return named
    return None


def _names_a_topic(form: str, spoken: list[str], topics: frozenset[str]) -> TextClassification | None:
    """JOIN TIPS, KEEP TIPS, KEEP, or the keyword alone; JOIN and a word that is no keyword, so that we can say so."""
    first, _space, rest = form.partition(" ")
    if form in topics:
        return TextClassification(Meaning.OPT_IN, "topic:alone", form, topic=form)
    if rest in topics and (kept := vocabulary.language_of_word(first, "keep")):
        return TextClassification(Meaning.OPT_IN, f"keep:{kept}", form, topic=rest)
    if (kept := vocabulary.language_of_word(first, "keep")) and (
        not rest or rest in vocabulary.words_of("yes", vocabulary.WORDS)
    ):
        return TextClassification(Meaning.OPT_IN, f"keep:{kept}", form)
    joins = vocabulary.language_of_word(first, "start", spoken)
    if joins and rest and " " not in rest and rest not in vocabulary.words_of("polite", spoken):
        return TextClassification(Meaning.OPT_IN, f"topic:{joins}:start", form, topic=rest)
    return None


def _contains_sign(text: str, signs: frozenset[str]) -> bool:
    return not signs.isdisjoint(text)


def _is_small_talk(forms: list[str]) -> bool:
    """Nothing to read in it: thanks, a greeting, a smile."""
    return not forms[0] or any(form in vocabulary.CHATTER for form in forms)
