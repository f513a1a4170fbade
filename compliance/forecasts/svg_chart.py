"""Two lines over time as a picture that needs no script, with the words that say the same. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

WIDTH, HEIGHT = 720, 260
LEFT, RIGHT, TOP, BOTTOM = 64, 16, 16, 36
MAX_MARKS = 5


@dataclass(frozen=True)
class AxisMark:
    """A place on an axis and its words."""

    at: float
    words: str


@dataclass(frozen=True)
class LineChart:
    """Where everything is drawn."""

    lines: dict[str, str]
    across: list[AxisMark]
    up: list[AxisMark]
    effect_at: float | None
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    top: int = TOP
    bottom: int = HEIGHT - BOTTOM


def line_chart(days: Sequence[date], lines: dict[str, Sequence[int]], effect: date | None) -> LineChart:
    """The picture of these lines, each with a number for every day; `effect` is marked."""
    top = _round(max((max(line) for line in lines.values()), default=0))
    x = [_x(day, days) for day in days]
    drawn = {
        name: " ".join(f"{at:.1f},{_y(number, top):.1f}" for at, number in zip(x, line, strict=True))
        for name, line in lines.items()
    }
    every = max(1, -(-len(days) // MAX_MARKS))
    across = [AxisMark(_x(day, days), f"{day.day} {day:%b %Y}") for day in days[::every]]
    up = [AxisMark(_y(number, top), f"{number:,}") for number in sorted({0, top // 2, top})]
    return LineChart(drawn, across, up, _x(effect, days) if effect else None)


def _round(most: int) -> int:
    """The next number with one digit and zeros, at least 2."""
    if most <= 2:
        return 2
    step = 10 ** (len(str(most)) - 1)
    return -(-most // step) * step


def _x(day: date, days: Sequence[date]) -> float:
    whole = max(1, (days[-1] - days[0]).days)
    return LEFT + (WIDTH - LEFT - RIGHT) * (day - days[0]).days / whole


def _y(number: int, top: int) -> float:
    return TOP + (HEIGHT - TOP - BOTTOM) * (1 - number / top)
