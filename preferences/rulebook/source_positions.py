"""Where in a rule file a mistake stands: tomllib forgets the lines, whoever corrects the file needs them."""

import re
from dataclasses import dataclass, replace
from typing import Any, Self

from django.utils.translation import gettext as _

from preferences.errors import SaysoError


class InvalidRulebook(SaysoError):
    """A rule file says something that cannot hold; the message names file, line and what to do."""


@dataclass(frozen=True)
class SourcePosition:
    """A part of a rule file: its head, one of its rules, or one figure of a rule. Knows its lines."""

    file: str
    lines: tuple[str, ...]
    rule: int | None = None
    figure: str = ""

    def within(self, **part: Any) -> Self:
        return replace(self, **part)

    def bad(self, sentence: str, key: str = "", *, at: int | None = None) -> InvalidRulebook:
        """The refusal of this key, or of the whole part when it has no such key; `at` is a line known already."""
        named = {"file": self.file, "line": at or self.line(key), "sentence": sentence}
        return InvalidRulebook(_("%(file)s, line %(line)s: %(sentence)s") % named)

    def line(self, key: str = "") -> int:
        numbered = self._part()
        for name in filter(None, (key, self.figure)):
            written = re.compile(rf'\s*(figures\s*\.\s*)?"?{re.escape(name)}"?\s*[.=]')
            if found := [number for number, line in numbered if written.match(line)]:
                return found[0]
        return numbered[0][0]

    def _part(self) -> list[tuple[int, str]]:
        rules: list[list[tuple[int, str]]] = [[]]
        for number, line in enumerate(self.lines, start=1):
            if _header(line) == "[[rules]]":
                rules.append([])
            rules[-1].append((number, line))
        wanted = 0 if self.rule is None else self.rule + 1
        part = rules[wanted] if wanted < len(rules) else []
        return self._figure(part) or part or [(1, "")]

    def _figure(self, part: list[tuple[int, str]]) -> list[tuple[int, str]]:
        start = f"[rules.figures.{self.figure}]"
        first = next((place for place, (_n, line) in enumerate(part) if _header(line) == start), None)
        if not self.figure or first is None:
            return []
        rest = part[first + 1 :]
        end = next((place for place, (_n, line) in enumerate(rest) if _header(line).startswith("[")), len(rest))
        return [part[first], *rest[:end]]


def _header(line: str) -> str:
    """The line as a TOML table header without its spaces; empty when it is none."""
    found = re.match(r"\s*(\[+[^\[\]=]+\]+)\s*(#.*)?$", line)
    return re.sub(r'[\s"]', "", found[1]) if found else ""
