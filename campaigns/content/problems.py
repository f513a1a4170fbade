"""One thing to put right in a campaign: what it is called, how grave it is, what to do, and whose rules ask for it."""

from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext as _

from campaigns.content.content_requirements import Reasons

# What no colleague may allow: nothing could be sent, or it would be unlawful wherever a rule asks for it.
NEVER_ALLOWED = frozenset(
    {
        "no_subject",
        "no_text",
        "unreadable",
        "topic_retired",
        "channel_not_offered",
        "from_address",
        "text_number",
        "cut_off",
        "way_out",
        "sender_name",
        "postal_address",
    }
)
REASONS_SHOWN = 3
About = tuple[str, ...]


class Level(StrEnum):
    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True)
class Problem:
    """One thing to put right, in a sentence fit to show. `name` and `about` stay the same as long as it does."""

    name: str
    level: Level
    sentence: str
    suggestion: str = ""
    because: Reasons = ()
    about: About = ()
    is_allowed: bool = False

    @property
    def is_error(self) -> bool:
        return self.level == Level.ERROR and not self.is_allowed

    @property
    def may_be_allowed(self) -> bool:
        return self.name not in NEVER_ALLOWED

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


def error(name: str, sentence: str, suggestion: str = "", *, because: Reasons = (), about: About = ()) -> Problem:
    return Problem(name, Level.ERROR, sentence, suggestion, because, about)


def warning(name: str, sentence: str, suggestion: str = "", *, because: Reasons = (), about: About = ()) -> Problem:
    return Problem(name, Level.WARNING, sentence, suggestion, because, about)
