"""The words of words/keywords.toml, in every spelling that is recognised."""

import re
import tomllib
from collections.abc import Iterable, Sequence
from pathlib import Path

from preferences.text import normalize

BOOK = tomllib.loads(Path(__file__).with_name("word_lists").joinpath("keywords.toml").read_text("utf-8"))


def language(code: str) -> str:
    """The language of a code like fr-CA, under the name that the book uses."""
    primary = re.split("[-_]", code.strip().casefold())[0]
    return BOOK["aliases"].get(primary, primary)


def spelled(words: Iterable[str]) -> frozenset[str]:
    """Every way to write these words, with and without the spaces in them."""
    written = {form for word in words for form in normalize.forms(word)}
    return frozenset(written | {form.replace(" ", "") for form in written})


def of(kind: str, languages: Iterable[str]) -> frozenset[str]:
    """All words of one kind in these languages."""
    return frozenset().union(*(WORDS.get(one, {}).get(kind, ()) for one in languages))


def language_of(word: str, kind: str, languages: Sequence[str] = ()) -> str:
    """The first language in which this word is of that kind; empty when there is none."""
    return next((one for one in languages or WORDS if word in WORDS.get(one, {}).get(kind, ())), "")


# language → stop · help · start · yes · strong · hint · inside · polite · about · keep → every spelling of each
WORDS: dict[str, dict[str, frozenset[str]]] = {
    one: {kind: spelled(words) for kind, words in kinds.items()} for one, kinds in BOOK["languages"].items()
}
GUARDED = spelled(BOOK["slips"]["guarded"])
EASILY_MISTYPED = [normalize.plain(word) for word in BOOK["slips"]["of"]]
CHATTER = spelled(BOOK["chatter"]["words"])
STOP_SIGNS = frozenset(BOOK["signs"]["stop"])
SIGNS = STOP_SIGNS | frozenset(BOOK["signs"]["review"])
