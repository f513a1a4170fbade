"""One thing to put right in a campaign: its code, how grave it is, what it is about, and whose rules ask for it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from campaigns.content.content_requirements import Affected, Reasons
from preferences.models import Channel, Topic
from preferences.rulebook.content_codes import ContentCode, Level

REASONS_SHOWN = 3
About = tuple[str, ...]
# Words that are kept as a code or a number, and how each is shown.
WORD_LABELS = {
    "channel": lambda value: Channel(value).label,
    "purpose": lambda value: Topic.Purpose(value).label,
    "language": lambda value: dict(settings.LANGUAGES).get(value, value),
    "people": lambda value: f"{value:,}",
}


@dataclass(frozen=True)
class Problem:
    """One thing to put right. `code` and `about` stay the same as long as it does; `words` fill in its sentences."""

    code: ContentCode
    level: Level
    about: About = ()
    words: Mapping[str, Any] = field(default_factory=dict)
    because: Reasons = ()
    is_allowed: bool = False

    @property
    def sentence(self) -> str:
        """What is wrong, in the reader's language."""
        return self._filled(self.code.traits.problem)

    @property
    def suggestion(self) -> str:
        """What to do about it, in the reader's language."""
        return self._filled(self.code.traits.remedy)

    @property
    def is_error(self) -> bool:
        return self.level == Level.ERROR and not self.is_allowed

    @property
    def may_be_allowed(self) -> bool:
        return self.code.traits.allowable

    @property
    def told(self) -> str:
        """The trouble, and whose rules make it one."""
        return " ".join([self.sentence, *(str(because) for because in self.because[:1])])

    @property
    def whole(self) -> str:
        """The trouble, whose rules make it one, and the way out of it."""
        return f"{self.told} {self.suggestion}".strip()

    @property
    def reasons(self) -> list[str]:
        """For whom it matters, most people first."""
        shown = [str(because) for because in self.because[:REASONS_SHOWN]]
        more = len(self.because) - REASONS_SHOWN
        return [*shown, _("And %(number)s more rules.") % {"number": more}] if more > 0 else shown

    def _filled(self, pattern: Any) -> str:
        words = {name: WORD_LABELS.get(name, str)(value) for name, value in self.words.items() if name != "number"}
        return str(pattern % {"number": self.words.get("number", 1), "about": ", ".join(self.about), **words})


def problem(
    code: ContentCode, *, about: About = (), because: Reasons = (), level: Level | None = None, **words: Any
) -> Problem:
    """A finding with this code; as grave as its row says, unless `level` is given."""
    return Problem(code, level or code.traits.level, about, words, because)


def to_record(found: Problem) -> dict[str, Any]:
    """The problem in JSON: {"code", "about": [...], "words": {...}, "because": [{"people", "place", "reference"}]}.

    Of the rules that ask for it, only the one that matters to most people.
    """
    because = [{"people": one.people, "place": one.place, "reference": one.reference} for one in found.because[:1]]
    return {"code": found.code, "about": list(found.about), "words": dict(found.words), "because": because}


def from_record(record: Mapping[str, Any]) -> Problem:
    """The problem that was kept, to be shown in the language of whoever reads it now."""
    because = tuple(Affected(**one) for one in record["because"])
    return problem(ContentCode(record["code"]), about=tuple(record["about"]), because=because, **record["words"])
