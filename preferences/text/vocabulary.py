"""The words of word_lists/keywords.toml, in every spelling that is recognised."""

import re
import tomllib
from collections.abc import Iterable, Sequence
from pathlib import Path

from preferences.text import normalize

# The keywords of carriers (CTIA Messaging Principles §5.1.2) are English and count whatever somebody speaks.
CARRIER_LANGUAGE = "en"
KEYWORDS_FILE = tomllib.loads(Path(__file__).with_name("word_lists").joinpath("keywords.toml").read_text("utf-8"))


def vocabulary_language(code: str) -> str:
    """The language of a code like fr-CA, under the name that the book uses."""
    primary = re.split("[-_]", code.strip().casefold())[0]
    return KEYWORDS_FILE["aliases"].get(primary, primary)


def all_spellings(words: Iterable[str]) -> frozenset[str]:
    """Every way to write these words, with and without the spaces in them."""
    written = {form for word in words for form in normalize.text_variants(word)}
    return frozenset(written | {form.replace(" ", "") for form in written})


def words_of(kind: str, languages: Iterable[str]) -> frozenset[str]:
    """All words of one kind in these languages."""
    return frozenset().union(*(WORDS.get(one, {}).get(kind, ()) for one in languages))


def language_of_word(word: str, kind: str, languages: Sequence[str] = ()) -> str:
    """The first language in which this word is of that kind; empty when there is none."""
    return next((one for one in languages or WORDS if word in WORDS.get(one, {}).get(kind, ())), "")


# language → stop · help · start · yes · strong · hint · inside · polite · about · keep → every spelling of each
WORDS: dict[str, dict[str, frozenset[str]]] = {
    one: {kind: all_spellings(words) for kind, words in kinds.items()}
    for one, kinds in KEYWORDS_FILE["languages"].items()
}
GUARDED = all_spellings(KEYWORDS_FILE["slips"]["guarded"])
EASILY_MISTYPED = [normalize.plain_words(word) for word in KEYWORDS_FILE["slips"]["of"]]
CHATTER = all_spellings(KEYWORDS_FILE["chatter"]["words"])
STOP_SIGNS = frozenset(KEYWORDS_FILE["signs"]["stop"])
SIGNS = STOP_SIGNS | frozenset(KEYWORDS_FILE["signs"]["review"])
