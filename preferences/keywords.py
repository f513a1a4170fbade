"""What a person means by a text message, when the whole of it is one of the words everybody knows."""

import re
import tomllib
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import product
from pathlib import Path

LONGEST = 5000  # No phone sends more; what follows cannot turn a long story into a single word.

# Invisible though Unicode files them under letters and marks: joiners, fillers, variation selectors, tatweel.
_INVISIBLE = re.compile(
    "[\u034f\u0640\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
# Quotes that Unicode files under letters, because some languages spell with them.
_LETTER_QUOTES = re.compile("[\u02b9-\u02bf\u02c8-\u02cb\u02ee\ua78b\ua78c]")
_SINGLE_LETTERS = re.compile(r"(?<!\S)\S(?: \S)+(?!\S)")


class Meaning(StrEnum):
    """The same four answers that an inbound text keeps."""

    OPT_OUT = "opt_out"
    OPT_IN = "opt_in"
    HELP = "help"
    OTHER = "other"


@dataclass(frozen=True)
class Reading:
    """What a text means, which rule and language said so, and the words as they were understood."""

    meaning: Meaning
    matched_by: str
    normal_text: str


def read(text: str, *, languages: Sequence[str] = (), expecting_yes: bool = False) -> Reading:
    """Say what this text asks for. STOP counts in every language and beats HELP, which beats START."""
    forms = _forms(text[:LONGEST])
    spoken = ["en", *map(_language, languages)]
    questions = [
        (Meaning.OPT_OUT, "stop", WORDS),
        (Meaning.HELP, "help", spoken),
        (Meaning.OPT_IN, "start", spoken),
        (Meaning.OPT_IN, "yes", spoken if expecting_yes else []),
    ]
    for meaning, kind, asked_in in questions:
        for language, form in product(asked_in, forms):
            if form in WORDS.get(language, {}).get(kind, ()):
                return Reading(meaning, f"exact:{language}:{kind}", form)
    return Reading(Meaning.OTHER, "", forms[0])


def _forms(text: str) -> list[str]:
    """The ways to read a text: as written, with spelled-out words joined, and both without accents."""
    plain = _plain(text)
    bare = _without_accents(plain)
    return list(dict.fromkeys([plain, _joined(plain), bare, _joined(bare)]))


def _plain(text: str) -> str:
    """Letters and digits in small type, single spaces between words, nothing else."""
    kept: list[str] = []
    for c in _folded(text):
        follows = bool(kept) and kept[-1] != " "
        kept.append(c if c.isalnum() or (follows and _is_mark(c)) else " ")
    return " ".join("".join(kept).split())


def _folded(text: str) -> str:
    """One character for everything that looks alike, without what cannot be seen, in small type."""
    seen = "".join(c for c in unicodedata.normalize("NFKC", text) if not _is_hidden(c))
    letters = _LETTER_QUOTES.sub(" ", _INVISIBLE.sub("", seen))
    return unicodedata.normalize("NFKC", letters.casefold())


def _is_mark(c: str) -> bool:
    """Whether a character belongs to the letter before it: accents, vowel signs."""
    return unicodedata.category(c) in ("Mn", "Mc")


def _is_hidden(c: str) -> bool:
    """Whether a character is there without being seen; line breaks and tabs are seen, as space."""
    return unicodedata.category(c) in ("Cc", "Cf", "Me") and not c.isspace()


def _without_accents(text: str) -> str:
    letters = (c for c in unicodedata.normalize("NFD", text) if not _is_accent(c))
    return unicodedata.normalize("NFC", "".join(letters))


def _is_accent(c: str) -> bool:
    """Whether a mark may be left out in a hurry. Vowel signs of Indic scripts and kana marks may not."""
    place = unicodedata.combining(c)
    return place == 1 or 10 <= place <= 35 or place >= 200


def _joined(text: str) -> str:
    return _SINGLE_LETTERS.sub(lambda run: run[0].replace(" ", ""), text)


def _language(code: str) -> str:
    primary = re.split("[-_]", code.strip().casefold())[0]
    return _ALIASES.get(primary, primary)


def _spellings(words: Sequence[str]) -> frozenset[str]:
    forms = {form for word in words for form in _forms(word)}
    return frozenset(forms | {form.replace(" ", "") for form in forms})


_BOOK = tomllib.loads(Path(__file__).with_name("rulebook").joinpath("keywords.toml").read_text("utf-8"))
_ALIASES: dict[str, str] = _BOOK["aliases"]

# language → stop · help · start · yes → every spelling that is recognised
WORDS: dict[str, dict[str, frozenset[str]]] = {
    language: {kind: _spellings(words) for kind, words in kinds.items()}
    for language, kinds in _BOOK["languages"].items()
}
