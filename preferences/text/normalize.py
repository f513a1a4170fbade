"""One text in the ways it can be read: capitals, accents, punctuation and what cannot be seen make no difference."""

import re
import unicodedata

MAX_LENGTH = 5000  # No phone sends more. Of a longer text, its beginning and its end are read.

# Invisible though Unicode files them under letters and marks: joiners, fillers, variation selectors, tatweel.
_INVISIBLE = re.compile(
    "[\u034f\u0640\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
# Quotes that Unicode files under letters, because some languages spell with them.
_LETTER_QUOTES = re.compile("[\u02b9-\u02bf\u02c8-\u02cb\u02ee\ua78b\ua78c]")
_SINGLE_LETTERS = re.compile(r"(?<!\S)\S(?: \S)+(?!\S)")
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})


def truncated(text: str) -> str:
    """As much of a text as is read."""
    return text if len(text) <= 2 * MAX_LENGTH else f"{text[:MAX_LENGTH]} {text[-MAX_LENGTH:]}"


def text_variants(text: str) -> list[str]:
    """The ways to read a text: as written, with spelled-out words joined, and both without accents."""
    written = plain_words(text)
    bare = without_accents(written)
    return list(dict.fromkeys([written, join_spelled_out(written), bare, join_spelled_out(bare)]))


def spelling_variants(words: str) -> list[str]:
    """How people write words of ours: without accents, and with ae, oe, ue where their phone has no umlauts."""
    written = plain_words(words)
    return list(dict.fromkeys([without_accents(written), without_accents(written.translate(_UMLAUTS))]))


def plain_words(text: str) -> str:
    """Letters and digits in small type, single spaces between words, nothing else."""
    kept: list[str] = []
    for c in fold_text(text):
        follows = bool(kept) and kept[-1] != " "
        kept.append(c if c.isalnum() or (follows and _is_mark(c)) else " ")
    return " ".join("".join(kept).split())


def without_accents(text: str) -> str:
    letters = (c for c in unicodedata.normalize("NFD", text) if not _is_accent(c))
    return unicodedata.normalize("NFC", "".join(letters))


def join_spelled_out(text: str) -> str:
    """With "s t o p" as one word."""
    return _SINGLE_LETTERS.sub(lambda run: run[0].replace(" ", ""), text)


def fold_text(text: str) -> str:
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


def _is_accent(c: str) -> bool:
    """Whether a mark may be left out in a hurry. Vowel signs of Indic scripts and kana marks may not."""
    place = unicodedata.combining(c)
    return place == 1 or 10 <= place <= 35 or place >= 200
