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
ENOUGH = 2  # so many different small words make a language


@dataclass(frozen=True)
class Phrases:
    """Phrases to look for, and phrases that only look like them."""

    wanted: re.Pattern[str]
    guards: re.Pattern[str]

    def found_in(self, reading: str) -> list[str]:
        """What is found in one reading of a text."""
        return [match.group() for match in self.wanted.finditer(self.guards.sub("|", reading))]


def readings(text: str) -> list[str]:
    """The ways to read a text, also with borrowed letters put back; percent signs are words."""
    shown = text.replace("%", " percent ").replace("％", " percent ")
    return list(dict.fromkeys([*normalize.forms(shown), *normalize.forms(unmasked(shown))]))


def unmasked(text: str) -> str:
    """With our own letters in the place of those that look like them."""
    return text.translate(_LOOKALIKES)


def health(text: str) -> tuple[str, ...]:
    """What in it tells of somebody's health, money or records; each once, in order."""
    return _found(_health(), text)


def offers(text: str) -> tuple[str, ...]:
    """What in it sells something; each once, in order."""
    return _found(_offers(), text)


def says_it_is_advertising(text: str) -> bool:
    """Is it called what it is?"""
    return any(_advertising().search(reading) for reading in readings(text))


def languages(text: str) -> frozenset[str]:
    """The languages it is written in, as far as a few words can tell; empty when they cannot."""
    words = set(f"{normalize.plain(text)} {normalize.without_accents(normalize.plain(text))}".split())
    return frozenset(language for language, small in small_words().items() if len(words & small) >= ENOUGH)


def compiled(phrases: Iterable[str]) -> re.Pattern[str]:
    """Phrases as one pattern for a reading: "word*" has any ending, # is any number, #mg a number with its unit."""
    longest_first = sorted(set(phrases), key=len, reverse=True)
    return re.compile(rf"(?<!\S)(?:{'|'.join(map(_pattern, longest_first))})(?!\S)")


def read(name: str) -> dict[str, Any]:
    """One of the lists as it is written."""
    return tomllib.loads(Path(__file__).with_name("word_lists").joinpath(f"{name}.toml").read_text("utf-8"))


@cache
def small_words() -> dict[str, frozenset[str]]:
    """Language → the words it cannot do without."""
    return {language: frozenset(map(normalize.plain, words)) for language, words in read("languages").items()}


@cache
def _advertising() -> re.Pattern[str]:
    return compiled(phrase for phrases in read("advertising").values() for phrase in phrases)


def _found(phrases: Phrases, text: str) -> tuple[str, ...]:
    hits = (hit for reading in readings(text) for hit in phrases.found_in(reading))
    return tuple(dict.fromkeys(normalize.without_accents(hit) for hit in hits))


@cache
def _health() -> Phrases:
    return _phrases(read("health"))


@cache
def _offers() -> Phrases:
    return _phrases(read("offers"))


def _phrases(lists: dict[str, dict[str, list[str]]]) -> Phrases:
    """Of all languages together: a guard in one keeps the same word of another from being found."""
    kinds = [(kind, phrase) for kinds in lists.values() for kind, phrases in kinds.items() for phrase in phrases]
    wanted = compiled(phrase for kind, phrase in kinds if kind != GUARDS)
    return Phrases(wanted, compiled(phrase for kind, phrase in kinds if kind == GUARDS))


def _pattern(phrase: str) -> str:
    return " ".join(map(_word, phrase.split()))


def _word(word: str) -> str:
    if word.startswith("#"):
        unit = normalize.plain(word[1:])
        return rf"\d+ ?{re.escape(unit)}" if unit else r"\d+"
    ending = r"\w*" if word.endswith("*") else ""
    return re.escape(normalize.without_accents(normalize.plain(word))) + ending
