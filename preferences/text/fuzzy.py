"""A keyword that is not the whole text: beside polite words, first or last of a few, or mistyped.

Each function takes one form of a text (spellings.forms) and answers with the rule that found something, or nothing.
"""

from collections.abc import Callable, Collection, Sequence

from preferences.text import vocabulary

MAX_WORDS = 5
MAX_PHRASE_WORDS = 6  # words that one entry of the word lists may have
MAX_TYPO_LENGTH = 12

STRONG_STOP_WORDS = vocabulary.words_of("strong", vocabulary.WORDS)
HINTS = vocabulary.words_of("hint", vocabulary.WORDS)
INSIDE = vocabulary.words_of("inside", vocabulary.WORDS)


def find_stop_word(form: str, topics: Collection[str] = ()) -> str:
    """A stop word that decides though more is said than the word."""
    return (
        _repeated_stop_word(form)
        or _stop_word_at_edge(form)
        or _stop_word_among_polite(form, topics)
        or _mistyped_stop_word(form)
    )


def find_hint(form: str) -> str:
    """A word that often comes with a stop, so that a person should look."""
    for word in form.split():
        if word in HINTS:
            return f"hint:{vocabulary.language_of_word(word, 'hint')}:{word}"[:60]
    return next(
        (f"hint:{vocabulary.language_of_word(word, 'inside')}:{word}" for word in sorted(INSIDE) if word in form), ""
    )


def find_sole_keyword(form: str, kinds: Sequence[str], languages: Sequence[str]) -> str:
    """The first of these kinds of word that the text has, if all else in it is one of them or polite."""
    polite = vocabulary.words_of("polite", [*languages, vocabulary.CARRIER_LANGUAGE])
    found: dict[str, str] = {}

    def allowed(phrase: str) -> bool:
        for kind in kinds:
            if spoken := vocabulary.language_of_word(phrase, kind, languages):
                found.setdefault(kind, f"loose:{spoken}:{kind}")
                return True
        return phrase in polite

    whole = _consists_of(form.split(), allowed)
    return next((found[kind] for kind in kinds if kind in found), "") if whole else ""


def _repeated_stop_word(form: str) -> str:
    """ "stopstopstop"."""
    for word in vocabulary.EASILY_MISTYPED:
        if len(form) > len(word) and form == word * (len(form) // len(word)):
            return "loose:en:repeated"
    return ""


def _stop_word_at_edge(form: str) -> str:
    """A word that means nothing else but stop, first or last of up to five."""
    words = form.split()
    if not 1 < len(words) <= MAX_WORDS:
        return ""
    for end, slices in (
        ("first", [words[:size] for size in range(1, 4)]),
        ("last", [words[-size:] for size in range(1, 4)]),
    ):
        for phrase in map(" ".join, slices):
            if phrase in STRONG_STOP_WORDS:
                return f"loose:{vocabulary.language_of_word(phrase, 'strong')}:{end}"
    return ""


def _stop_word_among_polite(form: str, topics: Collection[str]) -> str:
    """Any stop word, if nothing else is said but "please", "now", "texts" or the name of a topic."""
    words = form.split()
    return next((rule for one in vocabulary.WORDS if (rule := _polite_in(one, words, topics))), "")


def _polite_in(spoken: str, words: list[str], topics: Collection[str]) -> str:
    stops = vocabulary.words_of("stop", [spoken, vocabulary.CARRIER_LANGUAGE])
    beside = (
        vocabulary.words_of("polite", [spoken, vocabulary.CARRIER_LANGUAGE])
        | vocabulary.words_of("about", [spoken])
        | set(topics)
    )
    has_stop = False

    def allowed(phrase: str) -> bool:
        nonlocal has_stop
        has_stop = has_stop or phrase in stops
        return phrase in stops or phrase in beside

    return f"loose:{spoken}:polite" if _consists_of(words, allowed) and has_stop else ""


def _consists_of(words: list[str], allowed: Callable[[str], bool]) -> bool:
    """Can the whole text be read as a row of allowed words and phrases, the longest first?"""
    place = 0
    while place < len(words):
        sizes = range(min(MAX_PHRASE_WORDS, len(words) - place), 0, -1)
        step = next((size for size in sizes if allowed(" ".join(words[place : place + size]))), 0)
        if not step:
            return False
        place += step
    return bool(words)


def _mistyped_stop_word(form: str) -> str:
    if len(form) > MAX_TYPO_LENGTH or form in vocabulary.GUARDED:
        return ""
    return "loose:en:typo" if any(_is_one_edit_apart(form, word) for word in vocabulary.EASILY_MISTYPED) else ""


def _is_one_edit_apart(written: str, meant: str) -> bool:
    """Damerau distance 1: one letter too much, too few, wrong, or swapped with its neighbour."""
    if abs(len(written) - len(meant)) > 1:
        return False
    start = next((i for i, (a, b) in enumerate(zip(written, meant, strict=False)) if a != b), None)
    if start is None:
        return True
    rest, rest_meant = written[start:], meant[start:]
    swapped = rest_meant[1:2] + rest_meant[:1] + rest_meant[2:]
    return rest[1:] == rest_meant or rest == rest_meant[1:] or rest[1:] == rest_meant[1:] or rest == swapped
