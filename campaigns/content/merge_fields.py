"""Merge fields: {{ name }} or {{ name|default:"there" }}, from a closed list. Compiled once, joined per person.

Nothing is looked up and nothing is called: a text is cut into words and fields, and a field can only become
a value that was put there for it.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import escape

from django.utils.translation import gettext as _

from preferences.errors import Unreadable

FIELDS = ("name", "first_name", "sender", "topic")

_BRACES = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
_FIELD = re.compile(r'\s*(\w+)\s*(?:\|\s*default\s*:\s*"([^"{}]*)"\s*)?')
_STRAY = re.compile(r"\{\{|\}\}|\{%|%\}")
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ue000-\uf8ff]+")
_MARK = re.compile("\ue000([0-9]+)\ue001")
_RESERVED = re.compile("[\ue000-\uf8ff]")


@dataclass(frozen=True)
class MergeField:
    """A place that each person's own value takes, or the default where there is none."""

    name: str
    default: str = ""


@dataclass(frozen=True)
class CompiledText:
    """Words and fields in turn: words[0], fields[0], words[1], …"""

    words: tuple[str, ...]
    fields: tuple[MergeField, ...]
    escape: Callable[[str], str]

    @property
    def places(self) -> frozenset[str]:
        """The names of the fields it has."""
        return frozenset(field.name for field in self.fields)

    def fill(self, values: Mapping[str, str]) -> str:
        """The whole text for one person."""
        parts = [self.words[0]]
        for field, words in zip(self.fields, self.words[1:], strict=True):
            parts += (self.escape(values[field.name] or field.default), words)
        return "".join(parts)


def parse_fields(text: str) -> list[MergeField]:
    """The merge fields of a text in order. Raises Unreadable with a sentence for whoever wrote it."""
    return [_field(inside) for inside in _split(text)[1::2]]


def compile_text(text: str, escape: Callable[[str], str]) -> CompiledText:
    """A text that is ready for each person."""
    pieces = _split(text)
    return CompiledText(tuple(pieces[::2]), tuple(_field(inside) for inside in pieces[1::2]), escape)


def mark_fields(text: str) -> str:
    """The text with its fields as marks, which survive the way from Markdown to a page."""
    pieces = _split(text)
    pieces[1::2] = [mark_for(number) for number in range(len(pieces) // 2)]
    return "".join(pieces)


def mark_for(number: int) -> str:
    return f"\ue000{number}\ue001"


def compile_marked_text(text: str, fields: list[MergeField], escape: Callable[[str], str]) -> CompiledText:
    """Like compile, for a text whose fields were marked before."""
    pieces = _MARK.split(text)
    return CompiledText(tuple(pieces[::2]), tuple(fields[int(number)] for number in pieces[1::2]), escape)


def find_marks(text: str) -> int:
    return len(_MARK.findall(text))


def escape_for_html(value: str) -> str:
    """A value between tags or in a quoted attribute."""
    return escape(escape_for_line(value))


def escape_for_line(value: str) -> str:
    """A value in plain text or in a header: nothing invisible, and it never starts a line of its own."""
    return " ".join(_UNSEEN.sub(" ", value).split())


def _split(text: str) -> list[str]:
    pieces = _BRACES.split(text)
    for words in pieces[::2]:
        if stray := _STRAY.search(words):
            raise Unreadable(
                _("“%(braces)s” stands alone. A merge field looks like {{ name }}; the fields are: %(fields)s.")
                % {"braces": stray.group(), "fields": ", ".join(FIELDS)}
            )
    if _RESERVED.search(text):
        raise Unreadable(_("The text contains a private-use character that cannot be displayed. Remove it."))
    return pieces


def _field(inside: str) -> MergeField:
    found = _FIELD.fullmatch(inside)
    if found and found.group(1) in FIELDS:
        return MergeField(found.group(1), found.group(2) or "")
    raise Unreadable(
        _("“{{%(inside)s}}” is not a merge field. Use one of %(fields)s, if need be with a default: %(example)s.")
        % {"inside": escape_for_line(inside)[:60].join("  "), "fields": ", ".join(FIELDS), "example": _EXAMPLE}
    )


_EXAMPLE = '{{ name|default:"there" }}'
