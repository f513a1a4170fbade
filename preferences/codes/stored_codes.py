"""Codes that a text column keeps instead of a sentence, so that everybody reads it in their own language. Pure.

Stored as "code", or as "code:word:word" where the sentence is filled in; only the last word may contain a colon. The
same columns keep what staff typed and what providers answered: whatever is no known code is shown as it is.
"""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any


class StoredCode(StrEnum):
    """A code, its sentence, and the names of the words that fill it in, in the order in which they are stored."""

    sentence: Any
    words: tuple[str, ...]

    def __new__(cls, code: str, *row: Any) -> "StoredCode":
        member = str.__new__(cls, code)
        member._value_ = code
        member.sentence, member.words = row[0], row[1:]
        return member

    def filled(self, *words: object) -> str:
        """What to store for this code with these words."""
        if len(words) != len(self.words):
            raise ValueError(f"{self.value} needs the words {', '.join(self.words) or 'none'}.")
        return ":".join([self.value, *map(str, words)])

    def shown(self, words: Sequence[str] = ()) -> str:
        """The sentence in the language of whoever reads it."""
        named = {name: self.word_label(name, word) for name, word in zip(self.words, words, strict=True)}
        return str(self.sentence % named)

    def word_label(self, name: str, word: str) -> str:
        """How a stored word is shown: as it is, unless it is a code itself."""
        return word


def label(stored: str, *tables: type[StoredCode]) -> str:
    """What a column that keeps codes of these tables says."""
    for table in tables:
        code, _colon, rest = stored.partition(":")
        if code in table._value2member_map_:
            member = table(code)
            words = rest.split(":", len(member.words) - 1) if member.words else []
            if len(words) == len(member.words) and (member.words or stored == code):
                return member.shown(words)
    return stored
