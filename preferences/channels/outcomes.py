"""What became of one parcel, in the four words every sender of ours understands."""

from dataclasses import dataclass
from enum import StrEnum

MAX_DETAIL_LENGTH = 300


class Result(StrEnum):
    """SENT and REFUSED are final, TRY_LATER certainly did not go out, UNKNOWN may have."""

    SENT = "sent"
    TRY_LATER = "try_later"
    REFUSED = "refused"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Outcome:
    """The answer to one sending; the detail is a line fit to show to staff."""

    result: Result
    provider_id: str = ""
    detail: str = ""


def printable_detail(words: str | bytes, *, hide: str) -> str:
    """A provider's words as one short printable line that does not repeat the recipient's address."""
    if isinstance(words, bytes):
        words = words.decode("utf-8", "replace")
    line = " ".join("".join(sign if sign.isprintable() else " " for sign in words).split())
    return _without(line, hide)[:MAX_DETAIL_LENGTH]


def _without(line: str, secret: str) -> str:
    """The address is personal and must not outlive its owner's erasure in somebody's error message."""
    start = line.lower().find(secret.lower()) if secret else -1
    if start < 0:
        return line
    return line[:start] + "…" + _without(line[start + len(secret) :], secret)
