"""What is found in a text by lists of words: what tells of health, what sells, which languages it is in. Pure.

The lists are words/health.toml, offers.toml, advertising.toml and languages.toml. A text is read in every way it can be
spelled, so that capitals, invisible characters, wide letters and letters borrowed from other alphabets hide nothing.
"""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from preferences.text import normalize

# Letters of other alphabets that look like ours, small and great.
_LOOKALIKES = str.maketrans(
    "аАвВеЕкКмМнНоОрРсСтТуУхХіІїјЈѕЅһԁԛԝгпαΑβΒεΕζΖηΗιΙκΚμΜνΝοΟρΡτΤυΥχΧγıɡɑᴀʙᴄᴅᴇʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ",
    "aAbBeEkKmMhHoOpPcCtTyYxXiIijJsShdqwrnaAbBeEzZhHiIkKmMvNoOpPtTuYxXyigaabcdehijklmnoprstuvwyz",
)
GUARDS = "guards"
MIN_MATCHES = 2  # so many different small words make a language


@dataclass(frozen=True)
class PhraseList:
    """Phrases to look for, and phrases that only look like them."""

    wanted: re.Pattern[str]
    guards: re.Pattern[str]

    def found_in(self, reading: str) -> list[str]:
        """What is found in one reading of a text."""
        return [match.group() for match in self.wanted.finditer(self.guards.sub("|", reading))]


def text_variants(text: str) -> list[str]:
    """The ways to read a text, also with borrowed letters put back; percent signs are words."""
    shown = text.replace("%", " percent ").replace("％", " percent ")
    return list(dict.fromkeys([*normalize.text_variants(shown), *normalize.text_variants(without_lookalikes(shown))]))


def without_lookalikes(text: str) -> str:
    """With our own letters in the place of those that look like them."""
    return text.translate(_LOOKALIKES)


def health_phrases(text: str) -> tuple[str, ...]:
    """What in it tells of somebody's health, money or records; each once, in order."""
    return _found_phrases(_health(), text)


def offer_phrases(text: str) -> tuple[str, ...]:
    """What in it sells something; each once, in order."""
    return _found_phrases(_offers(), text)


def is_labelled_advertising(text: str) -> bool:
    """Is it called what it is?"""
    return any(_advertising().search(reading) for reading in text_variants(text))


def detect_languages(text: str) -> frozenset[str]:
    """The languages it is written in, as far as a few words can tell; empty when they cannot."""
    words = set(f"{normalize.plain_words(text)} {normalize.without_accents(normalize.plain_words(text))}".split())
    return frozenset(language for language, small in small_words().items() if len(words & small) >= MIN_MATCHES)


def compile_phrases(phrases: Iterable[str]) -> re.Pattern[str]:
    """Phrases as one pattern for a reading: "word*" has any ending, # is any number, #mg a number with its unit."""
    longest_first = sorted(set(phrases), key=len, reverse=True)
    return re.compile(rf"(?<!\S)(?:{'|'.join(map(_pattern, longest_first))})(?!\S)")


def load_word_list(name: str) -> dict[str, Any]:
    """One of the lists as it is written."""
    return tomllib.loads(Path(__file__).with_name("word_lists").joinpath(f"{name}.toml").read_text("utf-8"))


@cache
def small_words() -> dict[str, frozenset[str]]:
    """Language → the words it cannot do without."""
    return {
        language: frozenset(map(normalize.plain_words, words))
        for language, words in load_word_list("languages").items()
    }


@cache
def _advertising() -> re.Pattern[str]:
    return compile_phrases(phrase for phrases in load_word_list("advertising").values() for phrase in phrases)


def _found_phrases(phrases: PhraseList, text: str) -> tuple[str, ...]:
    hits = (hit for reading in text_variants(text) for hit in phrases.found_in(reading))
    return tuple(dict.fromkeys(normalize.without_accents(hit) for hit in hits))


@cache
def _health() -> PhraseList:
    return _phrases(load_word_list("health"))


@cache
def _offers() -> PhraseList:
    return _phrases(load_word_list("offers"))


def _phrases(lists: dict[str, dict[str, list[str]]]) -> PhraseList:
    """Of all languages together: a guard in one keeps the same word of another from being found."""
    kinds = [(kind, phrase) for kinds in lists.values() for kind, phrases in kinds.items() for phrase in phrases]
    wanted = compile_phrases(phrase for kind, phrase in kinds if kind != GUARDS)
    return PhraseList(wanted, compile_phrases(phrase for kind, phrase in kinds if kind == GUARDS))


def _pattern(phrase: str) -> str:
    return " ".join(map(_word, phrase.split()))


def _word(word: str) -> str:
    if word.startswith("#"):
        unit = normalize.plain_words(word[1:])
        return rf"\d+ ?{re.escape(unit)}" if unit else r"\d+"
    ending = r"\w*" if word.endswith("*") else ""
    return re.escape(normalize.without_accents(normalize.plain_words(word))) + ending
