"""Answers that a text asks for: reserved words offered for something else, and whether it says how to stop. Pure.

Whoever replies CANCEL to cancel a visit is taken off the list, and the visit stands. The words are in
preferences/text/word_lists/reserved.toml.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from preferences.text import lexicons, normalize

STOP_WORDS = ("stop", "stopp", "arret", "unsubscribe", "opt out", "baja")


@dataclass(frozen=True)
class AnswerPatterns:
    """How one language asks for an answer. `quiet` reads small letters, `loud` finds words in capitals."""

    quiet: re.Pattern[str]
    loud: tuple[re.Pattern[str], ...]
    stop: re.Pattern[str]
    numbered: re.Pattern[str]


def misused_reserved_words(text: str) -> tuple[str, ...]:
    """The reserved words that it asks for as an answer to something else, in capitals, each once."""
    return tuple(dict.fromkeys(word.upper() for asking in _all_patterns() for word in _offered(asking, text)))


def has_stop_instruction(text: str) -> bool:
    """Does it say which word ends these messages?"""
    return any(asking.stop.search(reading) for asking in _all_patterns() for reading in lexicons.text_variants(text))


def has_numbered_opt_out(text: str) -> bool:
    """Does it promise that another answer than a stop word takes them off: "reply 2 to unsubscribe"?"""
    return any(
        asking.numbered.search(reading) for asking in _all_patterns() for reading in lexicons.text_variants(text)
    )


def _offered(asking: AnswerPatterns, text: str) -> Iterator[str]:
    for reading in lexicons.text_variants(text):
        yield from (match["word"] for match in asking.quiet.finditer(reading))
    for reading in _in_capitals(text):
        for pattern in asking.loud:
            yield from (match["word"] for match in pattern.finditer(reading))


def _in_capitals(text: str) -> list[str]:
    """Words and single spaces, as great or small as they were written."""
    seen = "".join(c for c in unicodedata.normalize("NFKC", text) if unicodedata.category(c) not in ("Cf", "Me"))
    written = [normalize.without_accents(form) for form in (seen, lexicons.without_lookalikes(seen))]
    words = [" ".join(re.sub(r"[\W_]+", " ", form).split()) for form in written]
    return list(dict.fromkeys([*words, *map(normalize.join_spelled_out, words)]))


@cache
def _all_patterns() -> tuple[AnswerPatterns, ...]:
    return tuple(_load_patterns(**lists) for lists in lexicons.load_word_list("reserved").values())


def _load_patterns(**lists: list[str]) -> AnswerPatterns:
    ask, filler, so_that = _any(lists["ask"]), _any([*lists["filler"], r"\d+"]), _any(lists["so_that"])
    asked = rf"(?<!\S)(?i:{ask}(?: {filler}){{0,4}}) "
    fine = rf"(?!\S)(?! (?i:{_any(lists['in_order'])})(?!\S))"
    clear = [word for word in lists["words"] if word not in lists["loud"]]
    loud = rf"(?P<word>{_any(word.upper() for word in lists['words'])})"
    others = rf"(?i:{ask}(?: \S+){{1,9}} {_any(lists['or'])}(?: {filler}){{0,3}}) "
    return AnswerPatterns(
        quiet=re.compile(rf"{asked}(?P<word>{_any(clear)}){fine}"),
        loud=(
            re.compile(rf"{asked}{loud}{fine}"),
            re.compile(rf"(?<!\S){others}{loud}{fine}"),
            re.compile(rf"(?<!\S){loud}{fine} (?i:{so_that})(?!\S)"),
        ),
        stop=re.compile(rf"{asked}{_any(STOP_WORDS)}(?!\S)"),
        numbered=re.compile(
            rf"{asked}(?:\d{{1,2}}|[a-z]) {so_that}(?: \S+){{0,2}} {_any(lists['numbered'])}(?!\S)(?! (?:by|in|over))"
        ),
    )


def _any(words: Iterable[str]) -> str:
    return f"(?:{'|'.join(sorted(words, key=len, reverse=True))})"
