"""What people mean in their own words: phrases of words/intents.toml, found anywhere in a text.

Its little language for phrases is turned into regular expressions that cannot run away: no repetition
but "up to three words", and every choice ends at a space.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from preferences.text import normalize

_PARTS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|\.\.\.|\^|\$|[^\s()\[\]]+")
_FIXED = {"...": r"(?:\S+ ){0,3}", "^": r"\A ", "$": r"\Z"}


@dataclass(frozen=True)
class PhraseIntent:
    """One thing people mean, in one language, and the phrases for it."""

    kind: str
    language: str
    name: str
    phrases: tuple[re.Pattern[str], ...]

    def is_in(self, padded: str) -> bool:
        return any(phrase.search(padded) for phrase in self.phrases)


def find_intent(kind: str, forms: Iterable[str]) -> str:
    """The first intent of this kind in any form of a text, like "fr:retirez-moi"; empty when there is none."""
    texts = [f" {form} " for form in forms]
    return next((f"{one.language}:{one.name}" for one in INTENTS[kind] if any(map(one.is_in, texts))), "")


def compile_phrase(phrase: str) -> re.Pattern[str]:
    """A phrase as a regular expression for a text with a space before, between and after words."""
    parts = _PARTS.findall(phrase)
    start = "" if parts[0] == "^" else " "
    return re.compile(start + "".join(map(_phrase_part, parts)))


def _phrase_part(part: str) -> str:
    if part in _FIXED:
        return _FIXED[part]
    options = part.strip("()[]").split("|")
    written = dict.fromkeys(form for option in options for form in normalize.spelling_variants(option))
    choice = (
        "(?:" + "|".join(map(re.escape, written)) + ") " if len(written) > 1 else re.escape(next(iter(written))) + " "
    )
    return f"(?:{choice})?" if part.startswith("[") else choice


def _intents(kind: str) -> Iterator[PhraseIntent]:
    for language, kinds in _PHRASES_FILE.items():
        for name, phrases in kinds.get(kind, {}).items():
            yield PhraseIntent(kind, language, name, tuple(map(compile_phrase, phrases)))


_PHRASES_FILE = tomllib.loads(Path(__file__).with_name("word_lists").joinpath("intents.toml").read_text("utf-8"))

# guard · wrong_person · opt_out · review → the intents of all languages, in the order of the file
INTENTS: dict[str, list[PhraseIntent]] = {
    kind: list(_intents(kind)) for kind in ("guard", "wrong_person", "opt_out", "review")
}
