"""How many texts a text is: what the carrier counts and bills, shown to staff before they send."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

# 3GPP TS 23.038: the default alphabet, and its extension, where each character takes an escape and a code.
_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("\f^{}\\[~]|€")

# Room for a text alone, and for each of several, which give some up to say how they belong together.
_ROOM = {"GSM-7": (160, 153), "UCS-2": (70, 67)}


@dataclass(frozen=True)
class SmsSize:
    """The size of a text: its encoding, how many segments, units used, and units left in the last segment."""

    encoding: Literal["GSM-7", "UCS-2"]
    segments: int
    units: int
    left: int


def measure_sms(text: str) -> SmsSize:
    """Measure a text as carriers do. A character is never cut in two, so a segment may end a unit early."""
    encoding: Literal["GSM-7", "UCS-2"] = "UCS-2" if costly_characters(text) else "GSM-7"
    sizes = [_septets(c) for c in text] if encoding == "GSM-7" else [_code_units(c) for c in text]
    units = sum(sizes)
    alone, joined = _ROOM[encoding]
    if units <= alone:
        return SmsSize(encoding, segments=1 if text else 0, units=units, left=alone - units)
    segments, in_last = _packed(sizes, joined)
    return SmsSize(encoding, segments=segments, units=units, left=joined - in_last)


def costly_characters(text: str) -> list[str]:
    """The characters that make the whole text cost more than twice as much, each once, as they appear."""
    return [c for c in dict.fromkeys(text) if c not in _BASIC and c not in _EXTENDED]


def _septets(c: str) -> int:
    return 2 if c in _EXTENDED else 1


def _code_units(c: str) -> int:
    """UTF-16 units: emoji and rare letters are a pair."""
    return 2 if ord(c) > 0xFFFF else 1


def _packed(sizes: Iterable[int], room: int) -> tuple[int, int]:
    """How many segments these sizes fill in order, and how much of the last one."""
    segments, used = 1, 0
    for size in sizes:
        if used + size > room:
            segments, used = segments + 1, 0
        used += size
    return segments, used
